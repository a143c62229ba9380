"""Who may do what: administrators look after the house, members after their own work."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.identity.errors import AdministratorsOnly, LastAdministrator, UserNotFound
from core.identity.models import InstanceUser, InstanceUserRole, User
from core.system.actors import Actor
from core.system.models import ActorKind


def find_membership(session: Session, user_id: str) -> InstanceUser | None:
    return session.scalars(select(InstanceUser).where(InstanceUser.user_id == user_id)).one_or_none()


def get_membership(session: Session, user_id: str) -> InstanceUser:
    membership = find_membership(session, user_id)
    if membership is None:
        raise UserNotFound("There is no such person here.")
    return membership


def require_admin(session: Session, actor: Actor) -> None:
    """Raise ``AdministratorsOnly`` unless the actor looks after the house; the command line does."""
    if actor.kind is not ActorKind.COMMAND and not is_admin(session, actor.user_id):
        raise AdministratorsOnly("Only administrators may do this. Ask one of them.")


def is_admin(session: Session, user_id: str) -> bool:
    """Whether this person is an administrator, and not disabled."""
    person, membership = session.get(User, user_id), find_membership(session, user_id)
    if person is None or person.disabled_at is not None or membership is None:
        return False
    return membership.role is InstanceUserRole.ADMIN


def require_another_admin(session: Session, user_id: str) -> None:
    """Raise ``LastAdministrator`` when ``user_id`` is the only active administrator.

    The administrators' rows are locked, so that two of them cannot remove each other at the same moment.
    """
    query = (
        select(InstanceUser.user_id)
        .join(User, User.id == InstanceUser.user_id)
        .where(InstanceUser.role == InstanceUserRole.ADMIN, User.disabled_at.is_(None))
        .order_by(InstanceUser.id)
        .with_for_update()
    )
    admins = list(session.scalars(query))
    if admins == [user_id]:
        raise LastAdministrator("This is the only administrator. Make somebody else one first.")
