"""Whose usage a person may see: their own; everybody's for those who look after the house."""

from sqlalchemy.orm import Session

from core.identity.roles import is_admin
from core.metering.errors import UsageNotFound
from core.system.actors import Actor
from core.system.models import ActorKind

_ANSWERS = "usage.sees_everybody"


def sees_everybody(session: Session, actor: Actor) -> bool:
    """Whether the actor looks after the house; the command line does. A key sees its person's usage alone."""
    if actor.kind is ActorKind.COMMAND:
        return True
    if actor.kind is not ActorKind.PERSON:
        return False
    # One screen asks a dozen times in one transaction, and would ask the same of the database each time.
    answers: dict[str, bool] = session.info.setdefault(_ANSWERS, {})
    if actor.user_id not in answers:
        answers[actor.user_id] = is_admin(session, actor.user_id)
    return answers[actor.user_id]


def person_wanted(session: Session, actor: Actor, user_id: str | None) -> str | None:
    """Whose usage to show: ``None`` for everybody's. Another's answers like a missing one."""
    if sees_everybody(session, actor):
        return user_id
    if user_id is not None and user_id != actor.user_id:
        raise UsageNotFound("There is no usage of such a person to show.")
    return actor.user_id
