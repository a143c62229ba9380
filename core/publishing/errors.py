"""Errors of the publishing context.

PublishingError
├── DeviationNotFound    (NotFoundError)
├── IllegalMove          (ConflictError)      the state machine has no such move
├── DeviationBusy        (ConflictError)      the sidecar holds it right now
├── OutcomeUnknown       (ConflictError)      DeviantArt may already show it: it is being looked up
├── NotEditable          (ConflictError)      published, or on its way
├── ChangedMeanwhile     (ConflictError)      somebody else changed it since it was read
├── ChangeRefused        (InvalidInputError)  a field cannot be set to this; the message names it
├── PatternRefused       (InvalidInputError)  a title pattern cannot be read; the message says where
├── NotReady             (InvalidInputError)  something is missing before it can be scheduled
├── ScheduleRefused      (InvalidInputError)  past, too far ahead, or a local time that does not exist
└── FileRefused          (InvalidInputError)  one file cannot be taken; the message names it
"""

from core.errors import AtelierError, ConflictError, InvalidInputError, NotFoundError


class PublishingError(AtelierError):
    """Anything the publishing context refuses."""


class DeviationNotFound(PublishingError, NotFoundError):
    """No such deviation for this person."""


class IllegalMove(PublishingError, ConflictError):
    """The state machine has no such move from here."""


class DeviationBusy(PublishingError, ConflictError):
    """A worker holds the post right now."""


class OutcomeUnknown(PublishingError, ConflictError):
    """A call to DeviantArt was lost; until it is looked up the post must not be changed."""


class NotEditable(PublishingError, ConflictError):
    """The post is published or on its way, so its fields stay as they are."""


class ChangedMeanwhile(PublishingError, ConflictError):
    """Somebody else changed the post since it was read."""


class ChangeRefused(PublishingError, InvalidInputError):
    """A field cannot be set to this value."""


class PatternRefused(PublishingError, InvalidInputError):
    """A title pattern cannot be read."""


class NotReady(PublishingError, InvalidInputError):
    """Something is missing before the post can be scheduled."""


class ScheduleRefused(PublishingError, InvalidInputError):
    """The chosen time cannot be used."""


class FileRefused(PublishingError, InvalidInputError):
    """One file cannot be taken."""
