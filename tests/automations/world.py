"""Somebody with automations that run: made in the database, asked what came of it."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select, update

from core.db.engine import Database
from core.publishing.automations.models import (
    Automation,
    AutomationExecutionLog,
    AutomationScheduleRule,
    RuleType,
    RunOutcome,
)
from core.publishing.models import Deviation, DeviationStatus
from tests.factories import DAY, NOON, make_account, make_deviation, make_user

MINUTE = timedelta(minutes=1)


class World:
    """Alice in UTC with one account, and what she has automated; the first occurrence is at ``NOON``."""

    def __init__(self, database: Database) -> None:
        self.database = database
        with database.session() as session:
            self.user = make_user(session, "alice")
            self.account = make_account(session, self.user, is_default=True)

    def automation(self, **fields: Any) -> str:
        values = {"name": "Noons", "enabled": True, "jitter_max_seconds": 0, "user_id": self.user.id}
        with self.database.session() as session:
            row = Automation(**values | fields)
            session.add(row)
            session.flush()
            return row.id

    def rule(self, automation_id: str, **fields: Any) -> str:
        values = {"type": RuleType.FIXED_TIME, "time_of_day": "12:00", "next_at": NOON, "automation_id": automation_id}
        with self.database.session() as session:
            row = AutomationScheduleRule(**values | fields)
            session.add(row)
            session.flush()
            return row.id

    def noons(self, **fields: Any) -> str:
        """An automation that posts every day at noon."""
        automation_id = self.automation(**fields)
        self.rule(automation_id)
        return automation_id

    def drafts(self, number: int = 1, **fields: Any) -> list[str]:
        with self.database.session() as session:
            return [
                make_deviation(session, self.user, self.account,
                               **{"title": f"Draft {place}", "created_at": NOON - DAY + place * MINUTE} | fields).id
                for place in range(number)
            ]  # fmt: skip

    def add(self, row: Any) -> None:
        with self.database.session() as session:
            session.add(row)

    def set(self, model: Any, **values: Any) -> None:
        with self.database.session() as session:
            session.execute(update(model).values(**values))

    def all(self, model: Any) -> list[Any]:
        with self.database.read() as session:
            return list(session.scalars(select(model).order_by(model.id)))

    def scheduled(self) -> list[Deviation]:
        with self.database.read() as session:
            query = select(Deviation).where(Deviation.status == DeviationStatus.SCHEDULED)
            return list(session.scalars(query.order_by(Deviation.actual_publish_at, Deviation.id)))

    def outcomes(self) -> list[RunOutcome]:
        return [row.outcome for row in self.all(AutomationExecutionLog)]
