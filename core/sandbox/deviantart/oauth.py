"""The token and revocation endpoints of OAuth 2.1, for confidential clients."""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import unquote_plus

from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from core.sandbox.deviantart.access import GateMiddleware
from core.sandbox.deviantart.errors import ApiError, invalid_fields, invalid_request
from core.sandbox.deviantart.models import AuthCode, Client, JsonDict
from core.sandbox.deviantart.state import Site
from core.sandbox.deviantart.tokens import (
    exchange,
    find_grant_by_any,
    invalid_client,
    issue,
    new_grant,
    revoke_grant,
    revoke_user,
)

VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")
Form = Mapping[str, str]


def oauth_routes(site: Site) -> list[Route]:
    gate = [
        Middleware(GZipMiddleware, minimum_size=1, compresslevel=1),
        Middleware(GateMiddleware, wants_version=False),
    ]
    token, revoke = _form_endpoint(site, grant_token), _form_endpoint(site, revoke_token)
    return [
        Route("/oauth2/token", token, methods=["POST"], middleware=gate),
        Route("/oauth2/revoke", revoke, methods=["POST"], middleware=gate),
    ]


def _form_endpoint(
    site: Site, work: Callable[[Site, Request, Form], JsonDict]
) -> Callable[[Request], Awaitable[Response]]:
    async def serve(request: Request) -> Response:
        async with request.form() as sent:
            form = {name: value for name, value in sent.items() if isinstance(value, str)}
        # A refused refresh is recorded too, so the transaction ends before the refusal is told.
        with site.store.transaction():
            try:
                return JSONResponse(work(site, request, form), headers={"Cache-Control": "no-store"})
            except ApiError as error:
                return error.response()

    return serve


def grant_token(site: Site, request: Request, form: Form) -> JsonDict:
    """Tokens for a code, a refresh token, or the application itself."""
    client = authenticate_client(site, request.headers.get("authorization", ""), form)
    kind = form.get("grant_type", "")
    if kind == "authorization_code":
        return _exchange_code(site, client, form)
    if kind == "refresh_token":
        return exchange(site, client.client_id, _need(form, "refresh_token"))
    if kind == "client_credentials":
        return issue(site, new_grant(site, client.client_id, None, ["basic", "browse"]))
    raise ApiError(400, "unsupported_grant_type", "The grant type is not supported.")


def authenticate_client(site: Site, authorization: str, form: Form) -> Client:
    """The client by HTTP Basic or by id and secret in the body; raises ``ApiError`` 401."""
    client_id, secret = form.get("client_id", ""), form.get("client_secret", "")
    if authorization.lower().startswith("basic "):
        client_id, secret = _basic(authorization[6:])
    client = site.clients.find(client_id)
    if client is None or not hmac.compare_digest(client.client_secret.encode(), secret.encode()):
        raise invalid_client()
    return client


def _basic(encoded: str) -> tuple[str, str]:
    try:
        client_id, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError) as error:
        raise invalid_client() from error
    return unquote_plus(client_id), unquote_plus(secret)


def _need(form: Form, name: str) -> str:
    value = form.get(name, "")
    if not value:
        raise invalid_fields({name: f"{name} is required."})
    return value


def _exchange_code(site: Site, client: Client, form: Form) -> JsonDict:
    code = site.codes.find(_need(form, "code"))
    redirect_uri, verifier = _need(form, "redirect_uri"), _need(form, "code_verifier")
    if code is None or code.client_id != client.client_id or code.is_used or code.expires_at <= site.clock():
        raise invalid_request("The authorization code is invalid.")
    # One try is all a code is good for: a wrong verifier spends it too.
    code.is_used = True
    site.codes.put(code)
    if redirect_uri != code.redirect_uri:
        raise invalid_request("The redirect_uri does not match the one the code was issued for.")
    if not _proves(verifier, code):
        raise invalid_request("The code_verifier is invalid.")
    return issue(site, new_grant(site, client.client_id, code.username, code.scope))


def _proves(verifier: str, code: AuthCode) -> bool:
    if not VERIFIER.fullmatch(verifier):
        return False
    digest = hashlib.sha256(verifier.encode()).digest()
    challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    return hmac.compare_digest(challenge, code.challenge)


def revoke_token(site: Site, request: Request, form: Form) -> JsonDict:
    """End one session, or by default everything of the same person and application; an unknown token is no error."""
    grant = find_grant_by_any(site, _need(form, "token"))
    if grant is not None:
        if form.get("revoke_refresh_only") in ("true", "1") or grant.username is None:
            revoke_grant(site, grant)
        else:
            revoke_user(site, grant.username, grant.client_id)
    return {"status": "success"}
