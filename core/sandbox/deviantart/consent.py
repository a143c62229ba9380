"""The consent page: who connects, and what the application asks for."""

import re
import secrets
from dataclasses import asdict, dataclass
from ipaddress import ip_address
from typing import Self
from urllib.parse import urlencode, urlsplit

from starlette.datastructures import FormData, QueryParams
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from core.sandbox.deviantart import pages
from core.sandbox.deviantart.access import SCOPES
from core.sandbox.deviantart.models import AuthCode, Client
from core.sandbox.deviantart.state import Site
from core.sandbox.errors import InvalidControl

CODE_SECONDS = 600
CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True)
class AuthRequest:
    """What the application sent along with the browser; absent values are empty."""

    response_type: str
    client_id: str
    redirect_uri: str
    scope: str
    state: str
    code_challenge: str
    code_challenge_method: str

    @classmethod
    def read(cls, sent: QueryParams | FormData) -> Self:
        return cls(**{name: str(sent.get(name, "")) for name in cls.__dataclass_fields__})

    @property
    def scopes(self) -> list[str]:
        return self.scope.split() or ["basic"]

    def refusal(self) -> tuple[str, str] | None:
        """The error and its description that go back to the application, ``None`` when all is well."""
        if self.response_type != "code":
            return "unsupported_response_type", "Only the response type code is supported."
        if not self.state:
            return "invalid_request", "A state is required."
        if self.code_challenge_method != "S256" or not CHALLENGE.fullmatch(self.code_challenge):
            return "invalid_request", "A code_challenge with the method S256 is required."
        unknown = sorted(set(self.scopes) - SCOPES)
        if unknown:
            return "invalid_scope", f"Unknown scope: {' '.join(unknown)}."
        return None

    def back(self, **answer: str) -> Response:
        """Send the browser home with an answer."""
        glue = "&" if urlsplit(self.redirect_uri).query else "?"
        state = {"state": self.state} if self.state else {}
        return RedirectResponse(f"{self.redirect_uri}{glue}{urlencode({**answer, **state})}", 302)


def is_loopback_uri(uri: str) -> bool:
    """Whether a URI leads back to this machine."""
    parts = urlsplit(uri)
    if parts.scheme not in ("http", "https") or parts.fragment or not parts.hostname:
        return False
    if parts.hostname == "localhost":
        return True
    try:
        return ip_address(parts.hostname).is_loopback
    except ValueError:
        return False


def may_return_to(site: Site, client: Client, uri: str) -> bool:
    """Exact match with what is registered; the first URI of a loopback origin registers itself."""
    if uri in client.redirect_uris:
        return True
    origin = urlsplit(uri)[:2]
    known_origins = {urlsplit(known)[:2] for known in client.redirect_uris}
    if not is_loopback_uri(uri) or origin in known_origins:
        return False
    client.redirect_uris.append(uri)
    site.clients.put(client)
    return True


def _check(site: Site, asked: AuthRequest) -> Response | None:
    client = site.clients.find(asked.client_id)
    if client is None:
        return pages.problem("Unknown application", "No application with this client_id is registered here.")
    if not may_return_to(site, client, asked.redirect_uri):
        reason = "The redirect_uri is not exactly the one this application registered."
        return pages.problem("Wrong return address", reason)
    refusal = asked.refusal()
    return asked.back(error=refusal[0], error_description=refusal[1]) if refusal else None


async def show_consent(site: Site, request: Request) -> Response:
    """GET: the page, or the refusal."""
    asked = AuthRequest.read(request.query_params)
    return _check(site, asked) or _page(site, asked)


def _page(site: Site, asked: AuthRequest, complaint: str | None = None) -> Response:
    return pages.consent(asdict(asked), asked.scopes, [user.username for user in site.users], complaint=complaint)


async def decide(site: Site, request: Request) -> Response:
    """POST: back to the application with a code or with access_denied."""
    async with request.form() as form:
        asked = AuthRequest.read(form)
        decision, chosen, new_name = (str(form.get(name, "")) for name in ("decision", "username", "new_username"))
    refused = _check(site, asked)
    if refused is not None:
        return refused
    if decision != "authorise":
        return asked.back(error="access_denied", error_description="The user denied the request.")
    try:
        user = site.add_user(new_name.strip() or chosen)
    except InvalidControl as error:
        return _page(site, asked, str(error))
    code = AuthCode(
        code=secrets.token_hex(20),
        client_id=asked.client_id,
        username=user.username,
        scope=asked.scopes,
        redirect_uri=asked.redirect_uri,
        challenge=asked.code_challenge,
        expires_at=site.clock() + CODE_SECONDS,
    )
    site.codes.put(code)
    return asked.back(code=code.code)
