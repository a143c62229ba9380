"""Stored files that nothing refers to: found, reported, and handed over for removal only when a person says so.

The store is walked in order of key and compared, some hundred keys at a time, with the places that rows know of:

| Place | Below its owner | Known while |
|---|---|---|
| blobs | ``blobs/<sha256>/<blob>/…`` | the blob is there |
| proofs | ``proofs/…`` | a sale shows it |

What waits for removal is known too. Anything elsewhere in the store is told of as *other* and never removed: whoever
put it there may need it. Files of the last day may belong to work under way, so they are not counted.
"""

import enum
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.db.base import Base
from core.media.blobs import all_keys
from core.media.models import Blob
from core.media.storage import ObjectStore
from core.system.models import StorageRemoval

OLD_ENOUGH = timedelta(days=1)
AT_A_TIME = 400
SAMPLE = 200


class Place(enum.StrEnum):
    """Where in the store a file lies."""

    BLOBS = "blobs"
    PROOFS = "proofs"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Orphan:
    """A file that no row knows of."""

    key: str
    size_bytes: int
    modified_at: datetime
    place: Place


@dataclass(slots=True)
class Tally:
    """What a walk has seen so far. ``orphans`` are those that can be removed, ``sample`` is of all."""

    walked: int = 0
    walked_bytes: int = 0
    young: int = 0
    orphans: int = 0
    orphan_bytes: int = 0
    others: int = 0
    other_bytes: int = 0
    by_place: Counter[str] = field(default_factory=Counter)
    sample: list[Orphan] = field(default_factory=list)

    def count(self, found: Orphan) -> None:
        if found.place is Place.OTHER:
            self.others += 1
            self.other_bytes += found.size_bytes
        else:
            self.orphans += 1
            self.orphan_bytes += found.size_bytes
        self.by_place[found.place.value] += 1
        if len(self.sample) < SAMPLE:
            self.sample.append(found)


Reading = Callable[[], Any]  # opens a session for reading, as a context


def walk(store: ObjectStore, read: Reading, tally: Tally, *, now: datetime) -> Iterator[list[Orphan]]:
    """Go through the whole store; after some hundred files each, what of them is old enough and known to nobody.

    ``tally`` is brought up to date before each answer. Raises what the store raises.
    """
    files = store.list()
    while some := list(islice(files, AT_A_TIME)):
        tally.walked += len(some)
        tally.walked_bytes += sum(one.size_bytes for one in some)
        old = [one for one in some if one.modified_at <= now - OLD_ENOUGH]
        tally.young += len(some) - len(old)
        with read() as session:
            known = _known(session, [one.key for one in old])
        found = [
            Orphan(one.key, one.size_bytes, one.modified_at, place_of(one.key)) for one in old if one.key not in known
        ]
        for orphan in found:
            tally.count(orphan)
        yield found


def still_orphans(session: Session, found: Sequence[Orphan]) -> list[str]:
    """Those that can be removed and that no row knows of now: asked in the transaction that hands them over."""
    keys = [one.key for one in found if one.place is not Place.OTHER]
    known = _known(session, keys)
    return [key for key in keys if key not in known]


def place_of(key: str) -> Place:
    """Where a key lies."""
    parts = key.split("/")
    if parts[0].startswith("usr_"):
        match parts[1:]:
            case ["blobs", _, _, _]:
                return Place.BLOBS
            case ["proofs", _]:
                return Place.PROOFS
    return Place.OTHER


def _known(session: Session, keys: Sequence[str]) -> set[str]:
    """Those of ``keys`` that a row knows of, on its way out or in use."""
    if not keys:
        return set()
    known = set(session.scalars(select(StorageRemoval.key).where(StorageRemoval.key.in_(keys))))
    by_place: dict[Place, list[str]] = {}
    for key in keys:
        by_place.setdefault(place_of(key), []).append(key)
    known |= _of_blobs(session, by_place.get(Place.BLOBS, []))
    known |= _of_proofs(session, by_place.get(Place.PROOFS, []))
    return known


def _of_blobs(session: Session, keys: Sequence[str]) -> set[str]:
    ids = {key.split("/")[3] for key in keys}
    rows = session.scalars(select(Blob.storage_key).where(Blob.id.in_(ids))) if ids else ()
    return {key for stored in rows for key in all_keys(stored)}


# By the name of the table: sales stand above this context.
def _of_proofs(session: Session, keys: Sequence[str]) -> set[str]:
    column = Base.metadata.tables["sale_queue"].c.screenshot_key
    return set(session.scalars(select(column).where(column.in_(keys)))) if keys else set()
