"""The first minutes of a house: nobody is there, and whoever comes becomes its owner."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.identity.errors import AlreadySetUp
from core.identity.models import InstanceUserRole, User
from core.identity.users import NewUser, add_user

_LOCK = 0x41_74_65_6C  # any number of our own


def needs_setup(session: Session) -> bool:
    """Whether nobody has been added yet."""
    return session.scalar(select(User.id).limit(1)) is None


def set_up_owner(session: Session, new: NewUser, *, now: datetime) -> User:
    """Make the first person the owner, an administrator; raises ``AlreadySetUp`` when somebody was faster."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    if not needs_setup(session):
        raise AlreadySetUp("This house has an owner already. Sign in, or ask an administrator to add you.")
    return add_user(session, None, replace(new, role=InstanceUserRole.ADMIN), now=now)
