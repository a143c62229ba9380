"""Four weeks in a moment: the calendar's promise, kept by the engine over a change of the clock, once each."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from threading import Thread

from sqlalchemy import func, select

from core.identity.models import Account, User
from core.publishing.automations.forecast import Forecast
from core.publishing.automations.models import (
    Automation,
    AutomationScheduleRule,
    BlackoutKind,
    BlackoutWindow,
    PostingLimits,
    QuotaMode,
    RuleType,
    SelectionMethod,
)
from core.publishing.automations.occurrences import next_occurrence
from core.publishing.automations.rules import RuleSpec
from core.publishing.automations.runner import run_due
from core.publishing.automations.simulation import simulate
from core.publishing.models import Deviation, DeviationStatus
from core.publishing.zones import zone_named
from core.system.actors import Actor
from tests.failures.conftest import _impatient, make_sandbox_rig
from tests.failures.stand_in import SandboxRig
from tests.publishing.execution.conftest import Rig, make_rig, rig

__all__ = ["_impatient", "make_rig", "make_sandbox_rig", "rig"]

START = datetime(2026, 10, 10, 6, 0, tzinfo=UTC)
END = START + timedelta(days=28)
ZONE = "Europe/Berlin"  # puts its clocks back on 25 October
DRAFTS = 60


def prepare(rig: Rig) -> None:
    rig.now = START
    for number in range(DRAFTS):
        rig.post(status="draft", title=f"Piece {number}", scheduled_at=None, actual_publish_at=None, due_at=None,
                 created_at=START - timedelta(hours=number))  # fmt: skip
    with rig.database.session() as session:
        user = session.get_one(User, rig.user.id)
        user.timezone = ZONE
        session.get_one(Account, rig.account.id).is_default = True
        session.add(PostingLimits(user_id=user.id, account_id=rig.account.id, min_gap_minutes=90, daily_cap=3))
        session.add(
            BlackoutWindow(user_id=user.id, name="Sunday morning", kind=BlackoutKind.WEEKLY, days_of_week=["sunday"],
                           start_time="00:00", end_time="10:00")
        )  # fmt: skip
        morning = Automation(
            user_id=user.id, name="Mornings", enabled=True, sort_order=0, seed=5, jitter_max_seconds=900,
            draft_selection_method=SelectionMethod.RANDOM,
        )  # fmt: skip
        evening = Automation(user_id=user.id, name="Evenings", enabled=True, sort_order=1, seed=6)
        session.add_all([morning, evening])
        session.flush()
        add_rule(session, morning, RuleSpec(RuleType.FIXED_TIME, time_of_day="02:30"))
        add_rule(session, morning, RuleSpec(RuleType.FIXED_TIME, time_of_day="08:00"))
        drip = RuleSpec(RuleType.DAILY_QUOTA, daily_quota=2, quota_mode=QuotaMode.DRIP, window_start="18:00",
                        window_end="20:00")  # fmt: skip
        add_rule(session, evening, drip)


def add_rule(session, automation: Automation, spec: RuleSpec) -> None:
    first = next_occurrence(spec, zone_named(ZONE), START)
    session.add(
        AutomationScheduleRule(
            automation_id=automation.id, type=spec.type, time_of_day=spec.time_of_day, daily_quota=spec.daily_quota,
            quota_mode=spec.quota_mode, window_start=spec.window_start, window_end=spec.window_end,
            next_at=first.at if first else None,
        )
    )  # fmt: skip


def foresee(rig: Rig) -> Forecast:
    with rig.database.read() as session:
        return simulate(session, Actor.person(rig.user.id), now=START, until=END)


def next_moment(rig: Rig) -> datetime | None:
    """When something happens next: an occurrence, or a post that is due."""
    with rig.database.read() as session:
        times = [
            session.scalar(select(func.min(AutomationScheduleRule.next_at))),
            session.scalar(select(func.min(Deviation.due_at)).where(Deviation.status != DeviationStatus.PUBLISHED)),
        ]
    return min((time for time in times if time is not None), default=None)


def tick_twice(rig: Rig) -> None:
    """Two sidecars that both believe to lead tick at the same moment."""
    both = [Thread(target=run_due, args=(rig.database,), kwargs={"now": rig.now}) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    run_due(rig.database, now=rig.now)  # who lost the race looks again a moment later
    rig.run_due()


def live_through(rig: Rig) -> None:
    while (moment := next_moment(rig)) is not None and moment <= END:
        rig.now = max(moment, rig.now) + timedelta(seconds=1)
        if isinstance(rig, SandboxRig):
            rig.keep_tokens()
        tick_twice(rig)


def assert_as_foreseen(rig: Rig, foreseen: Forecast) -> None:
    """Exactly the foreseen posts went out, at their promised times."""
    with rig.database.read() as session:
        rows = session.scalars(select(Deviation).where(Deviation.status == DeviationStatus.PUBLISHED)).all()
        went_out = {row.id: row.actual_publish_at for row in rows}
        lateness = [row.published_at - row.actual_publish_at for row in rows]
        waiting = session.scalar(
            select(func.count()).where(
                Deviation.status == DeviationStatus.SCHEDULED, Deviation.actual_publish_at <= END
            )
        )
    promised = {post.deviation_id: post.actual_publish_at for post in foreseen.posts if post.actual_publish_at <= END}
    assert went_out == promised
    assert len(went_out) == DRAFTS  # all are used up within the four weeks
    assert waiting == 0
    assert max(lateness) < timedelta(minutes=2)


def test_four_weeks_go_as_foreseen(rig):
    prepare(rig)
    foreseen = foresee(rig)
    live_through(rig)
    assert_as_foreseen(rig, foreseen)
    # Each once: no item was published twice, and every title is in the gallery once.
    assert Counter(Counter(one.item_id for one in rig.site.publications).values()) == {1: DRAFTS}
    assert len({one.title for one in rig.site.gallery}) == DRAFTS


def test_four_weeks_go_as_foreseen_over_http_with_tokens_that_end(make_sandbox_rig):
    """The same against the strict sandbox, whose clock is ours: 60 posts, each there once, at its address."""
    sandbox = make_sandbox_rig()
    sandbox.now = START
    sandbox.reconnect()
    prepare(sandbox)
    foreseen = foresee(sandbox)
    live_through(sandbox)
    assert_as_foreseen(sandbox, foreseen)
    sandbox.assert_published_once(*(post.deviation_id for post in foreseen.posts))
