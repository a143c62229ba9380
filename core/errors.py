"""The root of every error tree.

AtelierError
├── NotFoundError      another person's thing answers the same as a missing one
├── InvalidInputError  what was given cannot be used; the message says why and what to do
├── ConflictError      the thing is no longer in a state that allows this
└── UnavailableError   something outside failed for now; trying again can help

Each context derives its own from these four, so that a page or an endpoint can choose an
icon or a status code without knowing the context.
"""


class AtelierError(Exception):
    """Something expected went wrong; ``str(error)`` is a sentence fit for a person."""


class NotFoundError(AtelierError):
    """No such thing for this person."""


class InvalidInputError(AtelierError):
    """The input cannot be used as it is."""


class ConflictError(AtelierError):
    """The thing has moved on, or is busy."""


class UnavailableError(AtelierError):
    """A part of the house or a provider did not answer; nothing was half done."""
