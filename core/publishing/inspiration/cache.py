"""Answers of browse calls: kept in ``browse_cache``, asked for once however many want the same at once.

Within a process, whoever comes while a call is under way waits for its answer. Across processes a
lease row in the same table (``lease:<key>``, good for 20 seconds) lets one ask while the others look
for its answer; when none comes in time they ask themselves, which costs a call and harms nothing.
"""

import hashlib
import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import CursorResult, delete, or_, select, update
from sqlalchemy.orm import Session

from core.db.base import table_of
from core.db.engine import Database
from core.db.ids import new_id
from core.db.upsert import insert_ignoring, insert_or_update
from core.errors import AtelierError, UnavailableError
from core.identity.account_errors import RefreshUnderWay
from core.publishing.inspiration.keys import STALE_FOR, VERSION, Mode, longest_kept
from core.publishing.inspiration.metrics import observe
from core.publishing.inspiration.models import BrowseCache
from core.publishing.providers import ErrorCategory, ProviderError

LEASE = timedelta(seconds=20)
LEASE_WORD = "lease:"
POLL_SECONDS = 0.1
# The longest a call and the waits before it can take, and some.
FLIGHT_SECONDS = 120.0
PASSING = frozenset({ErrorCategory.TRANSIENT, ErrorCategory.RATE_LIMITED, ErrorCategory.OUTAGE, ErrorCategory.NETWORK})

JsonDict = dict[str, Any]
log = structlog.get_logger(__name__)
_C = table_of(BrowseCache)


@dataclass(frozen=True, slots=True)
class Entry:
    """A key with how long its answers are fresh; ``user_id`` when the answer is one person's."""

    key: str
    mode: Mode
    fresh_for: timedelta
    user_id: str | None = None


@dataclass(frozen=True, slots=True)
class Stored:
    """An answer as JSON. ``problem`` says, when it is not fresh, why it could not be asked for anew."""

    body: JsonDict
    cached_at: datetime
    problem: str | None = None


class _Flight:
    """One call under way, and those who wait for what it brings."""

    def __init__(self) -> None:
        self.landed = threading.Event()
        self.stored: Stored | None = None
        self.error: BaseException | None = None


_flights: dict[tuple[str, str], _Flight] = {}
_flights_lock = threading.Lock()


def answer(
    database: Database, entry: Entry, fetch: Callable[[], JsonDict], *, now: datetime, refresh: bool = False
) -> Stored:
    """What is stored when it is fresh, else what ``fetch`` brings; ``refresh`` asks in any case.

    No transaction may be open. When asking fails for now, an answer that went out of date less than two
    hours ago is given with the ``problem``; with nothing to give the error is raised.
    """
    known = _read(database, entry.key)
    if known is not None and not refresh and known.cached_at > now - entry.fresh_for:
        observe(entry.mode, "cache")
        return known
    flight, is_mine = _board(database, entry.key)
    if not is_mine:
        return _wait_for(flight, entry)
    try:
        flight.stored = _ask(database, entry, known, fetch, now=now)
        return flight.stored
    except BaseException as error:
        flight.error = error
        observe(entry.mode, "failed")
        raise
    finally:
        with _flights_lock:
            _flights.pop(_name(database, entry.key), None)
        flight.landed.set()


def prune(session: Session, *, now: datetime) -> int:
    """Delete what nobody will be shown any more, and leases of processes that died; how many."""
    outdated = [
        (_C.c.cache_key.startswith(f"{VERSION}:{mode}:", autoescape=True)) & (_C.c.cached_at < now - longest_kept(mode))
        for mode in Mode
    ]
    # The rest: leases, and answers that another version of the program wrote.
    beyond = _C.c.cached_at < now - max(longest_kept(mode) for mode in Mode)
    abandoned = _C.c.cache_key.startswith(LEASE_WORD) & (_C.c.cached_at < now - LEASE)
    gone = session.execute(delete(BrowseCache).where(or_(*outdated, abandoned, beyond)))
    assert isinstance(gone, CursorResult)
    return gone.rowcount


def _name(database: Database, key: str) -> tuple[str, str]:
    return str(database.url), key


def _board(database: Database, key: str) -> tuple[_Flight, bool]:
    """The flight for this key, and whether it is ours to fly."""
    with _flights_lock:
        name = _name(database, key)
        flight = _flights.get(name)
        if flight is not None:
            return flight, False
        flight = _flights[name] = _Flight()
        return flight, True


