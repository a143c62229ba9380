"""Who may call: the headers the front gate wants, and bearer tokens with their scopes."""

import re

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from core.sandbox.deviantart.errors import blocked, insufficient_scope, invalid_token
from core.sandbox.deviantart.models import Grant
from core.sandbox.deviantart.state import Site

USER_AGENT = re.compile(r"[^\s/()]+/\S+ \([^)]*(@|https?://)[^)]*\)")
VERSIONS = ("20240701", "20210526", "20200519", "20200317", "20160316")
READING = ("basic", "user", "browse", "browse.mlt", "message", "note", "feed", "email")
WRITING = ("user.manage", "stash", "publish", "gallery", "collection", "comment.post")
SCOPES = frozenset((*READING, *WRITING))


class GateMiddleware:
    """Turns away calls without a contact, compression or version the way the site's front gate does: 403 and HTML."""

    def __init__(self, app: ASGIApp, *, wants_version: bool) -> None:
        self.app = app
        self._wants_version = wants_version

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        passes = scope["type"] != "http" or self._lets_in(Headers(scope=scope))
        if passes:
            await self.app(scope, receive, send)
            return
        while (await receive()).get("more_body", False):
            pass  # an upload cut off in the middle would show as a network error instead
        await blocked()(scope, receive, send)

    def _lets_in(self, headers: Headers) -> bool:
        has_contact = USER_AGENT.match(headers.get("user-agent", "")) is not None
        takes_gzip = "gzip" in headers.get("accept-encoding", "")
        version_fits = not self._wants_version or headers.get("da-minor-version") in VERSIONS
        return has_contact and takes_gzip and version_fits


def bearer_token(headers: Headers) -> str | None:
    """The token in the Authorization header, if any."""
    kind, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() or None if kind.lower() == "bearer" else None


def find_grant(site: Site, token: str | None) -> Grant | None:
    """The grant behind a token that exists, whether or not it is still good."""
    access = site.access_tokens.find(token or "")
    return site.grants.find(access.grant_id) if access else None


def authenticate(site: Site, token: str | None) -> Grant:
    """The grant of a good token; raises the 401 the site answers otherwise."""
    if token is None:
        raise invalid_token("No access token was sent in the Authorization header or the POST body.")
    access = site.access_tokens.find(token)
    grant = site.grants.find(access.grant_id) if access else None
    if access is None or grant is None or grant.is_revoked:
        raise invalid_token("Invalid token.")
    if access.expires_at <= site.clock():
        raise invalid_token("Expired oAuth2 user token. The client should request a new one with the refresh token.")
    return grant


def require_scopes(grant: Grant, scopes: tuple[str, ...]) -> None:
    missing = [scope for scope in scopes if scope not in grant.scope]
    if missing:
        raise insufficient_scope(missing)
