"""``/hooks/providers/{provider}/{tail}``: where providers of pictures tell that a call has moved on.

Answered fast and alike whether the call is known: 204 for a good webhook, new or repeated; 401 for a forged one; 413
for one that is too long; 503 when it cannot be checked now, so that the provider sends it again.
"""

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from core.clock import utc_now
from core.runtime import Runtime
from core.studio.execution import webhooks
from core.studio.execution.webhooks import WebhookForged, WebhookUnknown
from core.studio.providers import GenerationError

log = structlog.get_logger(__name__)

LONGEST_BODY = 1024 * 1024


def provider_hook_routes(runtime: Runtime) -> list[BaseRoute]:
    """The one route, for POST."""

    def receive(request: Request, body: bytes) -> Response:
        provider_id, tail = request.path_params["provider"], request.path_params["tail"]
        headers, now = dict(request.headers), utc_now()
        try:
            webhooks.receive(runtime.database, runtime.image_providers, provider_id, tail, headers, body, now=now)
        except WebhookForged:
            log.warning("A webhook of a provider was turned away.", provider=provider_id[:100])
            return _refuse(401, "The signature does not fit.")
        except WebhookUnknown:
            return _refuse(404, "There is no such provider here.")
        except GenerationError as error:
            log.warning("A webhook could not be checked now.", provider=provider_id, category=error.category.value)
            return _refuse(503, "It cannot be checked now. Send it again.")
        return Response(status_code=204)

    async def endpoint(request: Request) -> Response:
        try:
            body = await _read(request)
        except ClientDisconnect:
            return _refuse(400, "The body did not arrive whole.")
        if body is None:
            return _refuse(413, "This is too long for a webhook.")
        return await run_in_threadpool(receive, request, body)

    return [Route("/hooks/providers/{provider}/{tail}", endpoint, methods=["POST"])]


async def _read(request: Request) -> bytes | None:
    """The body; ``None`` when it is longer than any webhook."""
    found = bytearray()
    async for piece in request.stream():
        found += piece
        if len(found) > LONGEST_BODY:
            return None
    return bytes(found)


def _refuse(status: int, detail: str) -> Response:
    return JSONResponse({"detail": detail}, status_code=status, headers={"Cache-Control": "no-store"})
