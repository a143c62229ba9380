"""Pictures by fal's queue.

The queue cannot be searched. What became of a lost answer is looked up in the account's history, which lists requests
that are over, by what was asked; a request that is not there yet can still be on its way.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from core.adapters.images.calls import arguments_of, is_same, key_of, text_of
from core.adapters.images.catalogue.fal import MODELS
from core.adapters.images.fal import webhooks
from core.adapters.images.fal.answers import (
    CANCELLED_CODES,
    DIALECT,
    code_of,
    detail_of,
    outcome_of,
    progress_of,
    seconds_of,
)
from core.adapters.images.fal.hosts import ROOT, Hosts, hosts_of, request_root
from core.adapters.images.http import Line
from core.adapters.images.inputs import read_input
from core.adapters.images.reach import same_origin
from core.adapters.images.refusals import cannot_tell, rubbish
from core.adapters.images.webhook_keys import WebhookKeys
from core.clock import utc_now
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

MOST_PAGES = 20
LARGEST_INPUT = 100 * 1024**2
LARGEST_RESULT = 128 * 1024**2  # it can hold the pictures themselves
INPUT_SECONDS = 24 * 3600  # an uploaded picture may go after a day
# What waits or runs is not in the history; a request is given this long to show there.
PATIENCE = timedelta(minutes=30)
ASK_AGAIN_SECONDS = 60.0


class FalImages:
    """See ``ImageProvider``; ``finds_lost_calls`` only once they are over, until then it says to ask again."""

    kind = ProviderKind.FAL
    traits = ProviderTraits(finds_lost_calls=True, can_cancel=True, has_webhooks=True)

    def __init__(self, line: Line, root: str = ROOT) -> None:
        self._line = line
        self._root = root
        self._keys = WebhookKeys[str, list[Ed25519PublicKey]]()

    def check(self, connection: Connection) -> CheckedConnection:
        self._history(connection, {"endpoint_id": MODELS[0].model_id, "limit": "1"}, "check")
        return CheckedConnection(None, "fal knows this key.")

    def models(self, connection: Connection) -> Sequence[CatalogueModel]:
        return MODELS

    def submit(self, connection: Connection, request: GenerationRequest) -> Submitted:
        hosts = self._hosts(connection)
        arguments = _arguments(request)
        arguments.update({file.parameter: self._upload(connection, file) for file in request.inputs})
        answer = self._line.call(
            "POST",
            f"{hosts.queue}/{request.model.model_id}",
            endpoint="submit",
            headers=self._headers(connection),
            has_effect=True,
            params={"fal_webhook": request.webhook_url} if request.webhook_url else None,
            json=arguments,
        )
        request_id = text_of(answer.body.get("request_id")) if isinstance(answer.body, dict) else None
        if request_id is None:
            raise rubbish(DIALECT, answer.status, has_effect=True)
        return Submitted(_handle(hosts, request.model.model_id, request_id, answer.body))

    def find(self, connection: Connection, request: GenerationRequest, *, since: datetime) -> Handle | None:
        """Never ``None``: that a request is not in the history does not say that there is none."""
        sent = _arguments(request)
        files = {file.parameter for file in request.inputs}
        # The newest first: older ones are tries that came before.
        items = self._since(connection, request.model.model_id, since)
        found = [one for one in items if is_same(sent, one.get("json_input"), but=files)]
        if len(found) > 1 and "seed" not in request.model.definition:
            raise cannot_tell(DIALECT)  # without a seed, requests of the same words are alike
        request_id = text_of(found[0].get("request_id")) if found else None
        if request_id is not None:
            return _handle(self._hosts(connection), request.model.model_id, request_id, {})
        if utc_now() - since < PATIENCE:
            raise GenerationError(
                "fal's answer was lost, and its history does not show the request so far. It will be looked up again.",
                ErrorCategory.TRANSIENT,
                retry_after=ASK_AGAIN_SECONDS,
                effect_possible=True,
            )
        raise cannot_tell(DIALECT)

    def poll(self, connection: Connection, handle: Handle) -> CallStatus:
        headers = self._headers(connection)
        url = self._own(connection, handle, "status_url")
        try:
            answer = self._line.call("GET", url, endpoint="status", headers=headers, params={"logs": "1"})
        except GenerationError as error:
            if error.http_status == 404:
                return CallStatus(CallState.LOST)
            raise
        body = answer.body if isinstance(answer.body, dict) else {}
        status = body.get("status")
        if status == "IN_QUEUE":
            position = body.get("queue_position")
            return CallStatus(CallState.QUEUED, queue_position=position if isinstance(position, int) else None)
        if status == "IN_PROGRESS":
            return CallStatus(CallState.RUNNING, progress=progress_of(body))
        if status != "COMPLETED":
            raise rubbish(DIALECT, answer.status, has_effect=False)
        return self._completed(connection, handle, body)

    def cancel(self, connection: Connection, handle: Handle) -> bool:
        url = self._own(connection, handle, "cancel_url")
        try:
            self._line.call("PUT", url, endpoint="cancel", headers=self._headers(connection), wants="nothing")
        except GenerationError as error:
            if error.http_status in {400, 404, 409}:  # it is over, or was never there
                return False
            raise
        return True

    def fetch(self, connection: Connection, output: Output, into: Path, *, max_bytes: int) -> None:
        if output.url is None:
            raise DIALECT.error(ErrorCategory.NO_IMAGE)
        # No key goes along: results lie at addresses that nobody can guess.
        self._line.download(output.url, into, home=self._hosts(connection).queue, max_bytes=max_bytes)

    def verify(self, connection: Connection, headers: Mapping[str, str], body: bytes, *, now: datetime) -> Notice:
        rest = self._hosts(connection).rest
        return self._keys.verified(
            rest, lambda: self._public_keys(rest), lambda keys: webhooks.verify(headers, body, keys, now=now)
        )

    def close(self) -> None:
        self._line.close()

    def _completed(self, connection: Connection, handle: Handle, status: Mapping[str, Any]) -> CallStatus:
        """The result of a request that is over; an error of the model is answered in its place."""
        seconds = seconds_of(status)
        if code_of(None, status) in CANCELLED_CODES:
            return CallStatus(CallState.CANCELLED)
        url = self._own(connection, handle, "response_url")
        answer = self._line.call(
            "GET",
            url,
            endpoint="result",
            headers=self._headers(connection),
            accepts=(400, 404, 408, 410, 422, 500, 502, 503, 504),
            max_bytes=LARGEST_RESULT,
        )
        if answer.status == 200:
            return outcome_of(answer.body, seconds=seconds)
        code = answer.headers.get("X-Fal-Error-Type") or code_of(None, answer.body)
        if code in CANCELLED_CODES:
            return CallStatus(CallState.CANCELLED)
        category = DIALECT.category_of(answer.status, code)
        if answer.status >= 500 and code is None:
            raise DIALECT.error(category, http_status=answer.status)  # the way there is broken, not the result
        if answer.status in {404, 410}:
            category = ErrorCategory.EXPIRED
        detail = detail_of(answer.body) if category is ErrorCategory.VALIDATION else None
        error = DIALECT.error(category, detail, http_status=answer.status, provider_code=code)
        return CallStatus(CallState.FAILED, error=error)

    def _upload(self, connection: Connection, file: InputFile) -> str:
        content = read_input(file, max_bytes=LARGEST_INPUT)
        name = f"{file.sha256[:16]}.{file.mime_type.rpartition('/')[2]}"
        lifecycle = json.dumps({"expiration_duration_seconds": INPUT_SECONDS})
        answer = self._line.call(
            "POST",
            f"{self._hosts(connection).rest}/storage/upload/initiate",
            endpoint="upload",
            headers={**self._headers(connection), "X-Fal-Object-Lifecycle-Preference": lifecycle},
            json={"file_name": name, "content_type": file.mime_type},
        )
        body = answer.body if isinstance(answer.body, dict) else {}
        place, link = text_of(body.get("upload_url")), text_of(body.get("file_url"))
        if place is None or link is None:
            raise rubbish(DIALECT, answer.status, has_effect=False)
        self._line.call(
            "PUT",
            place,
            endpoint="upload",
            headers={"Content-Type": file.mime_type},
            content=content,
            wants="nothing",
            home=self._hosts(connection).queue,
        )
        return link

    def _since(self, connection: Connection, endpoint: str, since: datetime) -> Iterator[Mapping[str, Any]]:
        wanted = {
            "endpoint_id": endpoint,
            "start": since.astimezone(UTC).isoformat().replace("+00:00", "Z"),
            "expand": "payloads",
            "limit": "100",
        }
        for _ in range(MOST_PAGES):
            body = self._history(connection, wanted, "history")
            yield from (one for one in body.get("items") or () if isinstance(one, Mapping))
            cursor = text_of(body.get("next_cursor"))
            if not body.get("has_more") or cursor is None:
                return
            wanted["cursor"] = cursor
        raise cannot_tell(DIALECT)

    def _history(self, connection: Connection, wanted: Mapping[str, str], endpoint: str) -> dict[str, Any]:
        url = f"{self._hosts(connection).platform}/models/requests/by-endpoint"
        answer = self._line.call("GET", url, endpoint=endpoint, headers=self._headers(connection), params=dict(wanted))
        if not isinstance(answer.body, dict):
            raise rubbish(DIALECT, answer.status, has_effect=False)
        return answer.body

    def _public_keys(self, rest: str) -> list[Ed25519PublicKey]:
        return webhooks.keys_in(self._line.call("GET", f"{rest}/.well-known/jwks.json", endpoint="keys").body)

    def _own(self, connection: Connection, handle: Handle, name: str) -> str:
        """An address that came with the request; the key is shown to no other host than the connection's own."""
        queue = self._hosts(connection).queue
        url = str(handle.details.get(name, ""))
        if same_origin(url, queue):
            return url
        tail = {"status_url": "/status", "cancel_url": "/cancel", "response_url": ""}[name]
        return f"{request_root(queue, str(handle.details.get('model', '')), handle.request_id)}{tail}"

    def _hosts(self, connection: Connection) -> Hosts:
        return hosts_of(connection, self._root)

    @staticmethod
    def _headers(connection: Connection) -> dict[str, str]:
        return {"Authorization": f"Key {key_of(connection, DIALECT)}"}


def _arguments(request: GenerationRequest) -> dict[str, Any]:
    """What is sent: two sides become the one ``image_size`` that the models know."""
    arguments = arguments_of(request, DIALECT)
    size = request.model.definition.get("size")
    if size and "width" in arguments and "height" in arguments:
        arguments[size] = {"width": arguments.pop("width"), "height": arguments.pop("height")}
    return arguments


def _handle(hosts: Hosts, model_id: str, request_id: str, body: Mapping[str, Any]) -> Handle:
    root = request_root(hosts.queue, model_id, request_id)
    links = {"status_url": f"{root}/status", "response_url": root, "cancel_url": f"{root}/cancel"}
    given = {name: text_of(body.get(name)) or link for name, link in links.items()}
    return Handle(request_id, {"model": model_id, **given})
