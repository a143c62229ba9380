"""The routes of the imitated site, and how it shows trouble."""

from collections.abc import Iterable

from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import Scope

from core.sandbox.deviantart import account, browse, deviations, errors, galleries, notes, stash
from core.sandbox.deviantart.access import GateMiddleware, bearer_token, find_grant
from core.sandbox.deviantart.endpoint import build_route
from core.sandbox.deviantart.oauth import oauth_routes
from core.sandbox.deviantart.public import public_routes
from core.sandbox.deviantart.state import Site
from core.sandbox.deviantart.tokens import revoke_grant, revoke_user
from core.sandbox.faults import FaultRule

API_BASE = "/api/v1/oauth2"
CALLED_BY_PROGRAMS = frozenset({"/oauth2/token", "/oauth2/revoke", "/oembed"})
NOT_PROTOCOL = ("/_sandbox", "/f/", "/avatars/")  # neither logged nor struck by faults
ALL_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


async def _unknown(request: Request) -> Response:
    return errors.unknown_endpoint().response()


def deviantart_routes(site: Site) -> list[BaseRoute]:
    """API, OAuth, oEmbed and pages, as the site lays them out."""
    endpoints = (
        *account.ENDPOINTS,
        *stash.ENDPOINTS,
        *galleries.ENDPOINTS,
        *deviations.ENDPOINTS,
        *browse.ENDPOINTS,
        *notes.ENDPOINTS,
    )
    api = Mount(
        API_BASE,
        # Withdrawn endpoints, wrong methods and typing errors all end at the last route, as on the site.
        routes=[*(build_route(one, site) for one in endpoints), Route("/{rest:path}", _unknown, methods=ALL_METHODS)],
        middleware=[
            Middleware(GZipMiddleware, minimum_size=1, compresslevel=1),
            Middleware(GateMiddleware, wants_version=True),
        ],
    )
    return [api, *oauth_routes(site), *public_routes(site)]


class DeviantArt:
    """The provider as the traffic middleware sees it."""

    def __init__(self, site: Site, neighbours: Iterable[str] = ()) -> None:
        self._site = site
        self._not_here = (*NOT_PROTOCOL, *(f"{path}/" for path in neighbours))

    def endpoint_of(self, path: str) -> str | None:
        return None if path.startswith(self._not_here) else path.removeprefix(API_BASE)

    def is_call(self, path: str) -> bool:
        return path.startswith(API_BASE) or path in CALLED_BY_PROGRAMS

    def caller_of(self, scope: Scope) -> tuple[str | None, str | None]:
        """One rate per person and application, whatever token is in use."""
        grant = find_grant(self._site, bearer_token(Headers(scope=scope)))
        return (f"{grant.client_id}:{grant.username}", grant.username) if grant else (None, None)

    def answer(self, rule: FaultRule) -> Response:
        return errors.fault_answer(rule)

    def too_many_requests(self, retry_after: int | None) -> Response:
        return errors.too_many_requests(retry_after)

    def revoke(self, scope: Scope) -> None:
        grant = find_grant(self._site, bearer_token(Headers(scope=scope)))
        if grant is None:
            return
        revoke_grant(self._site, grant)
        if grant.username is not None:
            revoke_user(self._site, grant.username, grant.client_id)
