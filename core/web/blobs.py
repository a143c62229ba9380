"""``/blobs/{blob_id}/{size}``: pictures and films, to their owner alone.

What lies at an address never changes, so browsers may keep it. A stranger's blob, a missing one and a
request without a session are answered alike. ``/media`` would be the natural address, but is Streamlit's.
"""

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from core.clock import utc_now
from core.identity import sessions
from core.media.blobs import get_own_blobs, thumbnail_key
from core.media.models import Blob
from core.media.storage import ObjectMissing
from core.media.thumbnails import THUMBNAIL_MIME, THUMBNAIL_SIZES
from core.runtime import Runtime
from core.web.ranges import Part, RangeUnsatisfiable, parse_range, read_part

ORIGINAL = "original"
_SIZES = {str(size): size for size in THUMBNAIL_SIZES}
# What somebody uploaded may be a document with scripts: it runs none and belongs to no origin.
_HEADERS = {
    "Cache-Control": "private, max-age=31536000, immutable",
    "Vary": "Cookie",
    "Content-Security-Policy": "sandbox",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def blob_routes(runtime: Runtime) -> list[BaseRoute]:
    """The one route, for GET and HEAD."""

    def show(request: Request) -> Response:
        size = request.path_params["size"]
        blob = _find(runtime, request, request.path_params["blob_id"])
        if blob is None or (size != ORIGINAL and size not in _SIZES):
            return _missing()
        headers = _HEADERS | {"ETag": f'"{blob.sha256}-{size}"'}
        if request.headers.get("if-none-match") == headers["ETag"]:
            return Response(status_code=304, headers=headers)
        try:
            if size == ORIGINAL:
                return _original(runtime, request, blob, headers)
            body = runtime.store.get(thumbnail_key(blob.storage_key, _SIZES[size]))
        except ObjectMissing:
            return _missing()
        return Response(body, media_type=THUMBNAIL_MIME, headers=headers)

    return [Route("/blobs/{blob_id}/{size}", show, methods=["GET"])]


def _find(runtime: Runtime, request: Request, blob_id: str) -> Blob | None:
    with runtime.database.read() as session:
        person = sessions.find(session, request.cookies.get(runtime.cookie_name), now=utc_now())
        found = get_own_blobs(session, person.user_id, [blob_id]) if person else []
    return found[0] if found else None


def _missing() -> Response:
    return PlainTextResponse("Not found", status_code=404, headers={"Cache-Control": "no-store"})


def _original(runtime: Runtime, request: Request, blob: Blob, headers: dict[str, str]) -> Response:
    total = runtime.store.size(blob.storage_key)
    headers |= {"Accept-Ranges": "bytes", "Content-Disposition": _disposition(request, blob)}
    # A part of something else than the browser has begun to load would not fit.
    asked = request.headers.get("range") if request.headers.get("if-range") in {None, headers["ETag"]} else None
    try:
        part = parse_range(asked, total)
    except RangeUnsatisfiable:
        return Response(status_code=416, headers={"Content-Range": f"bytes */{total}"})
    sent = part or Part(0, total, total)
    headers["Content-Length"] = str(sent.length)
    if part is not None:
        headers["Content-Range"] = part.content_range
    status = 200 if part is None else 206
    if request.method == "HEAD":
        return Response(status_code=status, media_type=blob.mime_type, headers=headers)
    body = read_part(runtime.store.open(blob.storage_key), sent.start, sent.length)
    return StreamingResponse(body, status_code=status, media_type=blob.mime_type, headers=headers)


def _disposition(request: Request, blob: Blob) -> str:
    kind = "attachment" if "download" in request.query_params else "inline"
    return f'{kind}; filename="{blob.id}.{blob.storage_key.rpartition(".")[2]}"'
