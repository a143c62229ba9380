"""``/sales/{sale_id}/proof``: the screenshot that proves a price, to its owner alone.

A screenshot may be replaced, so browsers ask each time whether theirs is still the one. A stranger's
sale, a missing one, one without a screenshot and a request without a session are answered alike.
"""

from hashlib import sha256

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from core.clock import utc_now
from core.identity import sessions
from core.media.storage import ObjectMissing
from core.runtime import Runtime
from core.sales.proof import StoredProof, find_proof

# What a client sent may be a document with scripts after all: it runs none and belongs to no origin.
_HEADERS = {
    "Cache-Control": "private, no-cache",
    "Vary": "Cookie",
    "Content-Security-Policy": "sandbox",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def proof_routes(runtime: Runtime) -> list[BaseRoute]:
    """The one route, for GET and HEAD."""

    def show(request: Request) -> Response:
        proof = _find(runtime, request)
        if proof is None:
            return _missing()
        # Each screenshot has a key of its own; the key itself stays in the house.
        headers = _HEADERS | {"ETag": f'"{sha256(proof.key.encode()).hexdigest()[:32]}"'}
        if request.headers.get("if-none-match") == headers["ETag"]:
            return Response(status_code=304, headers=headers)
        try:
            body = runtime.store.get(proof.key)
        except ObjectMissing:
            return _missing()
        return Response(body, media_type=proof.mime, headers=headers)

    return [Route("/sales/{sale_id}/proof", show, methods=["GET"])]


def _find(runtime: Runtime, request: Request) -> StoredProof | None:
    with runtime.database.read() as session:
        person = sessions.find(session, request.cookies.get(runtime.cookie_name), now=utc_now())
        return find_proof(session, person.actor, request.path_params["sale_id"]) if person else None


def _missing() -> Response:
    return PlainTextResponse("Not found", status_code=404, headers={"Cache-Control": "no-store"})
