"""Settings of the whole house."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.identity import instance
from core.identity.errors import AdministratorsOnly, InvalidProfile
from core.system.models import AuditEvent
from tests.factories import NOON
from tests.identity.support import acting, add


def test_before_anybody_changes_anything_days_end_in_utc_and_invitations_are_on(session: Session) -> None:
    assert instance.reporting_timezone(session) == "UTC"
    assert instance.invites_enabled(session)


def test_an_administrator_changes_them_and_the_change_is_noted(session: Session) -> None:
    admin = add(session, "root", is_admin=True)
    instance.update_settings(
        session, acting(admin), reporting_timezone="Asia/Tokyo", team_invites_enabled=False, now=NOON
    )
    assert instance.reporting_timezone(session) == "Asia/Tokyo"
    assert not instance.invites_enabled(session)
    event = session.scalars(select(AuditEvent).where(AuditEvent.action == "settings.edited")).one()
    assert event.after == {"reporting_timezone": "Asia/Tokyo", "team_invites_enabled": False}


def test_saving_them_unchanged_is_not_noted(session: Session) -> None:
    admin = add(session, "root", is_admin=True)
    for _ in range(2):
        instance.update_settings(
            session, acting(admin), reporting_timezone="Asia/Tokyo", team_invites_enabled=True, now=NOON
        )
    assert len(session.scalars(select(AuditEvent).where(AuditEvent.action == "settings.edited")).all()) == 1


def test_members_change_nothing(session: Session) -> None:
    alice = add(session)
    with pytest.raises(AdministratorsOnly):
        instance.update_settings(session, acting(alice), reporting_timezone="UTC", team_invites_enabled=False, now=NOON)


def test_an_unknown_time_zone_is_refused(session: Session) -> None:
    admin = add(session, "root", is_admin=True)
    with pytest.raises(InvalidProfile):
        instance.update_settings(
            session, acting(admin), reporting_timezone="Mars/Crater", team_invites_enabled=True, now=NOON
        )
