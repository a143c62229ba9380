"""People with passwords, made quickly: one hash for all, since bcrypt is slow on purpose."""

from functools import lru_cache

from sqlalchemy.orm import Session

from core.identity import users
from core.identity.models import InstanceUserRole, User
from core.identity.passwords import hash_password
from core.identity.users import NewUser
from core.system.actors import Actor
from tests.factories import NOON

PASSWORD = "correct horse battery"
COMMAND_LINE = Actor.command("")


@lru_cache(maxsize=1)
def password_hash() -> str:
    return hash_password(PASSWORD)


def new_user(username: str = "alice", *, role: InstanceUserRole = InstanceUserRole.MEMBER, **fields: str) -> NewUser:
    return NewUser(username=username, password_hash=password_hash(), role=role, **fields)


def add(session: Session, username: str = "alice", *, is_admin: bool = False) -> User:
    """A person whose password is ``PASSWORD``."""
    role = InstanceUserRole.ADMIN if is_admin else InstanceUserRole.MEMBER
    return users.add_user(session, COMMAND_LINE, new_user(username, role=role), now=NOON)


def acting(user: User) -> Actor:
    return Actor.person(user.id)
