"""Pictures by Civitai's orchestration: one workflow of one step a call, found again by a tag that is our key."""

import hmac
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from core.adapters.images.calls import arguments_of, base_of, forged, key_of, lowered, named_models, text_of
from core.adapters.images.catalogue.civitai import AIR, MODELS, model_of
from core.adapters.images.civitai.answers import DIALECT, consumption_of, status_of
from core.adapters.images.http import Line
from core.adapters.images.inputs import read_input
from core.adapters.images.reading import json_of
from core.adapters.images.refusals import rubbish
from core.studio.providers import (
    ADDRESS_SECRET_HEADER,
    CallState,
    CallStatus,
    CatalogueModel,
    CheckedConnection,
    Connection,
    Consumption,
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

ROOT = "https://orchestration.civitai.com"
BASE = "/v2/consumer"
LARGEST_INPUT = 50 * 1024**2
TAG = "atelier"
EVENTS = ["workflow:succeeded", "workflow:failed", "workflow:expired", "workflow:canceled"]


class CivitaiImages:
    """See ``ImageProvider``. ``settings["models"]`` of a connection are more checkpoints, by AIR."""

    kind = ProviderKind.CIVITAI
    traits = ProviderTraits(finds_lost_calls=True, can_cancel=True, has_webhooks=True)

    def __init__(self, line: Line, root: str = ROOT) -> None:
        self._line = line
        self._root = root

    def check(self, connection: Connection) -> CheckedConnection:
        self._get(connection, "/workflows", "check", {"take": "1"})
        return CheckedConnection(None, "Civitai knows this key.")

    def models(self, connection: Connection) -> Sequence[CatalogueModel]:
        return [*MODELS, *(_named(one) for one in named_models(connection.settings))]

    def estimate(self, connection: Connection, request: GenerationRequest) -> Consumption:
        """What a call would cost in Buzz; nothing is made. Pictures that go in are left out of the question."""
        answer = self._post(connection, _body(request, {}), {"whatif": "true"}, "estimate", has_effect=False)
        return consumption_of(answer, images=request.images)

    def submit(self, connection: Connection, request: GenerationRequest) -> Submitted:
        links = {file.parameter: self._upload(connection, file) for file in request.inputs}
        body = {**_body(request, links), **_callbacks(connection, request)}
        answer = self._post(connection, body, {}, "submit", has_effect=True)
        return Submitted(_handle(answer, has_effect=True))

    def find(self, connection: Connection, request: GenerationRequest, *, since: datetime) -> Handle | None:
        wanted = {"tags": request.key, "take": "10", "fromDate": since.astimezone(UTC).isoformat()}
        items = self._get(connection, "/workflows", "find", wanted).get("items")
        if not isinstance(items, list):
            raise rubbish(DIALECT, 200, has_effect=False)
        # Looked at again: a filter that the server passed over must not give us somebody else's call.
        found = [one for one in items if isinstance(one, Mapping) and request.key in (one.get("tags") or ())]
        return _handle(found[-1], has_effect=False) if found else None

    def poll(self, connection: Connection, handle: Handle) -> CallStatus:
        try:
            return status_of(self._get(connection, f"/workflows/{handle.request_id}", "poll"))
        except GenerationError as error:
            if error.http_status == 404:
                return CallStatus(CallState.LOST)
            raise

    def cancel(self, connection: Connection, handle: Handle) -> bool:
        try:
            self._line.call(
                "PUT",
                self._url(connection, f"/workflows/{handle.request_id}"),
                endpoint="cancel",
                headers=self._headers(connection),
                json={"status": "canceled"},
                wants="nothing",
            )
        except GenerationError as error:
            if error.http_status in {400, 404, 409}:  # it is over, or was never there
                return False
            raise
        return True

    def fetch(self, connection: Connection, output: Output, into: Path, *, max_bytes: int) -> None:
        if output.url is None:
            raise DIALECT.error(ErrorCategory.NO_IMAGE)
        try:
            self._download(connection, output.url, into, max_bytes)
        except GenerationError as error:
            blob_id = text_of(output.details.get("id"))
            if error.category is not ErrorCategory.EXPIRED or blob_id is None:
                raise
            # The address has ended, the picture may still be there.
            self._download(connection, self._fresh_link(connection, blob_id), into, max_bytes)

    def verify(self, connection: Connection, headers: Mapping[str, str], body: bytes, *, now: datetime) -> Notice:
        """Nothing is signed: what counts is the secret in the address the webhook came to."""
        wanted = text_of(connection.settings.get("webhook_secret"))
        given = lowered(headers).get(ADDRESS_SECRET_HEADER, "")
        if wanted is None or not hmac.compare_digest(given.encode(), wanted.encode()):
            raise forged(DIALECT)
        return _notice(body)

    def close(self) -> None:
        self._line.close()

    def _download(self, connection: Connection, url: str, into: Path, max_bytes: int) -> None:
        # The address is signed: no key goes along.
        self._line.download(url, into, home=base_of(connection, self._root), max_bytes=max_bytes)

    def _fresh_link(self, connection: Connection, blob_id: str) -> str:
        try:
            answer = self._line.call(
                "POST",
                self._url(connection, f"/blobs/{blob_id}/refresh"),
                endpoint="refresh",
                headers=self._headers(connection),
            )
        except GenerationError as error:
            if error.http_status in {400, 403, 404}:
                raise DIALECT.error(ErrorCategory.EXPIRED, http_status=error.http_status) from error
            raise
        link = text_of(answer.body.get("url")) if isinstance(answer.body, dict) else None
        if link is None:
            raise DIALECT.error(ErrorCategory.EXPIRED)
        return link

    def _upload(self, connection: Connection, file: InputFile) -> str:
        answer = self._line.call(
            "POST",
            self._url(connection, "/blobs"),
            endpoint="upload",
            headers={**self._headers(connection), "Content-Type": file.mime_type},
            content=read_input(file, max_bytes=LARGEST_INPUT),
        )
        body = answer.body if isinstance(answer.body, dict) else {}
        if body.get("available") is False:
            raise DIALECT.error(ErrorCategory.CONTENT_POLICY, provider_code=text_of(body.get("blockedReason")))
        link = text_of(body.get("url"))
        if link is None:
            raise rubbish(DIALECT, answer.status, has_effect=False)
        return link

    def _post(
        self,
        connection: Connection,
        body: Mapping[str, Any],
        params: Mapping[str, str],
        endpoint: str,
        *,
        has_effect: bool,
    ) -> dict[str, Any]:
        answer = self._line.call(
            "POST",
            self._url(connection, "/workflows"),
            endpoint=endpoint,
            headers=self._headers(connection),
            has_effect=has_effect,
            params=dict(params),
            json=body,
        )
        if not isinstance(answer.body, dict):
            raise rubbish(DIALECT, answer.status, has_effect=has_effect)
        return answer.body

    def _get(
        self, connection: Connection, path: str, endpoint: str, params: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        answer = self._line.call(
            "GET",
            self._url(connection, path),
            endpoint=endpoint,
            headers=self._headers(connection),
            params=dict(params or {}),
        )
        if not isinstance(answer.body, dict):
            raise rubbish(DIALECT, answer.status, has_effect=False)
        return answer.body

    def _url(self, connection: Connection, path: str) -> str:
        return f"{base_of(connection, self._root, BASE)}{path}"

    @staticmethod
    def _headers(connection: Connection) -> dict[str, str]:
        return {"Authorization": f"Bearer {key_of(connection, DIALECT)}"}


def _body(request: GenerationRequest, links: Mapping[str, str]) -> dict[str, Any]:
    """A workflow of one step; our key is a tag, to be found by, and metadata, to be read by people."""
    arguments = arguments_of(request, DIALECT)
    files = {file.parameter for file in request.inputs}
    loras = _loras(arguments.pop("loras", None))
    given = {
        **request.model.definition.get("input", {}),
        "operation": "createVariant" if links else "createImage",
        "model": request.model.model_id,
        **{name: value for name, value in arguments.items() if name not in files},
        **links,
        **({"loras": loras} if loras else {}),
    }
    if not links:
        given.pop("strength", None)  # of a picture that is not there
    return {
        "steps": [{"$type": "imageGen", "input": given}],
        "tags": [TAG, request.key],
        "metadata": {TAG: request.key},
    }


def _callbacks(connection: Connection, request: GenerationRequest) -> dict[str, Any]:
    """A webhook, unless there is no secret: then anybody could send it, and none is believed."""
    if not request.webhook_url or text_of(connection.settings.get("webhook_secret")) is None:
        return {}
    return {"callbacks": [{"url": request.webhook_url, "type": EVENTS, "detailed": False}]}


def _loras(value: Any) -> dict[str, float]:
    """AIRs with their strengths, from ``AIR=0.8 AIR=0.5``; one without a strength has 1."""
    if isinstance(value, Mapping):
        return {str(air): float(strength) for air, strength in value.items()}
    found: dict[str, float] = {}
    for part in str(value or "").replace(",", " ").split():
        air, _, strength = part.partition("=")
        try:
            found[air] = float(strength or 1)
        except ValueError as error:
            raise DIALECT.error(ErrorCategory.VALIDATION, f"“{part}” is not AIR=strength.") from error
    return found


def _named(air: str) -> CatalogueModel:
    model = model_of(air)
    if model is None:
        raise DIALECT.error(ErrorCategory.VALIDATION, f"“{air}” does not look like {AIR.pattern.partition('(')[0]}….")
    return model


def _handle(workflow: Mapping[str, Any], *, has_effect: bool) -> Handle:
    workflow_id = text_of(workflow.get("id"))
    if workflow_id is None:
        raise rubbish(DIALECT, 200, has_effect=has_effect)
    return Handle(workflow_id)


def _notice(body: bytes) -> Notice:
    found = json_of(body)
    event = found if isinstance(found, dict) else {}
    workflow_id = text_of(event.get("workflowId"))
    if workflow_id is None:
        raise forged(DIALECT)
    return Notice(f"{workflow_id}:{text_of(event.get('status'))}", workflow_id)
