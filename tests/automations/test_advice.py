"""Times chosen by hand are not moved; a person whose choice breaks a limit is told."""

import random
from datetime import timedelta

from core.publishing import scheduling
from core.publishing.automations.models import BlackoutKind, BlackoutWindow, PostingLimits
from core.publishing.scheduling import SchedulePlan
from tests.factories import DAY, HOUR, NOON, make_deviation

PLAN = SchedulePlan(NOON + DAY, jitter_max_seconds=0)


def schedule(session, actor, posts, plan=PLAN):
    ids = [post.id for post in posts]
    return scheduling.schedule(session, actor, ids, plan, rng=random.Random(1), now=NOON)


def drafts(session, alice, account, number):
    return [make_deviation(session, alice, account, title=f"Piece {place}") for place in range(number)]


def test_without_limits_nothing_is_said(session, alice, account, actor):
    report = schedule(session, actor, drafts(session, alice, account, 2))
    assert [item.warnings for item in report.items] == [(), ()]


def test_posts_too_near_to_each_other_are_named_and_scheduled_all_the_same(session, alice, account, actor):
    session.add(PostingLimits(user_id=alice.id, account_id=account.id, min_gap_minutes=60))
    posts = drafts(session, alice, account, 3)
    report = schedule(session, actor, posts, SchedulePlan(NOON + DAY, spacing_minutes=45, jitter_max_seconds=0))
    said = [" ".join(item.warnings) for item in report.items]
    assert said == [
        "", "“Piece 1” goes out against the account's distance of 60 minutes.",
        "“Piece 2” goes out against the account's distance of 60 minutes.",
    ]  # fmt: skip
    assert [post.scheduled_at for post in posts] == [NOON + DAY + timedelta(minutes=45 * place) for place in range(3)]


def test_a_time_in_a_blackout_or_over_the_cap_is_named(session, alice, account, actor):
    session.add(PostingLimits(user_id=alice.id, account_id=account.id, daily_cap=1))
    session.add(
        BlackoutWindow(user_id=alice.id, name="nights", kind=BlackoutKind.WEEKLY, start_time="22:00", end_time="06:00")
    )
    first, second, third = drafts(session, alice, account, 3)
    assert schedule(session, actor, [first]).items[0].warnings == ()
    assert "cap of 1 a day" in schedule(session, actor, [second]).items[0].warnings[0]
    night = SchedulePlan(NOON + 2 * DAY + 10 * HOUR, jitter_max_seconds=0)
    (said,) = scheduling.schedule_one(session, actor, third.id, night, rng=random.Random(1), now=NOON)
    assert said == "It goes out against the blackout “nights”."
