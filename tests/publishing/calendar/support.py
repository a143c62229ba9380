"""Automations, forecasts and instants for tests of the calendar."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from core.identity.models import User
from core.publishing.automations.forecast import Forecast, PlannedPost, PlannedRun
from core.publishing.automations.models import Automation, BlackoutKind, BlackoutWindow, RunOutcome
from core.publishing.models import Deviation
from tests.factories import NOON


def make_automation(session: Session, user: User, name: str = "Evenings", **fields: Any) -> Automation:
    automation = Automation(**{"user_id": user.id, "name": name, "created_at": NOON, "updated_at": NOON} | fields)
    session.add(automation)
    session.flush()
    return automation


def make_blackout(session: Session, user: User, name: str = "Holidays", **fields: Any) -> BlackoutWindow:
    values: dict[str, Any] = {"user_id": user.id, "name": name, "kind": BlackoutKind.ONCE, "created_at": NOON}
    window = BlackoutWindow(**values | {"updated_at": NOON} | fields)
    session.add(window)
    session.flush()
    return window


def forecast_of(automation: Automation, *posts: tuple[Deviation, datetime], **fields: Any) -> Forecast:
    """What the automation is going to do: these drafts at these times, each up to five minutes late."""
    planned = tuple(
        PlannedPost(
            **{
                "automation_id": automation.id,
                "rule_id": "rul_one",
                "occurrence_key": at.isoformat(),
                "deviation_id": draft.id,
                "account_id": draft.account_id or "acc_none",
                "title": draft.title,
                "scheduled_at": at,
                "jitter_seconds": 0,
                "actual_publish_at": at,
            }
            | fields
        )
        for draft, at in posts
    )
    at = max(one.actual_publish_at for one in planned)
    run = PlannedRun(automation.id, "rul_one", "fixed_time", "key", at, RunOutcome.SCHEDULED, planned)
    return Forecast(at, (run,))
