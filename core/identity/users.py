"""People: adding them, describing them, letting them in and out."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.identity import rules, sessions
from core.identity.errors import NameTaken, UserNotFound
from core.identity.models import InstanceUser, InstanceUserRole, LoginSession, User
from core.identity.roles import get_membership, require_admin, require_another_admin
from core.system import audit, channels
from core.system.actors import Actor


@dataclass(frozen=True, slots=True)
class NewUser:
    """A person to be added. ``password_hash`` comes from ``passwords.hash_password``."""

    username: str
    password_hash: str
    name: str | None = None
    email: str | None = None
    timezone: str = "UTC"
    role: InstanceUserRole = InstanceUserRole.MEMBER


@dataclass(frozen=True, slots=True)
class Person:
    """A row of the list of people."""

    id: str
    username: str
    name: str | None
    email: str | None
    timezone: str
    role: InstanceUserRole
    created_at: datetime
    last_login_at: datetime | None
    disabled_at: datetime | None
    open_sessions: int


def get_user(session: Session, user_id: str) -> User:
    """The person; raises ``UserNotFound``."""
    user = session.get(User, user_id)
    if user is None:
        raise UserNotFound("There is no such person here.")
    return user


def find_by_username(session: Session, username: str) -> User | None:
    return session.scalars(select(User).where(User.username_key == rules.username_key(username))).one_or_none()


def get_by_username(session: Session, username: str) -> User:
    """The person of that name, in any case; raises ``UserNotFound``."""
    user = find_by_username(session, username)
    if user is None:
        raise UserNotFound(f"There is nobody called “{username}” here. Check the spelling.")
    return user


def list_people(session: Session, actor: Actor, *, now: datetime) -> list[Person]:
    """Everybody, in the order of their names, with the number of browsers they are signed in with.

    Raises ``AdministratorsOnly``.
    """
    require_admin(session, actor)
    open_sessions = (
        select(func.count(LoginSession.id))
        .where(LoginSession.user_id == User.id, LoginSession.expires > now)
        .scalar_subquery()
    )
    query = (
        select(User, InstanceUser, open_sessions)
        .join(InstanceUser, InstanceUser.user_id == User.id)
        .order_by(User.username_key)
    )
    return [_person(user, membership, count) for user, membership, count in session.execute(query)]


def _person(user: User, membership: InstanceUser, open_sessions: int) -> Person:
    return Person(
        id=user.id,
        username=user.username,
        name=user.name,
        email=user.email,
        timezone=user.timezone,
        role=membership.role,
        created_at=user.created_at,
        last_login_at=membership.last_login_at,
        disabled_at=user.disabled_at,
        open_sessions=open_sessions,
    )


def add_user(session: Session, actor: Actor | None, new: NewUser, *, now: datetime) -> User:
    """Add a person; ``actor`` is ``None`` when they add themselves (the owner, at set-up).

    Raises ``AdministratorsOnly``, ``InvalidProfile`` or ``NameTaken``.
    """
    if actor is not None:
        require_admin(session, actor)
    user = User(
        username=rules.clean_username(new.username),
        username_key=rules.username_key(new.username),
        name=rules.clean_name(new.name),
        email=rules.clean_email(new.email),
        timezone=rules.clean_timezone(new.timezone),
        password_hash=new.password_hash,
        created_at=now,
        updated_at=now,
    )
    _insert(session, user)
    session.add(InstanceUser(user_id=user.id, role=new.role, created_at=now))
    session.flush()
    after = {"username": user.username, "role": new.role.value, "timezone": user.timezone}
    _note(session, actor or Actor.person(user.id), "user.added", user.id, after=after, now=now)
    return user


def _note(session: Session, actor: Actor, action: str, user_id: str, *, now: datetime, **values: Any) -> None:
    """Write an event about a person: it is their data, whoever changed it."""
    audit.record(session, replace(actor, user_id=user_id), action, user_id, now=now, **values)


def _insert(session: Session, user: User) -> None:
    _require_free(session, user)
    try:
        with session.begin_nested():
            session.add(user)
    except IntegrityError as error:  # somebody took the name since we looked
        raise NameTaken("Somebody has just taken this username or e-mail address. Choose another.") from error


def _require_free(session: Session, user: User) -> None:
    same_name = select(User.id).where(User.username_key == user.username_key)
    if session.scalar(same_name) is not None:
        raise NameTaken(f"“{user.username}” is taken. Choose another username.")
    if user.email and session.scalar(select(User.id).where(User.email == user.email)) is not None:
        raise NameTaken("Somebody here has this e-mail address already. Use another, or leave it empty.")


def update_profile(
    session: Session, actor: Actor, *, name: str | None, email: str | None, timezone: str, now: datetime
) -> User:
    """Change how the acting person is described; raises ``InvalidProfile`` or ``NameTaken``."""
    user = get_user(session, actor.user_id)
    wanted: dict[str, Any] = {
        "name": rules.clean_name(name),
        "email": rules.clean_email(email),
        "timezone": rules.clean_timezone(timezone),
    }
    before, after = audit.changes({key: getattr(user, key) for key in wanted}, wanted)
    if not after:
        return user
    try:
        with session.begin_nested():
            for key, value in after.items():
                setattr(user, key, value)
            if "email" in after:
                user.email_verified = None
            user.updated_at = now
    except IntegrityError as error:
        raise NameTaken("Somebody here has this e-mail address already. Use another, or leave it empty.") from error
    # Addresses stay out of the trail; that one was changed is enough.
    hidden = {"email": "changed"} if "email" in after else {}
    _note(session, actor, "user.edited", user.id, before=before | hidden, after=after | hidden, now=now)
    return user


def set_password(
    session: Session, actor: Actor, user_id: str, password_hash: str, *, keep_session: str | None = None, now: datetime
) -> None:
    """Give a person a new password and end their sessions, except ``keep_session``.

    Their own, or anybody's for an administrator. ``password_hash`` comes from ``passwords.hash_password``.
    """
    if actor.user_id != user_id:
        require_admin(session, actor)
    user = get_user(session, user_id)
    user.password_hash = password_hash
    user.updated_at = now
    session.flush()
    _note(session, actor, "user.password_changed", user_id, now=now)
    sessions.end_all(session, actor, user_id, keep=keep_session, now=now)


def set_role(session: Session, actor: Actor, user_id: str, role: InstanceUserRole, *, now: datetime) -> None:
    """Make somebody an administrator or a member; raises ``LastAdministrator``."""
    require_admin(session, actor)
    membership = get_membership(session, user_id)
    if membership.role is role:
        return
    if role is not InstanceUserRole.ADMIN:
        require_another_admin(session, user_id)
    before, membership.role = membership.role, role
    session.flush()
    _note(
        session, actor, "user.role_changed", user_id, before={"role": before.value}, after={"role": role.value}, now=now
    )


def disable(session: Session, actor: Actor, user_id: str, *, now: datetime) -> None:
    """Shut somebody out: their sessions end at once, their posts stay. Raises ``LastAdministrator``."""
    require_admin(session, actor)
    user = get_user(session, user_id)
    if user.disabled_at is not None:
        return
    require_another_admin(session, user_id)
    user.disabled_at = now
    session.flush()
    channels.silence(session, user_id, "An administrator had shut you out.", now=now)
    _note(session, actor, "user.disabled", user_id, now=now)
    sessions.end_all(session, actor, user_id, now=now)


def enable(session: Session, actor: Actor, user_id: str, *, now: datetime) -> None:
    """Let somebody in again."""
    require_admin(session, actor)
    user = get_user(session, user_id)
    if user.disabled_at is None:
        return
    user.disabled_at = None
    session.flush()
    _note(session, actor, "user.enabled", user_id, now=now)
