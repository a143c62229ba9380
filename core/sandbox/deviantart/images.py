"""Signed links to pictures, which expire as the site's do, and the bytes behind them."""

import hashlib
import hmac
import io

from PIL import Image
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from core.sandbox.deviantart.errors import blocked
from core.sandbox.deviantart.models import Deviation, StoredFile
from core.sandbox.deviantart.state import Site

LIFETIME_SECONDS = 1800
RESOLUTIONS = (0, 400, 600, 800, 900, 1024, 1280, 1600, 1920)  # pixels across by display_resolution; 0 is the original


def public_width(deviation: Deviation) -> int:
    """How wide the picture is shown, in pixels."""
    width = deviation.stored_file.width
    shown = RESOLUTIONS[deviation.options.get("display_resolution", 0)]
    return min(width, shown) if shown else width


def scaled_height(file: StoredFile, width: int) -> int:
    return max(1, round(file.height * width / file.width))


def signed_link(site: Site, sha256: str, width: int, base_url: str = "") -> str:
    """A link to one picture at one width in pixels, good for half an hour."""
    expires = int(site.clock()) + LIFETIME_SECONDS
    return f"{base_url}/f/{sha256}?w={width}&expires={expires}&token={signature(site, sha256, width, expires)}"


def signature(site: Site, sha256: str, width: int, expires: int) -> str:
    message = f"{sha256}:{width}:{expires}".encode()
    return hmac.new(site.counters.signing_key.encode(), message, hashlib.sha256).hexdigest()[:32]


async def serve_image(site: Site, request: Request) -> Response:
    """The picture behind a signed link, 403 once the link is old or altered."""
    sha256 = request.path_params["sha256"]
    query = request.query_params
    numbers = query.get("w", ""), query.get("expires", "")
    if not all(number.isdecimal() and len(number) < 12 for number in numbers):
        return blocked()
    width, expires = (int(number) for number in numbers)
    genuine = hmac.compare_digest(query.get("token", "").encode(), signature(site, sha256, width, expires).encode())
    content = site.vault.find(sha256) if genuine and expires > site.clock() else None
    if content is None:
        return blocked()
    body, media_type = await run_in_threadpool(_at_width, content, width)
    return Response(body, media_type=media_type, headers={"Cache-Control": f"private, max-age={LIFETIME_SECONDS}"})


def _at_width(content: bytes, width: int) -> tuple[bytes, str]:
    with Image.open(io.BytesIO(content)) as image:
        media_type = Image.MIME.get(image.format or "", "application/octet-stream")
        if width >= image.width:
            return content, media_type
        image.thumbnail((width, image.height))
        output = io.BytesIO()
        image.convert("RGBA").save(output, "WEBP", quality=85)
        return output.getvalue(), "image/webp"
