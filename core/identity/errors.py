"""Errors of the identity context.

IdentityError
├── UserNotFound       (NotFoundError)
├── NameTaken          (ConflictError)      another person has this username or e-mail address
├── AlreadySetUp       (ConflictError)      the house has an owner
├── LastAdministrator  (ConflictError)      nobody would be left to look after the house
├── AdministratorsOnly (ConflictError)      the acting person may not do this
├── InvitationRefused  (ConflictError)      an invitation that was used, taken back or is too old
├── InvalidProfile     (InvalidInputError)  a username, address, time zone or password cannot be used
├── SignInRefused      (InvalidInputError)  name or password is wrong, whichever it is
└── SignInThrottled    (UnavailableError)   too many wrong passwords; ``until`` says when it ends
"""

from datetime import datetime

from core.errors import AtelierError, ConflictError, InvalidInputError, NotFoundError, UnavailableError


class IdentityError(AtelierError):
    """Anything the identity context refuses."""


class UserNotFound(IdentityError, NotFoundError):
    """No such person here."""


class NameTaken(IdentityError, ConflictError):
    """Another person has this username or e-mail address."""


class AlreadySetUp(IdentityError, ConflictError):
    """The house has an owner already."""


class LastAdministrator(IdentityError, ConflictError):
    """The only administrator left cannot be disabled or become a member."""


class AdministratorsOnly(IdentityError, ConflictError):
    """Only administrators may do this."""


class InvitationRefused(IdentityError, ConflictError):
    """The link is of no use any more."""


class InvalidProfile(IdentityError, InvalidInputError):
    """Something a person is described by cannot be used."""


class SignInRefused(IdentityError, InvalidInputError):
    """Name and password do not belong together; which of them is wrong is not said."""


class SignInThrottled(IdentityError, UnavailableError):
    """Too many wrong passwords for this name or from this address."""

    def __init__(self, message: str, *, until: datetime) -> None:
        super().__init__(message)
        self.until = until
