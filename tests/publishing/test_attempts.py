"""The execution log."""

import csv
import io

import pytest

from core.publishing.attempts import CSV_HEADER, AttemptFilter, csv_rows, list_attempts
from tests.factories import DAY, HOUR, NOON, make_attempt, make_deviation


def test_calls_are_listed_newest_first_with_the_title_of_their_post(session, alice, actor, account):
    post = make_deviation(session, alice, account, title="Apples")
    make_attempt(session, post, started_at=NOON)
    make_attempt(session, post, started_at=NOON + HOUR, step="publish", outcome="failed", category="rate_limited",
                 http_status=429, message="Slow down.")  # fmt: skip
    newest, oldest = list_attempts(session, actor, AttemptFilter()).rows
    assert (newest.step, newest.http_status, newest.title) == ("publish", 429, "Apples")
    assert (newest.account_name, oldest.started_at) == (account.username, NOON)


def test_pages_follow_each_other_without_gaps_or_repeats_even_among_equals(session, alice, actor, account):
    post = make_deviation(session, alice, account)
    made = [make_attempt(session, post, started_at=NOON) for _ in range(7)]
    seen, cursor = [], None
    while True:
        page = list_attempts(session, actor, AttemptFilter(), cursor=cursor, limit=3)
        seen += [row.id for row in page.rows]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert seen == [attempt.id for attempt in reversed(made)]


def test_a_call_made_meanwhile_shifts_no_page(session, alice, actor):
    post = make_deviation(session, alice)
    made = [make_attempt(session, post, started_at=NOON) for _ in range(4)]
    first = list_attempts(session, actor, AttemptFilter(), limit=2)
    make_attempt(session, post, started_at=NOON + HOUR)
    second = list_attempts(session, actor, AttemptFilter(), cursor=first.next_cursor, limit=2)
    assert [row.id for row in second.rows] == [made[1].id, made[0].id] and second.next_cursor is None


@pytest.mark.parametrize("cursor", ["", "nonsense", "2026-01-01~atm_x", "~", "2026-01-01T00:00:00+00:00~dev_x"])
def test_a_cursor_that_cannot_be_read_begins_at_the_newest(session, alice, actor, cursor):
    make_attempt(session, make_deviation(session, alice))
    assert len(list_attempts(session, actor, AttemptFilter(), cursor=cursor).rows) == 1


def test_filters_narrow_the_log(session, alice, actor, account):
    post, other = make_deviation(session, alice, account), make_deviation(session, alice)
    wanted = make_attempt(session, post, step="publish", outcome="failed", category="outage", started_at=NOON - DAY)
    make_attempt(session, other)
    for one in (
        AttemptFilter(step="publish"),
        AttemptFilter(outcome="failed"),
        AttemptFilter(category="outage"),
        AttemptFilter(deviation_id=post.id),
        AttemptFilter(account_id=account.id),
        AttemptFilter(started_before=NOON),
        AttemptFilter(started_from=NOON - DAY, started_before=NOON),
    ):
        assert [row.id for row in list_attempts(session, actor, one).rows] == [wanted.id], one


def test_the_export_says_its_filter_and_has_every_row(session, alice, actor):
    post = make_deviation(session, alice, title="=HYPERLINK(1)")
    for _ in range(450):
        make_attempt(session, post, message='a "quoted", message')
    text = io.StringIO()
    csv.writer(text).writerows(csv_rows(session, actor, AttemptFilter(step="submit")))
    rows = list(csv.reader(io.StringIO(text.getvalue())))
    assert rows[0] == ["filter", "step = submit"] and rows[1] == list(CSV_HEADER)
    assert len(rows) == 452
    assert rows[2][1] == "'=HYPERLINK(1)" and rows[2][11] == 'a "quoted", message'


def test_the_export_of_nothing_still_has_its_head(session, actor):
    assert list(csv_rows(session, actor, AttemptFilter())) == [["filter", "none"], list(CSV_HEADER)]


def test_charlie_sees_no_call_of_alices(session, alice, charlie):
    post = make_deviation(session, alice)
    make_attempt(session, post)
    assert list_attempts(session, charlie, AttemptFilter(deviation_id=post.id)).rows == ()
    assert len(list(csv_rows(session, charlie, AttemptFilter()))) == 2
