"""What can go wrong with projects, collections and tags."""

from core.errors import ConflictError, InvalidInputError, NotFoundError


class ProjectNotFound(NotFoundError):
    """No such project for this person."""


class CollectionNotFound(NotFoundError):
    """No such collection for this person."""


class TagNotFound(NotFoundError):
    """No such tag for this person."""


class TaggedNotFound(NotFoundError):
    """No such thing to be tagged."""


class ShelfRefused(InvalidInputError):
    """A project, collection or tag cannot be like this."""


class ShelfInUse(ConflictError):
    """It cannot go now, or not be changed like this."""
