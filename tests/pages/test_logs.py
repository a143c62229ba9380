"""The execution log: empty, filled, filtered, page by page."""

from datetime import timedelta

import pytest

from core.clock import utc_now
from core.publishing.attempts import AttemptFilter, history, list_attempts, list_categories, summarise
from core.system import audit
from core.system.actors import Actor
from tests.factories import HOUR, NOON, make_account, make_attempt, make_deviation, make_user
from tests.screens.support import press, said, scripts

LOGS = "pages/insights/logs.py"


@pytest.fixture
def post(runtime, anna):
    """A failed post with two attempts: a good one and a bad one."""
    now = utc_now()
    with runtime.database.session() as session:
        account = make_account(session, anna, username="anna-paints")
        made = make_deviation(session, anna, account, status="failed", title="Winter fox")
        make_attempt(session, made, started_at=now - HOUR, duration_ms=120)
        make_attempt(session, made, started_at=now - HOUR / 2, step="publish", outcome="failed", number=2,
                     category="rate_limited", http_status=429, provider_code=7, duration_ms=2400,
                     message="DeviantArt asks to slow down.")  # fmt: skip
    return made


def fill(runtime, user, number: int):
    now = utc_now()
    with runtime.database.session() as session:
        made = make_deviation(session, user, make_account(session, user), status="published")
        return [
            make_attempt(session, made, started_at=now - timedelta(minutes=place), message=f"call {place:03}")
            for place in range(number)
        ]


def test_an_empty_log_says_what_will_be_here(anna, open_page):
    text = said(open_page(LOGS))
    assert "Nothing has been tried yet" in text
    assert "attempts**" not in text


def test_each_attempt_is_told_in_full(post, open_page):
    screen = open_page(LOGS)
    assert "**2 attempts** · 1 failed (50.0%) · median 120 ms" in said(screen)
    shown = scripts(screen)
    for part in ("Failed", "publish", "rate limited", "HTTP 429", "code 7", "try 2", "2.4 s",
                 "DeviantArt asks to slow down.", "anna-paints"):  # fmt: skip
        assert part in shown


def test_the_filters_of_the_address_are_applied(post, open_page):
    screen = open_page(LOGS, outcome="failed")
    assert "**1 attempt** · 1 failed (100.0%)" in said(screen)
    assert "120 ms" not in scripts(screen)


def test_a_search_without_a_hit_offers_to_clear_it(post, open_page):
    screen = open_page(LOGS, q="no such thing")
    assert "Nothing matches" in said(screen)
    assert "**2 attempts**" in said(press(screen, "Clear filters"))


def test_the_log_goes_page_by_page_and_back(runtime, anna, open_page):
    fill(runtime, anna, 60)
    screen = open_page(LOGS)
    assert "call 049" in scripts(screen) and "call 050" not in scripts(screen)
    screen = press(screen, "Older")
    assert "call 050" in scripts(screen) and "call 049" not in scripts(screen)
    screen = press(screen, "Newer")
    assert "call 000" in scripts(screen) and "call 050" not in scripts(screen)


def test_another_persons_attempts_are_not_seen(runtime, anna, open_page):
    with runtime.database.session() as session:
        charlie = make_user(session, "charlie")
        make_attempt(session, make_deviation(session, charlie), started_at=utc_now(), message="secret")
    screen = open_page(LOGS)
    assert "Nothing has been tried yet" in said(screen) and "secret" not in scripts(screen)


def test_messages_cannot_smuggle_in_markup(runtime, anna, open_page):
    with runtime.database.session() as session:
        make_attempt(session, make_deviation(session, anna), started_at=utc_now(), message="<img src=x onerror=y>")
    assert "<img src=x" not in scripts(open_page(LOGS))


def test_a_summary_counts_all_pages_and_takes_the_lower_median(session):
    anna = make_user(session, "anna")
    post = make_deviation(session, anna)
    for duration, outcome in ((10, "done"), (20, "failed"), (30, "unknown"), (400, "done")):
        make_attempt(session, post, duration_ms=duration, outcome=outcome)
    found = summarise(session, Actor.person(anna.id), AttemptFilter())
    assert (found.count, found.failed, found.unknown, found.median_ms) == (4, 1, 1, 20)


def test_a_summary_of_nothing_has_no_median(session):
    found = summarise(session, Actor.person(make_user(session).id), AttemptFilter())
    assert (found.count, found.median_ms) == (0, None)


def test_text_is_found_in_title_and_message_whatever_the_case(session):
    actor = Actor.person((anna := make_user(session, "anna")).id)
    titled = make_attempt(session, make_deviation(session, anna, title="ÄPFEL im Schnee"))
    told = make_attempt(session, make_deviation(session, anna, title="x"), message="Die Äpfel sind aus. 100%")
    both = list_attempts(session, actor, AttemptFilter(text="äpfel")).rows
    assert {row.id for row in both} == {titled.id, told.id}
    assert [row.id for row in list_attempts(session, actor, AttemptFilter(text="100%")).rows] == [told.id]


def test_newer_pages_lead_back_without_gaps(session):
    actor = Actor.person((anna := make_user(session, "anna")).id)
    post = make_deviation(session, anna)
    made = [make_attempt(session, post, started_at=NOON).id for _ in range(7)][::-1]
    first = list_attempts(session, actor, AttemptFilter(), limit=3)
    second = list_attempts(session, actor, AttemptFilter(), cursor=first.next_cursor, limit=3)
    third = list_attempts(session, actor, AttemptFilter(), cursor=second.next_cursor, limit=3)
    back = list_attempts(session, actor, AttemptFilter(), cursor=third.previous_cursor, newer=True, limit=3)
    front = list_attempts(session, actor, AttemptFilter(), cursor=back.previous_cursor, newer=True, limit=3)
    assert [row.id for row in third.rows] == made[6:] and third.next_cursor is None
    assert [row.id for row in back.rows] == made[3:6]
    assert [row.id for row in front.rows] == made[:3] and front.previous_cursor is None


def test_only_categories_that_occur_are_offered(session):
    anna, charlie = make_user(session, "anna"), make_user(session, "charlie")
    make_attempt(session, make_deviation(session, anna), category="auth")
    make_attempt(session, make_deviation(session, charlie), category="policy")
    assert list_categories(session, Actor.person(anna.id)) == ["auth"]


def test_a_history_mixes_calls_and_changes_newest_first(session):
    actor = Actor.person((anna := make_user(session, "anna")).id)
    post = make_deviation(session, anna)
    make_attempt(session, post, started_at=NOON)
    audit.record(session, actor, "deviation.edited", post.id, after={"title": "New"}, now=NOON + HOUR)
    changed, called = history(session, actor, post.id)
    assert changed.event is not None and changed.event.action == "deviation.edited"
    assert called.attempt is not None and called.attempt.title == post.title


def test_charlie_finds_no_history_of_annas_post(session):
    anna, charlie = make_user(session, "anna"), make_user(session, "charlie")
    post = make_deviation(session, anna)
    make_attempt(session, post)
    audit.record(session, Actor.person(anna.id), "deviation.edited", post.id, after={"title": "New"}, now=NOON)
    assert history(session, Actor.person(charlie.id), post.id) == []
