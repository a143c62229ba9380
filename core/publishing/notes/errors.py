"""Errors of private notes.

PublishingError
├── NoteNotFound       (NotFoundError)
├── FolderNotFound     (NotFoundError)
├── LabelNotFound      (NotFoundError)
├── NoteTemplateNotFound (NotFoundError)
├── NoteRefused        (InvalidInputError)  a recipient, text, name or colour that cannot be used
├── NotesNotServed     (ConflictError)      the site has no notes for this account
└── NoteInDoubt        (ConflictError)      being sent, or it is not known whether it was
"""

from core.errors import ConflictError, InvalidInputError, NotFoundError
from core.publishing.errors import PublishingError


class NoteNotFound(PublishingError, NotFoundError):
    """No such note for this person."""


class FolderNotFound(PublishingError, NotFoundError):
    """No such folder for this person."""


class LabelNotFound(PublishingError, NotFoundError):
    """No such label for this person."""


class NoteTemplateNotFound(PublishingError, NotFoundError):
    """No such note template for this person."""


class NoteRefused(PublishingError, InvalidInputError):
    """Something about a note, label or template cannot be used."""


class NotesNotServed(PublishingError, ConflictError):
    """The site does not give this account's notes to programs."""


class NoteInDoubt(PublishingError, ConflictError):
    """The note is being sent, or nobody knows yet whether it was."""
