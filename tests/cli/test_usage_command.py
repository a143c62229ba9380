"""``atelier usage``: sums compared with events, and made anew."""

from datetime import timedelta

from sqlalchemy import update

from core.clock import utc_now
from core.db.engine import Database
from core.metering.events import record
from core.metering.models import UsageHouseDay
from tests.cli.conftest import Run
from tests.factories import DAY, make_user
from tests.metering.support import make_event


def test_the_command_line_finds_differences_and_makes_sums_anew(run: Run, database: Database) -> None:
    now = utc_now()
    with database.session() as session:
        record(session, [make_event(make_user(session), occurred_at=now - timedelta(hours=30))], now=now)
        session.execute(update(UsageHouseDay).values(images=5))
    found = run("usage", "check")
    assert found.exit_code == 1 and "usage_house_days" in found.stdout and "images +4" in found.stdout
    done = run("usage", "rebuild", "--from", f"{now - 3 * DAY:%Y-%m-%d}")
    assert done.exit_code == 0, done.output
    assert "made anew" in done.stdout
    assert run("usage", "check").exit_code == 0
    refused = run("usage", "check", "--from", "2026-02-01", "--until", "2026-01-01")
    assert refused.exit_code == 1 and "before the first" in refused.stderr
