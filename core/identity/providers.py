"""What identity needs of a site that people sign in to: the OAuth calls behind "Connect"."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from core.errors import UnavailableError


class OAuthRefused(UnavailableError):
    """The site answered no: the code or the refresh token is not accepted. Only connecting again helps."""


class OAuthUnreachable(UnavailableError):
    """No good answer came. ``token_spent_possible``: the site may have used up the refresh token all the same.

    ``throttled``: it asked for fewer calls. ``retry_after`` is seconds, as it asked.
    """

    def __init__(
        self,
        message: str,
        *,
        token_spent_possible: bool,
        retry_after: float | None = None,
        throttled: bool = False,
    ) -> None:
        super().__init__(message)
        self.throttled = throttled
        self.token_spent_possible = token_spent_possible
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class TokenPair:
    """Tokens as the site gave them; both ends are instants in UTC."""

    access_token: str
    refresh_token: str | None
    expires_at: datetime
    refresh_expires_at: datetime | None
    token_type: str
    scope: str


@dataclass(frozen=True, slots=True)
class RemoteIdentity:
    """Who a token belongs to."""

    account_id: str
    username: str
    avatar_url: str | None


class OAuthSite(Protocol):
    """One site's OAuth 2.1 endpoints with this installation's client. Errors: the two classes above."""

    def authorize_url(self, *, state: str, code_challenge: str, redirect_uri: str, with_extras: bool = True) -> str:
        """Where to send the browser. ``with_extras`` also asks for scopes that are useful but not needed."""

    def exchange(self, *, code: str, code_verifier: str, redirect_uri: str, now: datetime) -> TokenPair:
        """Trade an authorization code for tokens."""

    def refresh(self, refresh_token: str, *, now: datetime) -> TokenPair:
        """Trade a refresh token, which works once, for a new pair."""

    def revoke(self, token: str) -> None:
        """End this client's access."""

    def whoami(self, access_token: str) -> RemoteIdentity:
        """The identity behind an access token."""
