"""Who is acting: carried through every service call that changes something."""

from dataclasses import dataclass

from core.system.models import ActorKind


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever acts, and on whose data. ``user_id`` is the owner every lookup goes through."""

    kind: ActorKind
    user_id: str
    name: str | None = None

    @classmethod
    def person(cls, user_id: str) -> "Actor":
        return cls(ActorKind.PERSON, user_id, user_id)

    @classmethod
    def key(cls, user_id: str, api_key_id: str) -> "Actor":
        """A program with one of the person's keys; the trail names the key."""
        return cls(ActorKind.KEY, user_id, api_key_id)

    @classmethod
    def sidecar(cls, user_id: str) -> "Actor":
        return cls(ActorKind.SIDECAR, user_id, "sidecar")

    @classmethod
    def command(cls, user_id: str) -> "Actor":
        return cls(ActorKind.COMMAND, user_id, "atelier")
