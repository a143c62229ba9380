"""Settings of the whole house that an administrator changes while it runs."""

from datetime import datetime

from sqlalchemy.orm import Session

from core.db.upsert import insert_ignoring
from core.identity.models import InstanceSettings
from core.identity.roles import require_admin
from core.identity.rules import clean_timezone
from core.system import audit
from core.system.actors import Actor

SINGLETON = "singleton"


def find_settings(session: Session) -> InstanceSettings | None:
    """The row, or ``None`` as long as nobody has changed anything."""
    return session.get(InstanceSettings, SINGLETON)


def reporting_timezone(session: Session) -> str:
    """The time zone whose midnight ends a day in reports."""
    row = find_settings(session)
    return row.reporting_timezone if row else "UTC"


def invites_enabled(session: Session) -> bool:
    """Whether people who are not listed yet may be added."""
    row = find_settings(session)
    return row is None or row.team_invites_enabled is not False


def update_settings(
    session: Session, actor: Actor, *, reporting_timezone: str, team_invites_enabled: bool, now: datetime
) -> InstanceSettings:
    """Change the settings; raises ``AdministratorsOnly`` or ``InvalidProfile``."""
    require_admin(session, actor)
    insert_ignoring(session, InstanceSettings, {"id": SINGLETON, "reporting_timezone": "UTC", "updated_at": now})
    row = session.get_one(InstanceSettings, SINGLETON)
    wanted = {"reporting_timezone": clean_timezone(reporting_timezone), "team_invites_enabled": team_invites_enabled}
    before, after = audit.changes({key: getattr(row, key) for key in wanted}, wanted)
    if after:
        for key, value in after.items():
            setattr(row, key, value)
        row.updated_at = now
        session.flush()
        audit.record(session, actor, "settings.edited", SINGLETON, before=before, after=after, now=now)
    return row
