"""Signing in: name and password in, a one-time ticket out."""

from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy.orm import Session

from core.clock import Clock
from core.db.engine import Database
from core.identity import throttle, tickets
from core.identity.errors import InvalidProfile, SignInRefused
from core.identity.passwords import is_password
from core.identity.users import find_by_username, get_user
from core.system import audit
from core.system.actors import Actor

log = structlog.get_logger(__name__)
REFUSAL = "Name and password do not match. Check both and try again."


@dataclass(frozen=True, slots=True)
class _Candidate:
    user_id: str | None
    password_hash: str | None
    keys: list[str]
    attempt_ids: list[str]


def sign_in(database: Database, username: str, password: str, *, address: str | None, clock: Clock) -> str:
    """A ticket for the session route; raises ``SignInRefused`` or ``SignInThrottled``.

    Takes the database instead of a session: the password is checked between two transactions,
    because bcrypt is slow and would hold up every other writer. An unknown name takes the same steps
    as a known one, so neither answer nor time tells them apart.
    """
    with database.session() as session:
        candidate = _announce(session, username, address, now=clock())
    if not is_password(password, candidate.password_hash):
        with database.session() as session:
            _note_refusal(session, candidate, now=clock())
        log.warning("A sign-in was refused.", known=candidate.user_id is not None)
        raise SignInRefused(REFUSAL)
    with database.session() as session:
        throttle.forgive(session, candidate.attempt_ids, candidate.keys[0])
        assert candidate.user_id is not None  # nobody's password never matches
        return tickets.issue(session, tickets.SIGN_IN, candidate.user_id, now=clock())


def confirm_password(database: Database, user_id: str, password: str, *, clock: Clock) -> None:
    """Raise ``InvalidProfile`` unless this is the person's password; guessing is held up as at the door.

    For what somebody does who is signed in already, but may have left the screen to another.
    """
    with database.session() as session:
        user = get_user(session, user_id)
        name_key = throttle.keys_of(user.username, None)[0]
        attempt_ids = throttle.note_attempt(session, [name_key], now=clock())
    if not is_password(password, user.password_hash):
        raise InvalidProfile("The current password is not right. Type it again.")
    with database.session() as session:
        throttle.forgive(session, attempt_ids, name_key)


def _announce(session: Session, username: str, address: str | None, *, now: datetime) -> _Candidate:
    keys = throttle.keys_of(username, address)
    attempt_ids = throttle.note_attempt(session, keys, now=now)
    tickets.remove_expired(session, now=now)
    user = find_by_username(session, username)
    if user is None or user.disabled_at is not None:
        return _Candidate(None, None, keys, attempt_ids)
    return _Candidate(user.id, user.password_hash, keys, attempt_ids)


def _note_refusal(session: Session, candidate: _Candidate, *, now: datetime) -> None:
    # What was typed as the name is not kept: it may be a password in the wrong box.
    user_id = candidate.user_id
    row = audit.event_row(Actor.person(user_id or ""), "user.sign_in_refused", user_id or "unknown", now=now)
    if user_id is None:
        row |= {"actor_id": None, "owner_id": None}
    audit.record_all(session, [row])
