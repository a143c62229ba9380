"""The same request again gets the same answer, however often a client that lost it asks.

A request reserves its key before it has an effect, and writes its answer in the transaction of the effect. Whoever
comes with the key meanwhile is told to wait; a reservation whose request died is taken over after a while.

::

    match begin(session, owner_id, "deviations.create", key, digest_of(request), now=now):
        case Replay() as answer: ...       # answered before
        case Reservation() as reserved:    # do it, then finish(session, reserved, 201, body), or abandon(...)
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from core.db.ids import new_id
from core.db.upsert import insert_ignoring
from core.errors import ConflictError, InvalidInputError
from core.system.models import IdempotencyRecord

KEPT = timedelta(hours=48)
# Longer than requests take: its process has probably died. If not, the fence keeps it from having an effect.
ABANDONED_AFTER = timedelta(minutes=2)
KEY_LENGTH = 200


class KeyReused(InvalidInputError):
    """The key was used for a different request."""


class StillServed(ConflictError):
    """The first request with this key has no answer yet."""


class ReservationLost(ConflictError):
    """Somebody else took the reservation over, because this took so long."""


@dataclass(frozen=True, slots=True)
class Replay:
    """What the request was answered before."""

    status_code: int
    response: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Reservation:
    """The right to serve the request; ``reserved_at`` is the fence."""

    id: str
    reserved_at: datetime


def digest_of(request: dict[str, Any]) -> str:
    """What two requests must share to be the same one."""
    return hashlib.sha256(json.dumps(request, sort_keys=True, default=str).encode()).hexdigest()


def begin(
    session: Session, owner_id: str, scope: str, key: str, request_digest: str, *, now: datetime
) -> Replay | Reservation:
    """Reserve ``key`` for a request of ``scope``, or find what it was answered.

    Raises ``InvalidInputError`` for a key that is none, ``KeyReused`` when it belongs to another request,
    ``StillServed`` while the first one is on its way.
    """
    _require_sound(key)
    fresh: dict[str, Any] = {
        "id": new_id("idm"), "owner_id": owner_id, "scope": scope, "key": key, "request_digest": request_digest,
        "created_at": now,
    }  # fmt: skip
    if insert_ignoring(session, IdempotencyRecord, fresh):
        return Reservation(fresh["id"], now)
    return _met(session, _find(session, owner_id, scope, key), request_digest, now)


def finish(
    session: Session, reserved: Reservation, status_code: int, response: dict[str, Any], *, now: datetime
) -> None:
    """Write the answer down, in the transaction of the effect. Raises ``ReservationLost``."""
    values = {"status_code": status_code, "response": response}
    written = session.execute(_mine(update(IdempotencyRecord), reserved).values(values).returning(IdempotencyRecord.id))
    if written.first() is None:
        raise ReservationLost("The same request was begun again meanwhile. Ask for its answer with the same key.")


def abandon(session: Session, reserved: Reservation) -> None:
    """Give the key back: nothing was done."""
    session.execute(_mine(delete(IdempotencyRecord), reserved))


def prune(session: Session, *, now: datetime) -> int:
    """Forget answers nobody will ask for any more; how many."""
    old = delete(IdempotencyRecord).where(IdempotencyRecord.created_at < now - KEPT)
    return len(session.execute(old.returning(IdempotencyRecord.id)).all())


def _find(session: Session, owner_id: str, scope: str, key: str) -> IdempotencyRecord | None:
    query = select(IdempotencyRecord).where(
        IdempotencyRecord.owner_id == owner_id, IdempotencyRecord.scope == scope, IdempotencyRecord.key == key
    )
    return session.scalars(query.with_for_update().execution_options(populate_existing=True)).one_or_none()


def _met(
    session: Session, record: IdempotencyRecord | None, request_digest: str, now: datetime
) -> Replay | Reservation:
    if record is None:
        raise _still_served()  # and given back this very moment
    if record.created_at >= now - KEPT:
        _require_same(record, request_digest)
        if record.status_code is not None:
            return Replay(record.status_code, record.response or {})
        if record.created_at > now - ABANDONED_AFTER:
            raise _still_served()
    # Its process died before it had an effect, or the answer is too old to stand for anything.
    record.request_digest, record.status_code, record.response, record.created_at = request_digest, None, None, now
    session.flush()
    return Reservation(record.id, now)


def _still_served() -> StillServed:
    return StillServed("The first request with this Idempotency-Key is still being served. Ask again in a moment.")


def _require_same(record: IdempotencyRecord, request_digest: str) -> None:
    if record.request_digest != request_digest:
        raise KeyReused("This Idempotency-Key belongs to a different request. Use a new key for a new request.")


def _require_sound(key: str) -> None:
    if not key or len(key) > KEY_LENGTH or not key.isascii() or not key.isprintable():
        raise InvalidInputError(f"An Idempotency-Key has 1 to {KEY_LENGTH} printable ASCII characters.")


def _mine(statement: Any, reserved: Reservation) -> Any:
    return statement.where(
        IdempotencyRecord.id == reserved.id,
        IdempotencyRecord.created_at == reserved.reserved_at,
        IdempotencyRecord.status_code.is_(None),
    )
