"""What people can set about an imitated provider."""

from typing import Generic, TypeVar

from pydantic import BaseModel

from core.sandbox.store import JsonDict

B = TypeVar("B", bound=BaseModel)


class Adjustable(Generic[B]):
    """A stand-in with a ``behaviour``; a reset brings back the one its class begins with."""

    def __init__(self, behaviour: B) -> None:
        self.behaviour = behaviour

    def adjust(self, changed: JsonDict) -> None:
        """Set these fields and keep the others; raises pydantic's ``ValidationError`` for what does not fit."""
        kind = type(self.behaviour)
        self.behaviour = kind.model_validate({**self.behaviour.model_dump(), **changed})

    def reset(self) -> None:
        self.behaviour = type(self.behaviour)()
