"""What can go wrong with lookups and templates."""

from core.errors import ConflictError, InvalidInputError, NotFoundError


class LookupNotFound(NotFoundError):
    """No such lookup for this person."""


class LookupRefused(InvalidInputError):
    """The lookup cannot be like this."""


class LookupProtected(ConflictError):
    """The lookup belongs to the house."""


class GenerationTemplateNotFound(NotFoundError):
    """No such template for this person."""


class GenerationTemplateRefused(InvalidInputError):
    """The template cannot be like this."""
