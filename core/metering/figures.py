"""What the screen asks of the sums: totals against the time before, days, and who or what comes first.

Everything here reads sums, never events. Days are those of the zone that :func:`state.summed_zone` names.
"""

import enum
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, Table, bindparam, case, cast, func, literal_column, select
from sqlalchemy.orm import Session

from core.metering import names
from core.metering.access import person_wanted
from core.metering.days import Days
from core.metering.models import NO_KEY, NO_PROJECT
from core.metering.sums import HOUSE_DAYS, PERSON_DAYS
from core.metering.upserts import dialect_of
from core.system.actors import Actor


class Dimension(enum.StrEnum):
    """What sums can be told apart by."""

    PROVIDER = "provider"
    MODEL = "model"
    TYPE = "type"
    PROJECT = "project"
    PERSON = "person"
    KEY = "key"


_COLUMNS = {
    Dimension.PROVIDER: ("provider",),
    Dimension.MODEL: ("provider", "model"),
    Dimension.TYPE: ("type",),
    Dimension.PROJECT: ("project_id",),
    Dimension.PERSON: ("user_id",),
    Dimension.KEY: ("api_key_id",),
}
_OF_PERSONS = frozenset({"project_id", "user_id", "api_key_id"})
_READ = (
    "calls", "ok", "errors", "refused", "aborted", "unpriced", "images", "tokens_in", "tokens_out", "timed",
    "latency_ms", "cost", "estimated_cost",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class UsageFilter:
    """Which days, and of whom or what; ``None`` means: any. An empty ``project_id`` means: without a project."""

    days: Days
    user_id: str | None = None
    provider: str | None = None
    model: str | None = None
    type: str | None = None
    project_id: str | None = None
    api_key_id: str | None = None

    def described(self) -> str:
        """The filter in words, for the head of an export."""
        narrowed = ("user_id", "provider", "model", "type", "project_id", "api_key_id")
        named = {name: getattr(self, name) for name in narrowed if getattr(self, name) is not None}
        parts = [f"days = {self.days.first} to {self.days.last}"]
        return ", ".join([*parts, *(f"{name} = {value or 'none'}" for name, value in named.items())])


@dataclass(frozen=True, slots=True)
class Sums:
    """Counts and US dollars. ``cost`` leaves out the ``unpriced`` calls and has ``estimated_cost`` in it."""

    calls: int = 0
    ok: int = 0
    errors: int = 0
    refused: int = 0
    aborted: int = 0
    unpriced: int = 0
    images: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    timed: int = 0
    latency_ms: int = 0
    cost: Decimal = Decimal(0)
    estimated_cost: Decimal = Decimal(0)

    @property
    def mean_latency_ms(self) -> int | None:
        return round(self.latency_ms / self.timed) if self.timed else None


@dataclass(frozen=True, slots=True)
class Overview:
    """The range, and the one of the same length before it."""

    now: Sums
    before: Sums


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of a list. ``key`` is what filters by it: an id, or ``provider`` and ``model``; empty parts mean none."""

    key: tuple[str, ...]
    name: str
    sums: Sums
    cost_before: Decimal


@dataclass(frozen=True, slots=True)
class Series:
    """A value for each day or week of a range (oldest first) and each name, the largest first, the rest as one."""

    dates: tuple[date, ...]
    names: tuple[str, ...]
    values: tuple[tuple[Decimal, ...], ...]


OTHER = "Other"


def overview(session: Session, actor: Actor, wanted: UsageFilter) -> Overview:
    """Totals of the range and of the range before."""
    wanted = _allowed(session, actor, wanted)
    table = _table(wanted)
    query = _where(_totals_of(table), table, wanted, before=True)
    found = {row[0]: _read(row[1:]) for row in session.execute(query, {"first": wanted.days.first})}
    return Overview(found.get(1, Sums()), found.get(0, Sums()))


def daily(session: Session, actor: Actor, wanted: UsageFilter) -> list[Sums]:
    """The totals of each day, oldest first."""
    wanted = _allowed(session, actor, wanted)
    table = _table(wanted)
    query = _where(_days_of(table), table, wanted)
    found = {row[0]: _read(row[1:]) for row in session.execute(query)}
    return [found.get(day, Sums()) for day in wanted.days]


def ranked(
    session: Session, actor: Actor, wanted: UsageFilter, by: Dimension, *, limit: int | None = 10
) -> list[Entry]:
    """Who or what cost most, then who was called most; each with its cost in the range before."""
    wanted = _allowed(session, actor, wanted)
    table = _table(wanted, by)
    width = len(_COLUMNS[by])
    # Two plain questions: one alone would ask for each sum of each row in which range it lies.
    earlier = _where(_costs_of(table, by), table, replace(wanted, days=wanted.days.before))
    before = {_key(row[:width]): row[width] for row in session.execute(earlier)}
    rows = session.execute(_where(_list_of(table, by), table, wanted)).all()
    entries = [
        Entry(_key(row[:width]), "", _read(row[width:]), before.get(_key(row[:width]), Decimal(0))) for row in rows
    ]
    entries = [entry for entry in entries if entry.sums.calls or entry.sums.cost]
    entries.sort(key=lambda entry: (-entry.sums.cost, -entry.sums.calls, entry.key))
    return names.given(session, by.value, entries[:limit])


def by_day(
    session: Session,
    actor: Actor,
    wanted: UsageFilter,
    by: Dimension,
    *,
    measure: str = "cost",
    most: int = 10,
    weekly: bool = False,
) -> Series:
    """``measure`` (of :class:`Sums`) a day, told apart by ``by``: the ``most`` largest, and the rest as one.

    ``weekly``: the days of a week as one, named by its Monday.
    """
    wanted = _allowed(session, actor, wanted)
    table = _table(wanted, by)
    columns = [table.c[name] for name in _COLUMNS[by]]
    day = _monday(session, table) if weekly else table.c.day
    value = func.sum(table.c[measure], type_=table.c[measure].type)
    query = _where(select(day, value, *columns), table, wanted).group_by(day, *columns)
    found: dict[tuple[Any, ...], dict[date, Any]] = {}
    for row in session.execute(query).all():
        found.setdefault(tuple(row[2:]), {})[row[0]] = row[1]
    dates = tuple(dict.fromkeys(one - timedelta(days=one.weekday()) if weekly else one for one in wanted.days))
    return _pivot(session, by, dates, {_key(key): values for key, values in found.items()}, most)


def unpriced(session: Session, actor: Actor, wanted: UsageFilter) -> list[Entry]:
    """Models whose calls have no known price, most calls first; ``sums`` are of all their calls."""
    entries = ranked(session, actor, wanted, Dimension.MODEL, limit=None)
    found = [entry for entry in entries if entry.sums.unpriced]
    return sorted(found, key=lambda entry: (-entry.sums.unpriced, entry.key))


def csv_rows(session: Session, actor: Actor, wanted: UsageFilter, zone: str) -> Iterator[Sequence[object]]:
    """Sums by day, provider, model and type as rows of a CSV file: the filter, the header, the days."""
    wanted = _allowed(session, actor, wanted)
    table = _table(wanted)
    columns = [table.c.day, table.c.provider, table.c.model, table.c.type]
    query = _where(select(*columns, *_sums(table)), table, wanted)
    yield ["filter", f"{wanted.described()}, days of {zone}, costs in US dollars"]
    yield ["day", "provider", "model", "type", *_READ]
    for row in session.execute(query.group_by(*columns).order_by(*columns)):
        yield [row[0].isoformat(), *row[1:4], *_plain(row[4:])]


def _plain(values: Sequence[Any]) -> Iterator[object]:
    for name, value in zip(_READ, values, strict=True):
        yield f"{value:f}" if name.endswith("cost") else int(value)


def _allowed(session: Session, actor: Actor, wanted: UsageFilter) -> UsageFilter:
    """The same, of the person alone whose usage the actor may see."""
    return replace(wanted, user_id=person_wanted(session, actor, wanted.user_id))


def _table(wanted: UsageFilter, by: Dimension | None = None) -> Table:
    """The coarsest sums that can tell: the house's when nothing is asked of persons."""
    asked = {name for name in _OF_PERSONS if getattr(wanted, name) is not None} | set(_COLUMNS[by] if by else ())
    return PERSON_DAYS if asked & _OF_PERSONS else HOUSE_DAYS


def _where(query: Select[Any], table: Table, wanted: UsageFilter, before: bool = False) -> Select[Any]:
    days = wanted.days
    query = query.where(table.c.day >= (days.before.first if before else days.first), table.c.day <= days.last)
    for name in ("user_id", "project_id", "api_key_id", "provider", "model", "type"):
        value = getattr(wanted, name)
        if value is not None:
            query = query.where(table.c[name] == value)
    return query


def _monday(session: Session, table: Table) -> ColumnElement[date]:
    """The Monday of a day's week. Written out: PostgreSQL takes two parameters for two different things."""
    if dialect_of(session) == "postgresql":
        return cast(func.date_trunc(literal_column("'week'"), table.c.day), Date)
    return func.date(table.c.day, literal_column("'weekday 0'"), literal_column("'-6 days'"), type_=Date)


# Building a statement takes longer than running it: these are built once and filled.
@lru_cache
def _totals_of(table: Table) -> Select[Any]:
    is_now = case((table.c.day >= bindparam("first", type_=Date), 1), else_=0).label("is_now")
    return select(is_now, *_sums(table)).group_by(is_now)


@lru_cache
def _days_of(table: Table) -> Select[Any]:
    return select(table.c.day, *_sums(table)).group_by(table.c.day)


@lru_cache
def _list_of(table: Table, by: Dimension) -> Select[Any]:
    columns = [table.c[name] for name in _COLUMNS[by]]
    return select(*columns, *_sums(table)).group_by(*columns)


@lru_cache
def _costs_of(table: Table, by: Dimension) -> Select[Any]:
    columns = [table.c[name] for name in _COLUMNS[by]]
    return select(*columns, _sum(table, "cost")).group_by(*columns)


def _sums(table: Table) -> list[Any]:
    return [_sum(table, name) for name in _READ]


def _sum(table: Table, name: str) -> Any:
    return func.sum(table.c[name], type_=table.c[name].type).label(name)


def _read(values: Sequence[Any]) -> Sums:
    told = zip(_READ, values, strict=True)
    numbers: dict[str, Any] = {name: value if name.endswith("cost") else int(value) for name, value in told}
    return Sums(**numbers)


def _key(values: Sequence[Any]) -> tuple[str, ...]:
    return tuple("" if value in (NO_PROJECT, NO_KEY) else str(value) for value in values)


def _pivot(
    session: Session, by: Dimension, dates: tuple[date, ...], found: dict[tuple[str, ...], dict[date, Any]], most: int
) -> Series:
    ordered = sorted(found, key=lambda key: (-sum(found[key].values()), key))
    # What adds nothing needs no colour, unless there is nothing else.
    ordered = [key for key in ordered if sum(found[key].values())] or ordered[:1]
    shown, rest = ordered[:most], ordered[most:]
    zero = Decimal(0)
    values = [tuple(Decimal(found[key].get(day, zero)) for day in dates) for key in shown]
    entries = names.given(session, by.value, [Entry(key, "", Sums(), Decimal(0)) for key in shown])
    called = [entry.name for entry in entries]
    if rest:
        values.append(tuple(sum((Decimal(found[key].get(day, zero)) for key in rest), zero) for day in dates))
        called.append(OTHER)
    return Series(dates, tuple(called), tuple(values))
