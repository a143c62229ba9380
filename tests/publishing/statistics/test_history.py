"""Figures from samples: gains, totals, comparisons, groups, curves."""

import pytest

from core.publishing.errors import DeviationNotFound
from core.publishing.statistics import groups
from core.publishing.statistics.history import csv_rows, find_turn, read_curve, read_statistics
from core.publishing.statistics.models import DeviationStatistics, StatisticsTurn
from core.system.actors import Actor
from tests.factories import DAY, HOUR, NOON, make_user


@pytest.fixture
def actor(studio) -> Actor:
    return Actor.person(studio[0].id)


@pytest.fixture
def count(database, studio):
    """Writes samples of a work: ``count(id, (at, views), …)``; the last is its newest."""

    def counted(deviation_id: str, *taken, favourites: int = 0, gone: bool = False) -> None:
        alice, account = studio
        own = {"user_id": alice.id, "account_id": account.id, "deviation_id": deviation_id}
        with database.session() as session:
            for at, views in taken:
                numbers = {"views": views, "favourites": favourites, "comments": 1, "downloads": None}
                session.add(DeviationStatistics(**own, taken_at=at, **numbers))
            at, views = taken[-1]
            session.add(
                StatisticsTurn(
                    **own, next_at=None if gone else at + HOUR, taken_at=at, views=views, favourites=favourites
                )
            )

    return counted


def read(database, actor, days=7):
    with database.read() as session:
        return read_statistics(session, actor, days=days, zone="UTC", now=NOON)


def test_nothing_published_gives_empty_figures(database, actor):
    figures = read(database, actor)
    assert figures.works == () and figures.taken_at is None
    assert figures.by_day["views"] == (0,) * 7
    assert figures.totals["views"].now == 0


def test_gains_belong_to_the_days_between_two_samples(database, actor, publish, count):
    count(publish("w1", NOON - 100 * DAY), (NOON - 4 * DAY, 100), (NOON - 2 * DAY, 120), (NOON, 120))
    figures = read(database, actor)
    assert figures.totals["views"].now == 120
    assert figures.totals["views"].gained == 20
    assert figures.dates[-1] == NOON.date()
    # Half of the first day, all of the second, half of the third.
    assert figures.by_day["views"][-5:] == (5, 10, 5, 0, 0)


def test_a_work_seen_from_the_start_gains_from_nothing_and_an_older_one_does_not(database, actor, publish, count):
    count(publish("new", NOON - 3 * DAY), (NOON - 3 * DAY + HOUR, 10), (NOON, 50))
    count(publish("old", NOON - 300 * DAY), (NOON - DAY, 9_000), (NOON, 9_004))
    figures = read(database, actor)
    assert figures.totals["views"].gained == 54
    gained = {work.title: work.gained_views for work in figures.works}
    assert gained == {"Work new": 50, "Work old": 4}


def test_the_range_before_is_compared(database, actor, publish, count):
    start = (NOON - 6 * DAY).replace(hour=0)
    count(publish("w1", NOON - 90 * DAY), (start - 7 * DAY, 0), (start, 70), (NOON, 100))
    total = read(database, actor).totals["views"]
    assert (total.gained, total.gained_before) == (30, 70)


def test_counts_may_fall_and_what_is_unknown_is_no_zero(database, actor, publish, count):
    one = publish("w1", NOON - 90 * DAY)
    count(one, (NOON - 2 * DAY, 10), (NOON - DAY, None), (NOON, 8))
    figures = read(database, actor)
    (work,) = figures.works
    assert work.downloads is None and work.views == 8
    assert work.gained_views == 0  # neither interval says anything
    other = publish("w2", NOON - 90 * DAY)
    count(other, (NOON - 2 * DAY, 10), (NOON, 8))
    assert {work.deviation_id: work.gained_views for work in read(database, actor).works}[other] == -2


def test_works_say_whether_they_are_gone_or_waiting(database, actor, publish, count, studio):
    count(publish("w1"), (NOON, 3), gone=True)
    waiting = publish("w2")
    with database.session() as session:
        session.add(StatisticsTurn(deviation_id=waiting, user_id=studio[0].id, account_id=studio[1].id, next_at=NOON))
    publish("w3", deleted_at=NOON)
    figures = read(database, actor)
    assert (len(figures.works), figures.gone, figures.waiting) == (2, 1, 1)


def test_nothing_of_another_person_is_counted(database, publish, count):
    count(publish("w1"), (NOON - DAY, 1), (NOON, 30))
    with database.session() as session:
        charlie = Actor.person(make_user(session, "charlie").id)
    assert read(database, charlie).works == ()
    with database.read() as session:
        (row,) = session.query(StatisticsTurn)
        assert find_turn(session, charlie, row.deviation_id) is None
        with pytest.raises(DeviationNotFound):
            read_curve(session, charlie, row.deviation_id)


def test_one_works_curve_is_in_order_of_time(database, actor, publish, count):
    one = publish("w1")
    count(one, (NOON - DAY, 1), (NOON - HOUR, 7), (NOON, 9))
    with database.read() as session:
        assert [sample.views for sample in read_curve(session, actor, one)] == [1, 7, 9]
        assert find_turn(session, actor, one).views == 9


def test_works_are_compared_by_tag_and_by_time_of_publication(database, actor, publish, count):
    monday = NOON  # 1 June 2026
    count(publish("w1", monday, tags=["Sea", "sky"]), (NOON, 10), favourites=2)
    count(publish("w2", monday + HOUR, tags=["sea"]), (NOON, 30))
    count(publish("w3", monday + DAY, tags=["lonely"]), (NOON, 5))
    works = read(database, actor).works
    (sea,) = groups.by_tag(works)
    assert (sea.name, sea.works, sea.views, sea.favourites, sea.views_each) == ("sea", 2, 40, 2, 20)
    by_day = groups.by_weekday(works, "UTC")
    assert [group.works for group in by_day] == [2, 1, 0, 0, 0, 0, 0]
    assert by_day[2].views_each == 0
    by_hour = {group.name: group.works for group in groups.by_hour(works, "Europe/Vienna") if group.works}
    assert by_hour == {"14": 2, "15": 1}
    assert [group.name for group in groups.by_automation(works)] == [groups.BY_HAND]
    assert groups.by_project(works) == []


def test_works_are_compared_by_project(database, actor, publish, count):
    count(publish("w1", project="Sea"), (NOON, 10))
    count(publish("w2", project="Sea"), (NOON, 20))
    count(publish("w3"), (NOON, 99))
    (sea,) = groups.by_project(read(database, actor).works)
    assert (sea.name, sea.works, sea.views) == ("Sea", 2, 30)


def test_the_csv_says_what_was_asked_for_and_leaves_unknown_counts_empty(database, actor, publish, count):
    count(publish("w1", tags=["a", "b"]), (NOON, 12))
    asked, header, row = csv_rows(read(database, actor))
    assert "last 7 days" in asked[0]
    named = dict(zip(header, row, strict=True))
    assert (named["views"], named["downloads"], named["tags"], named["gone"]) == (12, "", "a, b", "no")
