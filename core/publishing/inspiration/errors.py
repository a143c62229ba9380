"""Errors of browsing.

PublishingError
├── Withdrawn         (InvalidInputError)  the site had this once and took it away
└── WishRefused       (InvalidInputError)  a tag, day or page that cannot be asked for
"""

from core.errors import InvalidInputError
from core.publishing.errors import PublishingError


class Withdrawn(PublishingError, InvalidInputError):
    """A way of browsing that the site no longer has."""


class WishRefused(PublishingError, InvalidInputError):
    """Something that cannot be asked for like this."""