def _wait_for(flight: _Flight, entry: Entry) -> Stored:
    if not flight.landed.wait(FLIGHT_SECONDS):
        raise UnavailableError("The site has not answered yet. Try again in a moment.")
    if flight.stored is not None:
        observe(entry.mode, "coalesced")
        return flight.stored
    observe(entry.mode, "failed")
    if isinstance(flight.error, AtelierError):
        raise flight.error
    raise UnavailableError("The answer could not be read. Try again in a moment.")


def _ask(
    database: Database, entry: Entry, known: Stored | None, fetch: Callable[[], JsonDict], *, now: datetime
) -> Stored:
    holder = new_id("wrk")
    by_another = _take_lease(database, entry, known, holder, now=now)
    if by_another is not None:
        observe(entry.mode, "coalesced")
        return by_another
    try:
        body = fetch()
    except AtelierError as error:
        return _stale(entry, known, error, now=now)
    finally:
        _end_lease(database, entry, holder)
    observe(entry.mode, "site")
    stored = Stored(body, now)
    with database.session() as session:
        _write(session, entry, stored)
    return stored


def _stale(entry: Entry, known: Stored | None, error: AtelierError, *, now: datetime) -> Stored:
    if not _passes(error) or known is None or known.cached_at <= now - entry.fresh_for - STALE_FOR:
        raise error
    log.warning("A browse answer is shown stale", mode=entry.mode.value)
    observe(entry.mode, "stale")
    return Stored(known.body, known.cached_at, str(error))


def _passes(error: AtelierError) -> bool:
    """Whether asking again later can help: then what is known is better than nothing."""
    if isinstance(error, ProviderError):
        return error.category in PASSING
    return isinstance(error, UnavailableError | RefreshUnderWay)


def _take_lease(database: Database, entry: Entry, known: Stored | None, holder: str, *, now: datetime) -> Stored | None:
    """Take the lease, and ``None``; or, when another has asked meanwhile, the answer that it stored."""
    started = time.monotonic()
    while True:
        stored = _read(database, entry.key)
        if stored is not None and (known is None or stored.cached_at > known.cached_at):
            return stored
        waited = timedelta(seconds=time.monotonic() - started)
        with database.session() as session:
            if _try_lease(session, entry, holder, now=now + waited):
                return None
        if waited > LEASE:
            return None  # the other takes longer than anybody should wait
        time.sleep(POLL_SECONDS)


def _try_lease(session: Session, entry: Entry, holder: str, *, now: datetime) -> bool:
    key = _lease_key(entry)
    values = {"cache_key": key, "user_id": entry.user_id, "response_data": holder, "cached_at": now}
    if insert_ignoring(session, BrowseCache, values):
        return True
    taken = session.execute(
        update(BrowseCache)
        .where(BrowseCache.cache_key == key, BrowseCache.cached_at < now - LEASE)
        .values(response_data=holder, cached_at=now)
    )
    assert isinstance(taken, CursorResult)
    return taken.rowcount == 1


def _end_lease(database: Database, entry: Entry, holder: str) -> None:
    ours = (BrowseCache.cache_key == _lease_key(entry)) & (BrowseCache.response_data == holder)
    with database.session() as session:
        session.execute(delete(BrowseCache).where(ours))


def _lease_key(entry: Entry) -> str:
    return f"{LEASE_WORD}{hashlib.sha256(entry.key.encode()).hexdigest()}"


def _read(database: Database, key: str) -> Stored | None:
    with database.read() as session:
        row = session.execute(
            select(BrowseCache.response_data, BrowseCache.cached_at).where(BrowseCache.cache_key == key)
        ).one_or_none()
    if row is None:
        return None
    try:
        body = json.loads(row.response_data)
    except ValueError:
        return None
    return Stored(body, row.cached_at) if isinstance(body, dict) else None


def _write(session: Session, entry: Entry, stored: Stored) -> None:
    insert_or_update(
        session,
        BrowseCache,
        ["cache_key"],
        {
            "cache_key": entry.key,
            "user_id": entry.user_id,
            "response_data": json.dumps(stored.body),
            "cached_at": stored.cached_at,
        },
    )
