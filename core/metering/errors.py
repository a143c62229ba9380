"""What can go wrong in metering.

AtelierError
├── NotFoundError
│   ├── PriceNotFound
│   └── UsageNotFound
└── InvalidInputError
    ├── InvalidEvent   an event that cannot be recorded as it is
    ├── InvalidPrice
    └── InvalidRange   days that cannot be asked for
"""

from core.errors import InvalidInputError, NotFoundError


class PriceNotFound(NotFoundError):
    """No such price of the house."""


class UsageNotFound(NotFoundError):
    """No such event for this person."""


class InvalidEvent(InvalidInputError):
    """An event cannot be recorded as it is; nothing of its batch was."""


class InvalidPrice(InvalidInputError):
    """A price cannot be set as it is."""


class InvalidRange(InvalidInputError):
    """These days cannot be asked for."""
