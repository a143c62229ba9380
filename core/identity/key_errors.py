"""Errors about keys of the API.

IdentityError
├── KeyNotFound  (NotFoundError)      no such key of this person
├── KeyRefused   (InvalidInputError)  a name, scope or end cannot be used
└── KeyConflict  (ConflictError)      the key is revoked, or not revoked yet, or there are too many
"""

from core.errors import ConflictError, InvalidInputError, NotFoundError
from core.identity.errors import IdentityError


class KeyNotFound(IdentityError, NotFoundError):
    """No such key for this person."""


class KeyRefused(IdentityError, InvalidInputError):
    """Something a key is described by cannot be used."""


class KeyConflict(IdentityError, ConflictError):
    """The key is not in a state that allows this."""
