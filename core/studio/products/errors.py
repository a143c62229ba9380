"""Errors of products.

ProductError
├── ProductNotFound        (NotFoundError)      no such product of this person
├── ProductChangeRefused   (InvalidInputError)  a value a product cannot take, or a filter nobody can read
└── NothingToUndo          (ConflictError)      the change is not known, or was cleared away
"""

from core.errors import AtelierError, ConflictError, InvalidInputError, NotFoundError


class ProductError(AtelierError):
    """Anything refused about products."""


class ProductNotFound(ProductError, NotFoundError):
    """The person has no such product."""


class ProductChangeRefused(ProductError, InvalidInputError):
    """The value cannot be taken; the message says which would be."""


class NothingToUndo(ProductError, ConflictError):
    """There is no such change of this person to take back."""


def not_found() -> ProductNotFound:
    return ProductNotFound("There is no such picture. It may have been deleted; reload the page.")
