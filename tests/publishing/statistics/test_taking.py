"""Asking how works do: when, which, and what becomes of the answers."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from core.identity.models import Account, AccountState
from core.publishing import trash
from core.publishing.asking import Line
from core.publishing.models import Deviation
from core.publishing.providers import ErrorCategory
from core.publishing.statistics import turns
from core.publishing.statistics.models import DeviationStatistics, StatisticsTurn
from core.publishing.statistics.providers import WorkCounts
from core.publishing.statistics.taking import AGAIN_AFTER, take_due
from core.publishing.statistics.thinning import thin
from core.system.actors import Actor
from tests.factories import DAY, HOUR, NOON, make_account, make_deviation

MINUTE = timedelta(minutes=1)


def give(database, now=NOON) -> int:
    with database.session() as session:
        return turns.give_turns(session, now=now)


def turn_of(database, deviation_id: str) -> StatisticsTurn:
    with database.read() as session:
        return session.get_one(StatisticsTurn, deviation_id)


def samples(database, deviation_id: str) -> list[DeviationStatistics]:
    with database.read() as session:
        query = select(DeviationStatistics).where(DeviationStatistics.deviation_id == deviation_id)
        return list(session.scalars(query.order_by(DeviationStatistics.taken_at)))


@pytest.mark.parametrize(
    ("age", "pause"),
    [
        (timedelta(), HOUR), (23 * HOUR, HOUR), (DAY, 6 * HOUR), (6 * DAY, 6 * HOUR), (7 * DAY, DAY), (29 * DAY, DAY),
        (30 * DAY, 7 * DAY), (900 * DAY, 7 * DAY),
    ],
)  # fmt: skip
def test_works_are_looked_at_often_at_first_and_seldom_later(age, pause):
    assert turns.next_look(NOON - age, now=NOON) == NOON + pause


def test_published_posts_get_a_turn_once_and_nothing_else_does(database, studio, publish):
    alice, account = studio
    out = publish("w1")
    with database.session() as session:
        for status in ("draft", "scheduled", "failed"):
            make_deviation(session, alice, account, status=status)
        make_deviation(session, alice, account, status="published", deviation_id=None)  # Sta.sh only
        make_deviation(session, alice, None, status="published")
        make_deviation(session, alice, account, status="published", deleted_at=NOON)
        assert turns.has_without(session)
    assert give(database) == 1
    assert turn_of(database, out).next_at == NOON
    assert give(database) == 0
    with database.read() as session:
        assert not turns.has_without(session)


def test_counts_are_kept_as_a_sample_and_as_the_newest_and_the_next_turn_is_set(database, line, site, publish):
    one = publish("w1", NOON - 2 * HOUR)
    site.counted["w1"] = WorkCounts("w1", views=40, favourites=3, comments=None, downloads=0)
    give(database)
    assert take_due(line, now=NOON) == 1
    turn = turn_of(database, one)
    assert (turn.views, turn.favourites, turn.comments, turn.downloads) == (40, 3, None, 0)
    assert (turn.taken_at, turn.next_at) == (NOON, NOON + HOUR)
    (sample,) = samples(database, one)
    assert (sample.views, sample.taken_at) == (40, NOON)
    assert take_due(line, now=NOON + 59 * MINUTE) == 0
    assert take_due(line, now=NOON + HOUR) == 1


def test_ten_are_asked_about_at_once_the_newest_first(database, line, site, publish):
    ids = [publish(f"w{n}", NOON - n * DAY) for n in range(12)]
    site.counted = {f"w{n}": WorkCounts(f"w{n}", views=n) for n in range(12)}
    give(database)
    assert take_due(line, now=NOON) == 10
    assert site.calls == ["counts"]
    assert [turn_of(database, one).taken_at is None for one in ids] == [False] * 10 + [True] * 2
    assert take_due(line, now=NOON + MINUTE) == 2


def test_what_is_deleted_at_the_site_is_gone_and_not_asked_about_again(database, line, site, publish):
    gone, there = publish("w1"), publish("w2")
    site.counted["w2"], site.gone = WorkCounts("w2", views=5), {"w1"}
    give(database)
    assert take_due(line, now=NOON) == 1
    assert turn_of(database, gone).next_at is None
    assert turn_of(database, there).views == 5
    site.calls.clear()
    assert take_due(line, now=NOON + HOUR) == 1
    assert site.calls == ["counts"]


def test_what_is_missing_but_not_deleted_is_asked_about_later(database, line, site, publish):
    hidden, other = publish("w1"), publish("w2", NOON - HOUR)
    give(database)
    assert take_due(line, now=NOON) == 0
    assert turn_of(database, hidden).next_at == NOON + HOUR  # looked for, and there
    assert NOON < turn_of(database, other).next_at < NOON + HOUR  # not looked for yet


def test_a_limit_leaves_turns_as_they_are_and_slows_the_account(database, line, site, studio, publish):
    one = publish("w1")
    site.counted["w1"] = WorkCounts("w1", views=1)
    site.fail("counts", ErrorCategory.RATE_LIMITED, retry_after=90)
    give(database)
    assert take_due(line, now=NOON) == 0
    assert turn_of(database, one).next_at == NOON
    assert take_due(line, now=NOON + MINUTE) == 0
    assert site.calls == ["counts"]
    assert take_due(line, now=NOON + 3 * MINUTE) == 1


@pytest.mark.parametrize("category", [ErrorCategory.TRANSIENT, ErrorCategory.NETWORK, ErrorCategory.UNKNOWN])
def test_a_failure_puts_the_turns_off_for_a_while(database, line, site, publish, category):
    one = publish("w1")
    site.fail("counts", category)
    give(database)
    assert take_due(line, now=NOON) == 0
    assert turn_of(database, one).next_at == NOON + AGAIN_AFTER
    assert samples(database, one) == []


def test_one_id_the_site_refuses_does_not_stop_the_others(database, line, site, publish):
    for name in ("w1", "w2"):
        publish(name)
    site.counted["w2"] = WorkCounts("w2", views=1)
    site.fail("counts", ErrorCategory.VALIDATION, http_status=400)
    give(database)
    assert take_due(line, now=NOON) == 0
    with database.read() as session:
        times = sorted(session.scalars(select(StatisticsTurn.next_at)))
    assert times == [NOON + MINUTE, NOON + 2 * MINUTE]


def test_posts_of_the_account_come_first(database, site, studio, publish):
    alice, account = studio
    publish("w1")
    site.counted["w1"] = WorkCounts("w1", views=1)
    with database.session() as session:
        make_deviation(session, alice, account, status="scheduled", due_at=NOON)
    give(database)
    paced = Line(database, {"deviantart-sandbox": site}, floor_seconds=3.0)
    assert take_due(paced, now=NOON) == 0
    assert site.calls == []


def test_accounts_that_cannot_be_called_are_left_alone(database, line, site, studio, publish):
    publish("w1")
    give(database)
    with database.session() as session:
        session.get_one(Account, studio[1].id).state = AccountState.RECONNECT
    assert take_due(line, now=NOON) == 0
    assert take_due(Line(database, {}, 0.0), now=NOON) == 0
    assert site.calls == []


def test_what_is_in_the_trash_rests_and_what_is_purged_leaves_nothing(database, line, site, studio, publish):
    one = publish("w1")
    site.counted["w1"] = WorkCounts("w1", views=1)
    give(database)
    take_due(line, now=NOON)
    actor = Actor.person(studio[0].id)
    with database.session() as session:
        trash.delete(session, actor, [one], now=NOON)
    assert take_due(line, now=NOON + DAY) == 0
    with database.session() as session:
        trash.purge(session, actor, [one], now=NOON)
        assert session.scalar(select(StatisticsTurn)) is None
        assert session.scalar(select(DeviationStatistics)) is None
        assert session.get(Deviation, one) is None


def test_another_account_is_asked_with_its_own_token(database, line, site, studio, publish):
    alice, first = studio
    publish("w1")
    with database.session() as session:
        second = make_account(session, alice)
        make_deviation(session, alice, second, status="published", deviation_id="w2")
    site.counted = {name: WorkCounts(name, views=1) for name in ("w1", "w2")}
    give(database)
    assert take_due(line, now=NOON) == 2
    assert set(site.tokens_seen) == {first.access_token, second.access_token}


def test_old_samples_are_thinned_to_the_last_of_each_day(database, studio, publish):
    one = publish("w1", NOON - 90 * DAY)
    alice, account = studio

    def sample(at) -> str:
        row = DeviationStatistics(
            user_id=alice.id, account_id=account.id, deviation_id=one, taken_at=at, views=1, favourites=1, comments=0,
            downloads=0,
        )  # fmt: skip
        with database.session() as session:
            session.add(row)
        return row.id

    old = [sample(NOON - 40 * DAY + hours * HOUR) for hours in (0, 3, 6)]
    next_day = sample(NOON - 39 * DAY)
    recent = [sample(NOON - 10 * DAY + hours * HOUR) for hours in (0, 3)]
    with database.session() as session:
        assert thin(session, now=NOON) == 2
    assert [row.id for row in samples(database, one)] == [old[2], next_day, *recent]
    with database.session() as session:
        assert thin(session, now=NOON) == 0
