"""The throttle at the door: five wrong passwords a quarter of an hour, per name and per address.

An attempt is written before the password is checked and taken back when it was right: many
attempts at the same moment cannot slip through between looking and writing.
"""

import hashlib
import hmac
import ipaddress
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from core.db.crypto import current_keyring
from core.identity.errors import SignInThrottled
from core.identity.models import SignInAttempt
from core.identity.rules import username_key

WINDOW = timedelta(minutes=15)
ALLOWED = 5


def keys_of(username: str, address: str | None) -> list[str]:
    """What attempts are counted under; keyed hashes, so that the table names nobody."""
    return [_keyed("name", username_key(username)), _keyed("address", _network(address))]


def note_attempt(session: Session, keys: list[str], *, now: datetime) -> list[str]:
    """Write one attempt down for each key and return their ids; raises ``SignInThrottled``."""
    session.execute(delete(SignInAttempt).where(SignInAttempt.at <= now - WINDOW))
    # Sorted, so that two who lock the same pair cannot wait for each other.
    for key in sorted(keys):
        _lock(session, key)
    ends = [end for key in keys if (end := _blocked_until(session, key, now=now)) is not None]
    if ends:
        until = max(ends)
        raise SignInThrottled(
            f"Too many wrong passwords. Wait until {until:%H:%M} UTC, then try again.", until=until
        )  # fmt: skip
    attempts = [SignInAttempt(key=key, at=now) for key in keys]
    session.add_all(attempts)
    session.flush()
    return [attempt.id for attempt in attempts]


def forgive(session: Session, attempt_ids: list[str], name_key: str) -> None:
    """Take back the attempts that were right, and what was counted under the name before.

    What was counted under the address stays: whoever has one password here must not be able to guess at others
    without end.
    """
    session.execute(delete(SignInAttempt).where(SignInAttempt.id.in_(attempt_ids)))
    session.execute(delete(SignInAttempt).where(SignInAttempt.key == name_key))


def _blocked_until(session: Session, key: str, *, now: datetime) -> datetime | None:
    recent = (
        select(SignInAttempt.at)
        .where(SignInAttempt.key == key, SignInAttempt.at > now - WINDOW)
        .order_by(SignInAttempt.at.desc())
        .limit(ALLOWED)
    )
    instants = list(session.scalars(recent))
    return instants[-1] + WINDOW if len(instants) == ALLOWED else None


def _lock(session: Session, key: str) -> None:
    # SQLite lets one writer in at a time; PostgreSQL needs to be told what belongs together.
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(int(key[:15], 16))))


def _keyed(kind: str, text: str) -> str:
    return hmac.new(current_keyring().pepper, f"sign-in {kind}\0{text}".encode(), hashlib.sha256).hexdigest()


def _network(address: str | None) -> str:
    """The address; of IPv6 the first 64 bits, since one household has all the others to choose from."""
    if not address:
        return "local"
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        return str(parsed.ipv4_mapped or ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)
