"""Signed-in browsers: opened with a ticket, found by their cookie, ended at will.

The cookie's value is 256 random bits; the database keeps only its SHA-256.
"""

import hashlib
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CursorResult, delete, select, update
from sqlalchemy.orm import Session

from core.identity.models import InstanceUser, InstanceUserRole, LoginSession, User, VerificationToken
from core.identity.roles import require_admin
from core.system import audit
from core.system.actors import Actor

COOKIE = "atelier_session"
# Browsers keep a cookie of this name only from this very host, by https: no neighbouring subdomain can plant a
# session of its own here.
HOST_COOKIE = f"__Host-{COOKIE}"
# What the web process tells the screens about their connection: the standing it was opened with.
STANDING_HEADER = "x-atelier-standing"
# What a ticket for a session is good for, see ``tickets``.
SIGN_IN = "sign-in"
# Each look at a page would otherwise be a write.
TOUCH_AFTER = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who is at the other end of a cookie."""

    session_id: str
    user_id: str
    username: str
    name: str | None
    email: str | None
    timezone: str
    role: InstanceUserRole
    last_seen_at: datetime

    @property
    def actor(self) -> Actor:
        """This person, as services want to be told."""
        return Actor.person(self.user_id)

    @property
    def is_admin(self) -> bool:
        return self.role is InstanceUserRole.ADMIN

    @property
    def standing(self) -> str:
        """What decides which screens are drawn and for whom; another standing needs them drawn anew."""
        return f"{self.user_id} {self.role.value}"

    @property
    def display_name(self) -> str:
        return self.name or self.username


def cookie_name(public_url: str) -> str:
    """What the cookie is called where browsers come by ``public_url``."""
    return HOST_COOKIE if public_url.startswith("https://") else COOKIE


def digest(token: str) -> str:
    """What is stored of a random token: random enough that a plain SHA-256 cannot be searched."""
    return hashlib.sha256(token.encode()).hexdigest()


def open_session(
    session: Session, user_id: str, *, user_agent: str | None, idle_days: int, now: datetime
) -> tuple[str, LoginSession]:
    """The cookie's value, to be seen only here, and the row behind it."""
    session.execute(delete(LoginSession).where(LoginSession.user_id == user_id, LoginSession.expires <= now))
    token = secrets.token_urlsafe(32)
    row = LoginSession(
        session_token=digest(token),
        user_id=user_id,
        expires=now + timedelta(days=idle_days),
        created_at=now,
        last_seen_at=now,
        user_agent=(user_agent or "")[:200] or None,
    )
    session.add(row)
    session.execute(update(InstanceUser).where(InstanceUser.user_id == user_id).values(last_login_at=now))
    session.flush()
    audit.record(session, Actor.person(user_id), "session.opened", row.id, now=now)
    return token, row


def find(session: Session, token: str | None, *, now: datetime) -> SignedIn | None:
    """The person behind a cookie; ``None`` when it is unknown, too old, or the person is disabled."""
    if not token:
        return None
    query = (
        select(LoginSession, User, InstanceUser.role)
        .join(User, User.id == LoginSession.user_id)
        .join(InstanceUser, InstanceUser.user_id == User.id)
        .where(LoginSession.session_token == digest(token), LoginSession.expires > now, User.disabled_at.is_(None))
    )
    row = session.execute(query).one_or_none()
    if row is None:
        return None
    login, user, role = row
    return SignedIn(
        login.id, user.id, user.username, user.name, user.email, user.timezone, role, login.last_seen_at
    )  # fmt: skip


def needs_touch(signed_in: SignedIn, *, now: datetime) -> bool:
    """Whether it is time to write down that this session is still used."""
    return now - signed_in.last_seen_at >= TOUCH_AFTER


def touch(session: Session, session_id: str, *, idle_days: int, now: datetime) -> None:
    """Note that the session is in use, which moves its end; two doing so at once write it once."""
    session.execute(
        update(LoginSession)
        .where(LoginSession.id == session_id, LoginSession.last_seen_at <= now - TOUCH_AFTER)
        .values(last_seen_at=now, expires=now + timedelta(days=idle_days))
    )


def list_open(session: Session, user_id: str, *, now: datetime) -> list[LoginSession]:
    """A person's signed-in browsers, last used first."""
    query = select(LoginSession).where(LoginSession.user_id == user_id, LoginSession.expires > now)
    return list(session.scalars(query.order_by(LoginSession.last_seen_at.desc())))


def end(session: Session, actor: Actor, session_id: str, *, now: datetime) -> bool:
    """Sign one of the acting person's browsers out; ``False`` when there is no such session of theirs."""
    done = _delete(session, LoginSession.id == session_id, LoginSession.user_id == actor.user_id)
    if done:
        audit.record(session, actor, "session.ended", session_id, now=now)
    return bool(done)


def end_by_token(session: Session, token: str, *, now: datetime) -> bool:
    """Sign the browser with this cookie out; ``False`` when the cookie meant nothing."""
    row = session.scalars(select(LoginSession).where(LoginSession.session_token == digest(token))).one_or_none()
    return row is not None and end(session, Actor.person(row.user_id), row.id, now=now)


def end_all(session: Session, actor: Actor, user_id: str, *, keep: str | None = None, now: datetime) -> int:
    """Sign a person out everywhere, except in session ``keep``; how many browsers that were."""
    if actor.user_id != user_id:
        require_admin(session, actor)
    conditions = [LoginSession.user_id == user_id]
    if keep is not None:
        conditions.append(LoginSession.id != keep)
    count = _delete(session, *conditions)
    # Whoever has just given the old password is not let in a moment later.
    session.execute(delete(VerificationToken).where(VerificationToken.identifier == f"{SIGN_IN}:{user_id}"))
    if count:
        owner = replace(actor, user_id=user_id)
        audit.record(session, owner, "user.signed_out", user_id, after={"sessions": count}, now=now)
    return count


def remove_expired(session: Session, *, now: datetime) -> int:
    """Forget sessions that ended by themselves."""
    return _delete(session, LoginSession.expires <= now)


def _delete(session: Session, *conditions: Any) -> int:
    result = session.execute(delete(LoginSession).where(*conditions))
    assert isinstance(result, CursorResult)
    return result.rowcount
