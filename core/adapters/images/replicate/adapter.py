"""Pictures by Replicate.

A creation has no key of idempotency: a lost answer is looked up in the list of predictions by what was asked, in which
the seed names the call unless a person chose it.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from core.adapters.images.calls import arguments_of, base_of, is_same, key_of, named_models, rows_of, text_of
from core.adapters.images.catalogue.replicate import MODELS
from core.adapters.images.http import Line
from core.adapters.images.inputs import read_input
from core.adapters.images.refusals import cannot_tell, rubbish
from core.adapters.images.replicate import schemas, webhooks
from core.adapters.images.replicate.answers import DIALECT, is_before, status_of
from core.adapters.images.webhook_keys import WebhookKeys
from core.studio.providers import (
    CallState,
    CallStatus,
    CatalogueModel,
    CheckedConnection,
    Connection,
    ErrorCategory,
    GenerationError,
    GenerationRequest,
    Handle,
    InputFile,
    Notice,
    Output,
    ProviderKind,
    ProviderTraits,
    Submitted,
)

ROOT = "https://api.replicate.com"
MOST_PAGES = 20
LARGEST_INPUT = 100 * 1024**2


class ReplicateImages:
    """See ``ImageProvider``. ``settings["models"]`` of a connection are more models, as ``owner/name[:version]``."""

    kind = ProviderKind.REPLICATE
    traits = ProviderTraits(finds_lost_calls=True, can_cancel=True, has_webhooks=True)

    def __init__(self, line: Line, root: str = ROOT) -> None:
        self._line = line
        self._root = root
        self._secrets = WebhookKeys[tuple[str, str], str | None]()

    def check(self, connection: Connection) -> CheckedConnection:
        body = self._get(connection, "/account", "account")
        name = text_of(body.get("username"))
        return CheckedConnection(name, f"Replicate knows this key as {name}." if name else "Replicate knows this key.")

    def models(self, connection: Connection) -> Sequence[CatalogueModel]:
        return [*MODELS, *(self._described(connection, one) for one in named_models(connection.settings))]

    def submit(self, connection: Connection, request: GenerationRequest) -> Submitted:
        arguments = arguments_of(request, DIALECT)
        arguments.update({file.parameter: self._upload(connection, file) for file in request.inputs})
        path, body = _addressed(request)
        body["input"] = arguments
        if request.webhook_url:
            body |= {"webhook": request.webhook_url, "webhook_events_filter": ["completed"]}
        answer = self._line.call(
            "POST",
            self._url(connection, path),
            endpoint="create",
            headers=self._headers(connection),
            has_effect=True,
            json=body,
        )
        return Submitted(_handle(answer.body, answer.status))

    def find(self, connection: Connection, request: GenerationRequest, *, since: datetime) -> Handle | None:
        sent = arguments_of(request, DIALECT)
        files = {file.parameter for file in request.inputs}
        found = [one for one in self._since(connection, since) if _is_call(one, request, sent, files)]
        if not found:
            return None
        if len(found) > 1 and "seed" not in request.model.definition:
            raise cannot_tell(DIALECT)  # without a seed, calls of the same words are alike
        return _handle(found[0], 200)  # the newest: older ones are tries that came before

    def poll(self, connection: Connection, handle: Handle) -> CallStatus:
        try:
            return status_of(self._get(connection, f"/predictions/{handle.request_id}", "poll"))
        except GenerationError as error:
            if error.http_status == 404:
                return CallStatus(CallState.LOST)
            raise

    def cancel(self, connection: Connection, handle: Handle) -> bool:
        url = self._url(connection, f"/predictions/{handle.request_id}/cancel")
        try:
            answer = self._line.call("POST", url, endpoint="cancel", headers=self._headers(connection))
        except GenerationError as error:
            if error.http_status == 404:
                return False
            raise
        return isinstance(answer.body, dict) and answer.body.get("status") not in {"succeeded", "failed"}

    def fetch(self, connection: Connection, output: Output, into: Path, *, max_bytes: int) -> None:
        if output.url is None:
            raise DIALECT.error(ErrorCategory.NO_IMAGE)
        headers = self._headers(connection)
        self._line.download(
            output.url, into, home=base_of(connection, self._root), max_bytes=max_bytes, headers=headers
        )

    def verify(self, connection: Connection, headers: Mapping[str, str], body: bytes, *, now: datetime) -> Notice:
        given = text_of(connection.settings.get("webhook_secret"))
        if given is not None:
            return webhooks.verify(headers, body, given.split(), now=now)
        return self._secrets.verified(
            (connection.provider_id, key_of(connection, DIALECT)),
            lambda: self._secret(connection),
            lambda secret: webhooks.verify(headers, body, [secret] if secret else [], now=now),
        )

    def close(self) -> None:
        self._line.close()

    def _described(self, connection: Connection, named: str) -> CatalogueModel:
        path, _, wanted = named.partition(":")
        if path.count("/") != 1:
            raise DIALECT.error(ErrorCategory.VALIDATION, f"“{named}” is not owner/name of a model.")
        body = self._get(connection, f"/models/{path}", "model")
        name = text_of(body.get("name")) or path
        version = body.get("latest_version")
        if wanted:
            version = self._get(connection, f"/models/{path}/versions/{wanted}", "model")
        if not isinstance(version, Mapping):
            raise DIALECT.error(ErrorCategory.VALIDATION, f"“{named}” has no version that could be run.")
        return schemas.model_of(
            path,
            str(version.get("id", "")),
            version.get("openapi_schema") or {},
            name=name,
            is_official=body.get("is_official") is True and not wanted,
        )

    def _upload(self, connection: Connection, file: InputFile) -> str:
        content = read_input(file, max_bytes=LARGEST_INPUT)
        answer = self._line.call(
            "POST",
            self._url(connection, "/files"),
            endpoint="upload",
            headers=self._headers(connection),
            files={"content": (f"{file.sha256[:16]}", content, file.mime_type)},
        )
        links = answer.body.get("urls") if isinstance(answer.body, dict) else None
        link = text_of(links.get("get")) if isinstance(links, dict) else None
        if link is None:
            raise rubbish(DIALECT, answer.status, has_effect=False)
        return link

    def _since(self, connection: Connection, since: datetime) -> Iterator[Mapping[str, Any]]:
        """Predictions back to an instant, newest first; raises when they are too many to look at."""
        path = "/predictions"
        for _ in range(MOST_PAGES):
            body = self._get(connection, path, "list")
            for one in rows_of(body.get("results")):
                if is_before(one, since):
                    return
                yield one
            cursor = (text_of(body.get("next")) or "").partition("cursor=")[2].partition("&")[0]
            if not cursor:
                return
            path = f"/predictions?cursor={cursor}"
        raise cannot_tell(DIALECT)

    def _secret(self, connection: Connection) -> str | None:
        return text_of(self._get(connection, "/webhooks/default/secret", "webhook_secret").get("key"))

    def _get(self, connection: Connection, path: str, endpoint: str) -> dict[str, Any]:
        answer = self._line.call(
            "GET", self._url(connection, path), endpoint=endpoint, headers=self._headers(connection)
        )
        if not isinstance(answer.body, dict):
            raise rubbish(DIALECT, answer.status, has_effect=False)
        return answer.body

    def _url(self, connection: Connection, path: str) -> str:
        return f"{base_of(connection, self._root, '/v1')}{path}"

    @staticmethod
    def _headers(connection: Connection) -> dict[str, str]:
        return {"Authorization": f"Bearer {key_of(connection, DIALECT)}"}


def _addressed(request: GenerationRequest) -> tuple[str, dict[str, Any]]:
    """Where a model is called, and what its body says of the version; official ones need none."""
    path, _, named = request.model.model_id.partition(":")
    version = request.model.version or named
    if request.model.definition.get("is_deployment"):
        return f"/deployments/{path}/predictions", {}
    return ("/predictions", {"version": version}) if version else (f"/models/{path}/predictions", {})


def _handle(body: Any, status: int) -> Handle:
    prediction_id = text_of(body.get("id")) if isinstance(body, Mapping) else None
    if prediction_id is None:
        raise rubbish(DIALECT, status, has_effect=True)
    links = body.get("urls")
    web = text_of(links.get("web")) if isinstance(links, Mapping) else None
    return Handle(prediction_id, {"web": web} if web else {})


def _is_call(listed: Mapping[str, Any], request: GenerationRequest, sent: Mapping[str, Any], files: set[str]) -> bool:
    """Whether a listed prediction is this call; its webhook says so for certain where the list shows it."""
    path, _, named = request.model.model_id.partition(":")
    version = request.model.version or named
    is_model = listed.get("model") == path or (version and listed.get("version") == version)
    webhook = listed.get("webhook")
    if webhook and request.webhook_url and webhook != request.webhook_url:
        return False
    return bool(is_model) and is_same(sent, listed.get("input"), but=files)
