"""Drafts running out: when, as the preview sees it, and telling the person in time."""

from datetime import datetime, timedelta

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.db.engine import Database
from core.errors import UnavailableError
from core.identity.models import User
from core.publishing.automations.models import Automation
from core.publishing.automations.simulation import simulate
from core.publishing.automations.telling import DRY
from core.publishing.zones import zone_named
from core.system.actors import Actor
from core.system.notifications import notify

log = structlog.get_logger(__name__)


def warn_of_shortage(database: Database, *, now: datetime) -> int:
    """Warn everybody whose drafts run out within the days their automation says; how many were told."""
    with database.read() as session:
        people = list(session.scalars(select(Automation.user_id).where(Automation.enabled.is_(True)).distinct()))
    warned = 0
    for user_id in people:
        try:
            with database.read() as session:
                short = running_short(session, Actor.sidecar(user_id), now=now)
            if short:
                with database.session() as session:
                    warned += sum(_warn(session, user_id, one, at, now=now) for one, at in short.items())
        except UnavailableError:
            raise
        except Exception:  # an edge: one person's trouble does not keep the others from being warned
            log.exception("How long drafts last could not be told.", user_id=user_id)
    return warned


def running_short(session: Session, actor: Actor, *, now: datetime) -> dict[str, datetime]:
    """By automation, the first occurrence without a draft, where it lies within the days it warns of."""
    query = select(Automation.id, Automation.warn_days)
    query = query.where(Automation.user_id == actor.user_id, Automation.enabled.is_(True), Automation.warn_days > 0)
    days = {row.id: row.warn_days for row in session.execute(query)}
    if not days:
        return {}
    forecast = simulate(session, actor, now=now, until=now + timedelta(days=max(days.values())))
    return {one: at for one, at in forecast.dry_at.items() if one in days and at <= now + timedelta(days=days[one])}


def _warn(session: Session, user_id: str, automation_id: str, dry_at: datetime, *, now: datetime) -> bool:
    automation = session.get(Automation, automation_id)
    if automation is None:  # deleted meanwhile
        return False
    zone = zone_named(automation.timezone or session.get_one(User, user_id).timezone)
    return notify(
        session,
        user_id,
        f"{DRY}:{automation_id}",
        f"Drafts for “{automation.name}” run out on {dry_at.astimezone(zone):%d %b %Y}",
        body="Add drafts that fit its source before then, or let it post less often.",
        link=f"automations?open={automation_id}",
        level="warning",
        now=now,
    )
