"""Issuing, exchanging and revoking tokens."""

import secrets

from core.sandbox.deviantart.errors import ApiError, invalid_request
from core.sandbox.deviantart.models import AccessToken, Grant, JsonDict, RefreshAttempt, RefreshToken
from core.sandbox.deviantart.state import Site, new_uuid


def new_grant(site: Site, client_id: str, username: str | None, scope: list[str]) -> Grant:
    return site.grants.put(Grant(new_uuid(), client_id, username, scope, site.clock()))


def issue(site: Site, grant: Grant, *, access_seconds: int | None = None) -> JsonDict:
    """The token endpoint's answer; a refresh token is in it where a person stands behind the grant."""
    seconds = site.behaviour.access_seconds if access_seconds is None else access_seconds
    now = site.clock()
    access = site.access_tokens.put(AccessToken(secrets.token_hex(25), grant.grant_id, now + seconds))
    body: JsonDict = {
        "status": "success",
        "access_token": access.token,
        "token_type": "Bearer",
        "expires_in": seconds,
        "scope": " ".join(grant.scope),
    }
    if grant.username is not None:
        expires_at = now + site.behaviour.refresh_seconds
        refresh = site.refresh_tokens.put(RefreshToken(secrets.token_hex(20), grant.grant_id, expires_at))
        body["refresh_token"] = refresh.token
    return body


def exchange(site: Site, client_id: str, token: str) -> JsonDict:
    """A new pair for a refresh token, which is spent by this; raises ``ApiError`` for one that is not good any more."""
    refresh = site.refresh_tokens.find(token)
    grant = site.grants.find(refresh.grant_id) if refresh else None
    outcome = _outcome(site, client_id, refresh, grant)
    username = grant.username if grant else None
    site.refreshes.put(RefreshAttempt(site.take_number("refresh_seq"), site.clock(), outcome, username))
    if refresh is None or grant is None or outcome != "ok":
        raise invalid_request("The refresh_token is invalid.")
    refresh.used_at = site.clock()
    site.refresh_tokens.put(refresh)
    return issue(site, grant)


def _outcome(site: Site, client_id: str, refresh: RefreshToken | None, grant: Grant | None) -> str:
    if refresh is None or grant is None or grant.client_id != client_id:
        return "unknown"
    if refresh.used_at is not None:
        return "reused"
    if grant.is_revoked:
        return "revoked"
    return "expired" if refresh.expires_at <= site.clock() else "ok"


def find_grant_by_any(site: Site, token: str) -> Grant | None:
    """The grant behind an access or a refresh token."""
    found = site.access_tokens.find(token) or site.refresh_tokens.find(token)
    return site.grants.find(found.grant_id) if found else None


def revoke_grant(site: Site, grant: Grant) -> None:
    grant.is_revoked = True
    site.grants.put(grant)


def revoke_user(site: Site, username: str, client_id: str | None = None) -> int:
    """End every authorisation of a person, for one application or all; returns how many there were."""
    mine = [grant for grant in site.grants if grant.username == username and not grant.is_revoked]
    ended = [grant for grant in mine if client_id in (None, grant.client_id)]
    for grant in ended:
        revoke_grant(site, grant)
    return len(ended)


def expire_access(site: Site, username: str) -> int:
    """Make a person's access tokens run out now; refresh tokens stay good. Returns how many ran out."""
    grants = {grant.grant_id for grant in site.grants if grant.username == username}
    now = site.clock()
    live = [token for token in site.access_tokens if token.grant_id in grants and token.expires_at > now]
    for token in live:
        token.expires_at = now
        site.access_tokens.put(token)
    return len(live)


def invalid_client() -> ApiError:
    return ApiError(401, "invalid_client", "The client could not be authenticated.")
