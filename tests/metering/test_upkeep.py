"""The sums look after themselves: the reporting zone is followed, yesterday is checked, administrators are told."""

import pytest
from sqlalchemy import select, update

from core.db.engine import Database
from core.identity.instance import update_settings
from core.identity.models import InstanceUserRole
from core.metering import upkeep
from core.metering.days import last_days
from core.metering.events import record
from core.metering.models import UsageHouseDay
from core.metering.state import summed_zone
from core.system.models import Notification
from tests.factories import DAY, NOON, make_actor, make_user
from tests.metering.support import make_event, totals

WEEK = last_days(7, "UTC", now=NOON)


@pytest.fixture
def ada(database: Database):
    with database.session() as session:
        actor = make_actor(session, "ada", role=InstanceUserRole.ADMIN)
        alice = make_user(session, "alice")
        record(session, [make_event(alice, occurred_at=NOON - number * DAY) for number in range(3)], now=NOON)
    return actor


def told(database: Database) -> list[tuple[str, str | None]]:
    with database.read() as session:
        return [(row.user_id, row.link) for row in session.scalars(select(Notification))]


def test_yesterday_is_checked_once_a_day_and_a_difference_is_told(database: Database, ada):
    assert upkeep.check_yesterday(database, now=NOON) == 0
    assert upkeep.check_yesterday(database, now=NOON) is None
    with database.session() as session:
        session.execute(update(UsageHouseDay).values(calls=UsageHouseDay.calls + 1))
    assert upkeep.check_yesterday(database, now=NOON + DAY) == 1
    assert told(database) == [(ada.user_id, "usage")]
    with database.read() as session:
        found = upkeep.last_check(session)
        assert found is not None and (found.differences, found.checked_until) == (1, NOON.date())
    upkeep.rebuild_each(database, WEEK, now=NOON)
    assert upkeep.check_days(database, WEEK, now=NOON) == []
    with database.read() as session:
        assert totals(session, UsageHouseDay)["calls"] == 3


def test_a_changed_reporting_zone_is_followed(database: Database, ada):
    assert upkeep.keep_zone(database, now=NOON) is None
    with database.session() as session:
        update_settings(session, ada, reporting_timezone="Asia/Kolkata", team_invites_enabled=True, now=NOON)
    assert upkeep.keep_zone(database, now=NOON) == "Asia/Kolkata"
    with database.read() as session:
        assert summed_zone(session) == "Asia/Kolkata"


def test_a_house_without_usage_has_nothing_to_keep(database: Database):
    assert upkeep.check_yesterday(database, now=NOON) is None
    with database.read() as session:
        assert upkeep.last_check(session) is None
