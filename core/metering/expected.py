"""What the sums must be, as queries over the events and over finer sums."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    Connection,
    Date,
    Integer,
    Select,
    Table,
    case,
    cast,
    exists,
    func,
    literal,
    select,
    type_coerce,
)
from sqlalchemy.orm import Session

from core.db.base import Base, table_of
from core.db.types import Cost
from core.identity.models import ApiKey
from core.metering.models import KEY, NO_KEY, NO_PROJECT, PROJECT, Usage, UsageStatus
from core.metering.sums import HOUSE_DAYS, MEASURES, PERSON_DAYS, QUARTER_SECONDS, QUARTERS, keys_of
from core.metering.upserts import dialect_of

USAGE = table_of(Usage)
NO_PROJECT_VALUE, NO_KEY_VALUE = literal(NO_PROJECT, PROJECT), literal(NO_KEY, KEY)


def quarters_from_events(session: Session | Connection, since: datetime, until: datetime) -> Select[Any]:
    """Keys and measures of ``usage_quarters`` for the events from ``since`` on and before ``until``."""
    keys = {
        "quarter": _quarter(session),
        "project_id": func.coalesce(USAGE.c.project_id, NO_PROJECT_VALUE, type_=PROJECT),
        "api_key_id": func.coalesce(USAGE.c.api_key_id, NO_KEY_VALUE, type_=KEY),
    }
    # A query within: PostgreSQL does not see that two expressions with parameters are the same.
    rows = (
        select(
            *((keys[name] if name in keys else USAGE.c[name]).label(name) for name in keys_of(QUARTERS)),
            *(value.label(name) for name, value in _event_measures().items()),
        )
        .where(USAGE.c.occurred_at >= since, USAGE.c.occurred_at < until)
        .subquery()
    )
    columns = [rows.c[name] for name in keys_of(QUARTERS)]
    return select(*columns, *(func.sum(rows.c[name]).label(name) for name in MEASURES)).group_by(*columns)


def person_day_from_quarters(day: date, since: int, until: int) -> Select[Any]:
    """Keys and measures of ``usage_person_days`` for one day, made of its quarters of an hour."""
    keys = [QUARTERS.c[name] for name in keys_of(PERSON_DAYS) if name != "day"]
    query = select(literal(day, Date).label("day"), *keys, *_sums(QUARTERS))
    return query.where(QUARTERS.c.quarter >= since, QUARTERS.c.quarter < until).group_by(*keys)


def house_day_from_person_day(day: date) -> Select[Any]:
    """Keys and measures of ``usage_house_days`` for one day, made of everybody's."""
    keys = [PERSON_DAYS.c[name] for name in keys_of(HOUSE_DAYS)]
    return select(*keys, *_sums(PERSON_DAYS)).where(PERSON_DAYS.c.day == day).group_by(*keys)


def known(name: str) -> Any:
    """A key of a quarter's row; a project or key that was erased since counts as none, as it does in the events."""
    column = QUARTERS.c[name]
    if name == "project_id":
        projects = Base.metadata.tables["projects"]
        return case((exists().where(projects.c.id == column), column), else_=NO_PROJECT_VALUE)
    if name == "api_key_id":
        return case((exists().where(ApiKey.id == column), column), else_=NO_KEY_VALUE)
    return column


def _sums(table: Table) -> list[Any]:
    return [func.sum(table.c[name]).label(name) for name in MEASURES]


def _quarter(session: Session | Connection) -> Any:
    if dialect_of(session) == "postgresql":
        return cast(func.floor(func.extract("epoch", USAGE.c.occurred_at) / QUARTER_SECONDS), Integer)
    # Whole numbers: SQLite's division cuts off what is left.
    seconds = cast(func.strftime("%s", USAGE.c.occurred_at), Integer)
    return seconds.op("/", return_type=Integer())(QUARTER_SECONDS)


def _event_measures() -> dict[str, Any]:
    """What one event adds, as ``sums.measures_of`` has it."""
    c = USAGE.c
    is_call = c.corrects_id.is_(None)
    money: dict[str, Any] = {
        "cost": func.coalesce(c.cost, _zero()),
        "estimated_cost": case((c.estimated, func.coalesce(c.cost, _zero())), else_=_zero()),
    }
    counted = {
        "calls": is_call,
        "ok": is_call & (c.status == UsageStatus.OK),
        "errors": is_call & (c.status == UsageStatus.ERROR),
        "refused": is_call & (c.status == UsageStatus.REFUSED),
        "aborted": is_call & (c.status == UsageStatus.ABORTED),
        "unpriced": is_call & c.cost.is_(None),
        "timed": is_call & c.latency_ms.is_not(None),
    }
    found: dict[str, Any] = {name: case((condition, 1), else_=0) for name, condition in counted.items()}
    found |= {"latency_ms": case((is_call, func.coalesce(c.latency_ms, 0)), else_=0)}
    found |= {name: type_coerce(value, Cost(20)) for name, value in money.items()}
    return {name: found[name] if name in found else func.coalesce(c[name], 0) for name in MEASURES}


def _zero() -> Any:
    return literal(0, Cost(20))
