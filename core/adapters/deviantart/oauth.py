"""OAuth 2.1 at DeviantArt: authorization code with PKCE (S256), single-use refresh tokens, revocation.

Lifetimes as documented: access tokens an hour, refresh tokens three months. The answer gives no end
for the refresh token, so 90 days from its making are assumed.
"""

import time
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import httpx
import structlog

from core.adapters.deviantart.http import Clients, DeviantArtLine, json_object
from core.adapters.deviantart.refusals import BLOCK_SECONDS
from core.adapters.metrics import observe
from core.adapters.waiting import retry_after
from core.identity.providers import OAuthRefused, OAuthUnreachable, RemoteIdentity, TokenPair
from core.publishing.providers import ErrorCategory, ProviderError

SCOPES = "basic user browse stash publish gallery"
# For "more like this" and private notes. Older documentation names both; should the site no longer know one of
# them, it refuses the whole request, and connecting begins again without them.
EXTRA_SCOPES = "browse.mlt note"
REFRESH_DAYS = 90
# Whoever refreshes holds a lease of 60 s: connecting, sending and reading together stay below it.
TIMEOUT = httpx.Timeout(20, connect=10, write=10, pool=5)
# What the token endpoint says when the code or the refresh token is the trouble.
REFUSALS = frozenset({"invalid_request", "invalid_grant", "invalid_token", "access_denied"})

log = structlog.get_logger(__name__)


class OAuthEndpoints:
    """The authorize, token and revoke endpoints with one client's credentials."""

    def __init__(self, clients: Clients, provider: str, root: str, client_id: str, client_secret: str) -> None:
        self._clients = clients
        self._provider = provider
        self._root = root
        self._client_id = client_id
        self._client_secret = client_secret

    def authorize_url(self, *, state: str, code_challenge: str, redirect_uri: str, with_extras: bool = True) -> str:
        query = {
            "response_type": "code",
            "client_id": self._client_id,
            "redirect_uri": redirect_uri,
            "scope": f"{SCOPES} {EXTRA_SCOPES}" if with_extras else SCOPES,
            "state": state,
            "code_challenge": code_challenge,
            "code_challenge_method": "S256",
        }
        return f"{self._root}/oauth2/authorize?{urlencode(query)}"

    def exchange(self, *, code: str, code_verifier: str, redirect_uri: str, now: datetime) -> TokenPair:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": code_verifier,
        }
        return token_pair(self._post("/oauth2/token", {**form, **self._credentials}), now=now)

    def refresh(self, refresh_token: str, *, now: datetime) -> TokenPair:
        form = {"grant_type": "refresh_token", "refresh_token": refresh_token}
        return token_pair(self._post("/oauth2/token", {**form, **self._credentials}), now=now)

    def revoke(self, token: str) -> None:
        self._post("/oauth2/revoke", {"token": token})

    @property
    def _credentials(self) -> dict[str, str]:
        return {"client_id": self._client_id, "client_secret": self._client_secret}

    def _post(self, endpoint: str, form: dict[str, str]) -> dict[str, Any]:
        started = time.perf_counter()
        status: int | None = None
        outcome = "failed"
        try:
            response = self._clients.mine.post(endpoint, data=form, timeout=TIMEOUT)
            status = response.status_code
            answer = read_answer(response)
            outcome = "ok"
            return answer
        except httpx.RequestError as error:
            raise unreachable(error) from error
        except OAuthRefused:
            outcome = "refused"
            raise
        finally:
            seconds = time.perf_counter() - started
            observe(self._provider, endpoint, outcome, seconds)
            say = log.info if outcome == "ok" else log.warning
            say(
                "Called DeviantArt", provider=self._provider, method="POST", endpoint=endpoint, status=status,
                ms=round(seconds * 1000), outcome=outcome,
            )  # fmt: skip


def whoami(line: DeviantArtLine, access_token: str) -> RemoteIdentity:
    """The identity behind a token; the API's errors become those of OAuth."""
    try:
        body = line.get(access_token, "/user/whoami")
    except ProviderError as error:
        if error.category is ErrorCategory.AUTH:
            raise OAuthRefused("DeviantArt did not accept the access it just gave. Connect once more.") from error
        raise OAuthUnreachable(str(error), token_spent_possible=False, retry_after=error.retry_after) from error
    if not body.get("userid") or not body.get("username"):
        raise OAuthUnreachable("DeviantArt did not say who this is. Try again.", token_spent_possible=False)
    return RemoteIdentity(str(body["userid"]), str(body["username"]), body.get("usericon"))


def read_answer(response: httpx.Response) -> dict[str, Any]:
    """The token endpoint's JSON. Raises ``OAuthRefused`` or ``OAuthUnreachable``."""
    body = json_object(response)
    status = response.status_code
    if body is not None and status < 300 and body.get("status") != "error" and "error" not in body:
        return body
    wait = retry_after(response.headers.get("Retry-After"))
    if status == 429:
        raise OAuthUnreachable(
            "DeviantArt asked us to slow down.", token_spent_possible=False, retry_after=wait, throttled=True
        )
    if status >= 500 or (body is None and status < 300):
        raise OAuthUnreachable(
            "DeviantArt had a problem of its own. It will be tried again.", token_spent_possible=True, retry_after=wait
        )
    if body is None:  # a page: the network in front of the site turned us away
        raise OAuthUnreachable(
            "DeviantArt is not reachable for programs right now. Try again in some minutes.",
            token_spent_possible=False, retry_after=wait or BLOCK_SECONDS,
        )  # fmt: skip
    if body.get("error") in REFUSALS:
        raise OAuthRefused("DeviantArt no longer accepts this access. Connect the account again.")
    # invalid_client and its like: connecting again would not help, and every account would be cut off.
    raise OAuthUnreachable(
        "DeviantArt did not accept this installation's client. Check ATELIER_DEVIANTART_CLIENT_ID and …_SECRET.",
        token_spent_possible=False, retry_after=BLOCK_SECONDS,
    )  # fmt: skip


def unreachable(error: httpx.RequestError) -> OAuthUnreachable:
    """No answer: whether the token may be spent depends on whether anything was sent."""
    unsent = isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout | httpx.ProxyError)
    return OAuthUnreachable("DeviantArt did not answer. Try again in a moment.", token_spent_possible=not unsent)


def token_pair(body: dict[str, Any], *, now: datetime) -> TokenPair:
    """The pair in an answer; ``now`` is when it was asked for, so the ends are rather too early than too late."""
    access, seconds = body.get("access_token"), body.get("expires_in")
    if not access or not isinstance(seconds, int):
        raise OAuthUnreachable("DeviantArt answered without a token. Try again.", token_spent_possible=True)
    refresh = body.get("refresh_token")
    return TokenPair(
        access_token=str(access),
        refresh_token=str(refresh) if refresh else None,
        expires_at=now + timedelta(seconds=seconds),
        refresh_expires_at=now + timedelta(days=REFRESH_DAYS) if refresh else None,
        token_type=str(body.get("token_type") or "Bearer"),
        scope=str(body.get("scope") or f"{SCOPES} {EXTRA_SCOPES}"),
    )
