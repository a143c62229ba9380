"""Errors around changes of gallery folders.

PublishingError
├── FolderNotFound    (NotFoundError)
├── FolderRefused     (InvalidInputError)  a name, a parent or a choice cannot be taken
├── GalleryBusy       (ConflictError)      another change of the account's folders is under way
├── FoldersChanged    (ConflictError)      the site has other folders than the person saw
├── SiteRefused       (UnavailableError)   the site did not do it; nothing was changed
└── AnswerLost        (UnavailableError)   the answer of a call was lost; the message says what is known
"""

from core.errors import ConflictError, InvalidInputError, NotFoundError, UnavailableError
from core.publishing.errors import PublishingError
from core.publishing.providers import ErrorCategory


class FolderNotFound(PublishingError, NotFoundError):
    """The account has no such folder."""


class FolderRefused(PublishingError, InvalidInputError):
    """A name, a parent or a choice cannot be taken."""


class GalleryBusy(PublishingError, ConflictError):
    """Another change of the account's folders is under way."""


class FoldersChanged(PublishingError, ConflictError):
    """The site has other folders than the person saw."""


class SiteRefused(PublishingError, UnavailableError):
    """The site did not do it; ``category`` says why, and nothing was changed."""

    def __init__(self, message: str, category: ErrorCategory) -> None:
        super().__init__(message)
        self.category = category


class AnswerLost(PublishingError, UnavailableError):
    """The answer of a call was lost."""
