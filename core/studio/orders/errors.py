"""Errors of orders.

OrderError
├── OrderNotFound  (NotFoundError)  no such order, or item, for this person
├── OrderRefused   (InvalidInputError)  the form cannot be ordered like this
├── IllegalMove    (ConflictError)  the table of moves has no such move from here
└── OrderBusy      (ConflictError)  something of it is still running
"""

from core.errors import AtelierError, ConflictError, InvalidInputError, NotFoundError


class OrderError(AtelierError):
    """Anything that orders refuse."""


class OrderNotFound(OrderError, NotFoundError):
    """No such order, or item, for this person."""


class OrderRefused(OrderError, InvalidInputError):
    """The form cannot be ordered like this."""


class IllegalMove(OrderError, ConflictError):
    """The table of moves has no such move from here."""


class OrderBusy(OrderError, ConflictError):
    """Something of it is still running."""
