"""What can go wrong with providers and models."""

from core.errors import ConflictError, InvalidInputError, NotFoundError


class ProviderNotFound(NotFoundError):
    """No such provider in this house."""


class ModelNotFound(NotFoundError):
    """No such model of this provider."""


class ProviderRefused(InvalidInputError):
    """The provider cannot be set up like this."""


class TermsRefused(InvalidInputError):
    """The terms of a model, or the policy of a provider, cannot be noted like this."""


class ProviderInUse(ConflictError):
    """Something still needs the provider."""
