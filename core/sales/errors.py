"""Errors of the sales context.

SalesError
├── PresetNotFound   (NotFoundError)
├── SaleNotFound     (NotFoundError)
├── PresetRefused    (InvalidInputError)  a price, name or currency cannot be used; the message says why
├── SaleRefused      (InvalidInputError)  a piece cannot be queued like this, or a client said something unreadable
├── ProofRefused     (InvalidInputError)  a screenshot cannot be taken
├── PresetInUse      (ConflictError)      sales, automations or posts still need it
├── IllegalMove      (ConflictError)      the state machine has no such move
├── SaleHeld         (ConflictError)      a client works on it right now
└── ClaimLost        (ConflictError)      the claim is over: somebody else has it, or it was given back
"""

from core.errors import AtelierError, ConflictError, InvalidInputError, NotFoundError


class SalesError(AtelierError):
    """Anything the sales context refuses."""


class PresetNotFound(SalesError, NotFoundError):
    """No such price preset for this person."""


class SaleNotFound(SalesError, NotFoundError):
    """No such sale in this person's queue."""


class PresetRefused(SalesError, InvalidInputError):
    """A price preset cannot be like this."""


class SaleRefused(SalesError, InvalidInputError):
    """What was asked of the queue cannot be used."""


class ProofRefused(SalesError, InvalidInputError):
    """A screenshot cannot be taken as proof."""


class PresetInUse(SalesError, ConflictError):
    """Something that is not finished still needs the preset."""


class IllegalMove(SalesError, ConflictError):
    """The state machine has no such move from here."""


class SaleHeld(SalesError, ConflictError):
    """A client holds the sale right now."""


class ClaimLost(SalesError, ConflictError):
    """The claim an answer carries is over."""
