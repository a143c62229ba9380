"""Errors of taking over a gallery.

PublishingError
├── TakeoverNotFound  (NotFoundError)
└── TakeoverRefused   (ConflictError)  it cannot be started or moved from where it stands
"""

from core.errors import ConflictError, NotFoundError
from core.publishing.errors import PublishingError


class TakeoverNotFound(PublishingError, NotFoundError):
    """No such takeover for this person."""


class TakeoverRefused(PublishingError, ConflictError):
    """A takeover cannot be started, or moved on, from where things stand."""
