"""Adding events to the sums: quarters of an hour, days of a person, days of the house."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Table
from sqlalchemy.orm import Session

from core.db.base import table_of
from core.metering.models import NO_KEY, NO_PROJECT, Measures, UsageHouseDay, UsagePersonDay, UsageQuarter, UsageStatus
from core.metering.upserts import build

QUARTER_SECONDS = 900
QUARTERS, PERSON_DAYS, HOUSE_DAYS = table_of(UsageQuarter), table_of(UsagePersonDay), table_of(UsageHouseDay)
# Most particular first: the rows that all writers share are held for the shortest time.
TABLES = (QUARTERS, PERSON_DAYS, HOUSE_DAYS)
MEASURES = tuple(Measures.__annotations__)
_COUNTED = {
    UsageStatus.OK: "ok",
    UsageStatus.ERROR: "errors",
    UsageStatus.REFUSED: "refused",
    UsageStatus.ABORTED: "aborted",
}
_TAKEN_OVER = (
    "images", "tokens_in", "tokens_in_image", "tokens_cached", "tokens_out", "tokens_out_image", "tokens_reasoning",
)  # fmt: skip
_NOTHING: dict[str, Any] = dict.fromkeys(MEASURES, 0) | {"cost": Decimal(0), "estimated_cost": Decimal(0)}


def keys_of(table: Table) -> list[str]:
    """What a table's sums are by, in the order of its key."""
    return [column.name for column in table.primary_key]


def quarter_of(instant: datetime) -> int:
    """Quarters of an hour since 1970."""
    return int(instant.timestamp() // QUARTER_SECONDS)


def add(session: Session | Connection, rows: Sequence[dict[str, Any]], zone: str) -> None:
    """Add new events (as rows of ``usage``) to all sums; days are those of ``zone``."""
    there = ZoneInfo(zone)
    places = [
        (
            row | {
                "quarter": quarter_of(row["occurred_at"]),
                "day": row["occurred_at"].astimezone(there).date(),
                "project_id": row["project_id"] or NO_PROJECT,
                "api_key_id": row["api_key_id"] or NO_KEY,
            },
            measures_of(row),
        )
        for row in rows
    ]  # fmt: skip
    for table in TABLES:
        _upsert(session, table, _summed(places, keys_of(table)))


def measures_of(row: dict[str, Any]) -> dict[str, Any]:
    """What one event adds. A correction adds to the sums, but is no call."""
    measures = _NOTHING | {name: row[name] or 0 for name in _TAKEN_OVER}
    cost = row["cost"]
    if cost is not None:
        measures["cost"] = cost
        measures["estimated_cost"] = cost if row["estimated"] else Decimal(0)
    if row["corrects_id"] is None:
        measures |= {"calls": 1, _COUNTED[row["status"]]: 1, "unpriced": int(cost is None)}
        if row["latency_ms"] is not None:
            measures |= {"timed": 1, "latency_ms": row["latency_ms"]}
    return measures


def _summed(places: Iterable[tuple[dict[str, Any], dict[str, Any]]], keys: Sequence[str]) -> list[dict[str, Any]]:
    """One row a key, in the order of the keys: all writers lock the rows they share in this order."""
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    for place, measures in places:
        key = tuple(place[name] for name in keys)
        sums = found.setdefault(key, dict.fromkeys(MEASURES, 0))
        for name in MEASURES:
            sums[name] += measures[name]
    return [dict(zip(keys, key, strict=True)) | found[key] for key in sorted(found)]


def _upsert(session: Session | Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    statement = build(session, table)
    added = {name: table.c[name] + statement.excluded[name] for name in MEASURES}
    session.execute(statement.on_conflict_do_update(index_elements=keys_of(table), set_=added), list(rows))
