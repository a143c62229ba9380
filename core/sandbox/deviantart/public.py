"""What needs no token: oEmbed, the public pages and the pictures on them."""

import re
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from core.sandbox.deviantart import catalogue, invented, pages
from core.sandbox.deviantart.consent import decide, show_consent
from core.sandbox.deviantart.images import public_width, scaled_height, serve_image, signed_link
from core.sandbox.deviantart.models import Deviation, JsonDict
from core.sandbox.deviantart.state import Site

ART_PATH = re.compile(r"(?:https?://[^/]+)?/([A-Za-z0-9-]+)/art/(?:[A-Za-z0-9-]+-)?([0-9]{1,12})/?")
SiteHandler = Callable[[Site, Request], Awaitable[Response]]


def find_public(site: Site, address: str) -> Deviation | None:
    """The work at an address or path, found by its number as on the site; half-published work has no page."""
    match = ART_PATH.fullmatch(address)
    work = site.deviation_by_number(int(match[2])) if match else None
    if match is None or work is None or work.is_half_published:
        return None
    return work if work.username.lower() == match[1].lower() else None


async def oembed(site: Site, request: Request) -> Response:
    """What a link to a published work shows elsewhere; 404 while there is nothing at the address."""
    work = find_public(site, request.query_params.get("url", ""))
    if work is None:
        return JSONResponse({"error": "Not found."}, 404)
    base_url = f"{request.url.scheme}://{request.url.netloc}"
    return JSONResponse(_oembed_object(site, work, base_url))


def _oembed_object(site: Site, work: Deviation, base_url: str) -> JsonDict:
    file, width = work.stored_file, public_width(work)
    thumb = min(width, 300)
    return {
        "version": "1.0",
        "type": "photo",
        "title": work.title,
        "author_name": work.username,
        "author_url": f"{base_url}/{work.username}",
        "provider_name": "DeviantArt (sandbox)",
        "provider_url": base_url,
        "safety": "adult" if work.is_mature else "nonadult",
        "tags": ", ".join(work.tags),
        "url": signed_link(site, file.sha256, width, base_url),
        "width": width,
        "height": scaled_height(file, width),
        "thumbnail_url": signed_link(site, file.sha256, thumb, base_url),
        "thumbnail_width": thumb,
        "thumbnail_height": scaled_height(file, thumb),
    }


async def show_home(site: Site, request: Request) -> Response:
    published = [work for work in site.deviations if not work.is_half_published and not work.is_deleted]
    return pages.home(site, published[:-25:-1])


async def show_gallery(site: Site, request: Request) -> Response:
    user = site.find_user(request.path_params["username"])
    others = catalogue.of_artist(request.path_params["username"]) if user is None else []
    if others:
        return invented.show_artist(site, others[0].artist, others)
    if user is None:
        return pages.problem("No such person", "Nobody of this name is here.", 404)
    works = [work for work in site.published_by(user.username) if not work.is_half_published]
    return pages.gallery(site, user, works)


async def show_deviation(site: Site, request: Request) -> Response:
    made_up = _find_invented(request.url.path)
    if made_up is not None:
        return invented.show_work(site, made_up)
    work = find_public(site, request.url.path)
    user = site.find_user(work.username) if work else None
    if work is None or user is None:
        return pages.problem("Nothing here", "No published work has this address.", 404)
    work.views += 1
    site.deviations.put(work)
    return pages.deviation(site, user, work)


def _find_invented(address: str) -> catalogue.InventedWork | None:
    match = ART_PATH.fullmatch(address)
    work = catalogue.find_number(int(match[2])) if match else None
    return work if match and work and work.artist == match[1].lower() else None


async def show_avatar(site: Site, request: Request) -> Response:
    return pages.avatar(request.path_params["username"])


def public_routes(site: Site) -> list[Route]:
    def route(path: str, handler: SiteHandler, method: str = "GET") -> Route:
        async def serve(request: Request) -> Response:
            return await handler(site, request)

        return Route(path, serve, methods=[method])

    return [
        route("/oauth2/authorize", show_consent),
        route("/oauth2/authorize", decide, "POST"),
        route("/oembed", oembed),
        route("/f/invented/{number:int}", invented.serve_picture),
        route("/f/{sha256}", serve_image),
        route("/avatars/{username}.svg", show_avatar),
        route("/{username}/art/{slug}", show_deviation),
        route("/{username}/gallery", show_gallery),
        route("/{username}", show_gallery),
        route("/", show_home),
    ]
