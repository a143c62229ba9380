"""The log of automations: what each run did, newest first."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from core.paging import Page, nearest_page
from core.publishing.automations.lookup import get_automation
from core.publishing.automations.models import AutomationExecutionLog, AutomationScheduleRule, RunOutcome
from core.publishing.automations.rules import RuleSpec, describe
from core.publishing.csv_cells import cell
from core.publishing.models import Deviation
from core.system.actors import Actor

MAX_PAGE_SIZE = 200
CSV_HEADER = ("executed_at", "occurrence_at", "rule", "rule_type", "outcome", "scheduled_count", "message", "posts")
"""What an export has in its second row."""

_KIND_WORDS = {"fixed_time": "At a time of day", "fixed_interval": "Every so often", "daily_quota": "So many a day"}


@dataclass(frozen=True, slots=True)
class RunView:
    """One run. ``rule`` in words as the rule is today, or its kind if it is gone; ``posts`` by id and title, as far
    as they are still there."""

    id: str
    automation_id: str
    executed_at: datetime
    occurrence_at: datetime | None
    rule: str
    rule_type: str | None
    outcome: RunOutcome | None
    scheduled_count: int
    message: str | None
    posts: tuple[tuple[str, str], ...] = ()


RunPage = Page[RunView]


def list_runs(session: Session, actor: Actor, automation_id: str, *, page: int = 1, page_size: int = 20) -> RunPage:
    """One page of an automation's log. A ``page`` behind the last shows the last.

    Raises ``AutomationNotFound`` for somebody else's automation.
    """
    automation = get_automation(session, actor, automation_id)
    logged = AutomationExecutionLog
    mine = logged.automation_id == automation.id
    size = min(max(page_size, 1), MAX_PAGE_SIZE)
    total = session.scalar(select(func.count()).select_from(logged).where(mine)) or 0
    number = nearest_page(page, total=total, size=size)
    rows = session.execute(_newest_first().where(mine).limit(size).offset((number - 1) * size)).all()
    return RunPage(_views(session, rows), total, number, size)


def last_runs(session: Session, automation_ids: Sequence[str]) -> dict[str, RunView]:
    """The latest run of each automation whose owner was checked."""
    logged = AutomationExecutionLog
    place = func.row_number().over(
        partition_by=logged.automation_id, order_by=(logged.executed_at.desc(), logged.id.desc())
    )
    ranked = select(logged.id, place.label("place")).where(logged.automation_id.in_(automation_ids)).subquery()
    latest = select(ranked.c.id).where(ranked.c.place == 1)
    rows = session.execute(_newest_first().where(logged.id.in_(latest))).all()
    return {view.automation_id: view for view in _views(session, rows)}


def csv_rows(session: Session, actor: Actor, automation_id: str) -> Iterator[list[str]]:
    """The whole log as rows of a CSV file: what it is about, the header, the runs."""
    automation = get_automation(session, actor, automation_id)
    yield ["automation", cell(automation.name)]
    yield list(CSV_HEADER)
    number = pages = 1
    while number <= pages:
        page = list_runs(session, actor, automation_id, page=number, page_size=MAX_PAGE_SIZE)
        yield from (_csv_row(row) for row in page.rows)
        number, pages = number + 1, page.pages


def _newest_first() -> Select[*tuple[Any, ...]]:
    logged = AutomationExecutionLog
    query: Select[*tuple[Any, ...]] = select(logged, AutomationScheduleRule)
    query = query.outerjoin(AutomationScheduleRule, AutomationScheduleRule.id == logged.rule_id)
    return query.order_by(logged.executed_at.desc(), logged.id.desc())


def _views(session: Session, rows: Sequence[Any]) -> tuple[RunView, ...]:
    ids = {one for logged, _ in rows for one in logged.deviation_ids}
    titles: dict[str, str] = {}
    if ids:
        query = select(Deviation.id, Deviation.title).where(Deviation.id.in_(ids), Deviation.deleted_at.is_(None))
        titles = {row[0]: row[1] for row in session.execute(query)}
    return tuple(_view(logged, rule, titles) for logged, rule in rows)


def _view(logged: AutomationExecutionLog, rule: AutomationScheduleRule | None, titles: dict[str, str]) -> RunView:
    kind = logged.triggered_by_rule_type
    return RunView(
        id=logged.id,
        automation_id=logged.automation_id,
        executed_at=logged.executed_at,
        occurrence_at=logged.occurrence_at,
        rule=describe(RuleSpec.of(rule)) if rule else _KIND_WORDS.get(kind or "", "A rule that was removed"),
        rule_type=kind,
        outcome=logged.outcome,
        scheduled_count=logged.scheduled_count,
        message=logged.error_message,
        posts=tuple((one, titles[one]) for one in logged.deviation_ids if one in titles),
    )


def _csv_row(row: RunView) -> list[str]:
    at = row.occurrence_at.astimezone(UTC).isoformat() if row.occurrence_at else None
    values = (
        row.executed_at.astimezone(UTC).isoformat(), at, row.rule, row.rule_type,
        row.outcome.value if row.outcome else None, row.scheduled_count, row.message,
        ", ".join(title for _, title in row.posts),
    )  # fmt: skip
    return [cell(value) for value in values]
