"""Errors around linked accounts.

AccountError
├── AccountNotFound        (NotFoundError)
├── AccountNeedsReconnect  (ConflictError)      a person must connect it again
├── RefreshUnderWay        (ConflictError)      somebody else is refreshing: come back in a second
├── AccountTaken           (ConflictError)      somebody else in this house has linked it
├── ConnectRefused         (InvalidInputError)  the way back from the site is not usable
└── SiteNotConfigured      (UnavailableError)   this installation has no client for the account's site
"""

from core.errors import AtelierError, ConflictError, InvalidInputError, NotFoundError, UnavailableError


class AccountError(AtelierError):
    """Anything refused around a linked account."""


class AccountNotFound(AccountError, NotFoundError):
    """No such account for this person."""


class AccountNeedsReconnect(AccountError, ConflictError):
    """The site no longer accepts the saved access, or the account was disconnected."""


class RefreshUnderWay(AccountError, ConflictError):
    """Another process is refreshing this account's access; ``retry_in`` seconds is a good time to come back."""

    def __init__(self, message: str = "The account's access is being renewed. Try again in a moment.") -> None:
        super().__init__(message)
        self.retry_in = 1.0


class AccountTaken(AccountError, ConflictError):
    """Somebody else here has linked this account."""


class ConnectRefused(AccountError, InvalidInputError):
    """The answer from the site cannot be used: unknown, used up, too old, or somebody else's."""


class SiteNotConfigured(AccountError, UnavailableError):
    """This installation has no client for the account's site."""
