"""Errors around templates.

PublishingError
├── TemplateNotFound   (NotFoundError)
├── TemplateRefused    (InvalidInputError)  something in it cannot be taken; the message names it
├── NameInUse          (ConflictError)      the person has a template of this type and name
└── TemplateChanged    (ConflictError)      it, or the order, is no longer what the person saw
"""

from core.errors import ConflictError, InvalidInputError, NotFoundError
from core.publishing.errors import PublishingError


class TemplateNotFound(PublishingError, NotFoundError):
    """No such template for this person."""


class TemplateRefused(PublishingError, InvalidInputError):
    """Something in a template, or in the answers to its variables, cannot be taken."""


class NameInUse(PublishingError, ConflictError):
    """Another template of the same type has this name."""


class TemplateChanged(PublishingError, ConflictError):
    """Somebody else changed it since it was read."""
