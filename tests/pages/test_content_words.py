"""What the parts of the Content screen say about times, states and addresses."""

from datetime import UTC, datetime, timedelta

import pytest

from core.publishing.listing import Order, views_of
from core.publishing.models import HoldReason
from core.publishing.reports import BatchReport, ItemOutcome, ItemResult
from core.publishing.zones import WallTime
from core.ui.content import actions
from core.ui.content.confirm_dialog import must_ask
from core.ui.content.notices import notice_of
from core.ui.content.query import Layout, Query, View, read_query
from core.ui.content.schedule_dialog import Pick, quick_time
from core.ui.content.thumbs import size_text
from core.ui.content.times import dated_window, when
from tests.factories import make_account, make_deviation, make_user

NINE = datetime(2026, 7, 6, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def test_a_window_goes_from_the_chosen_time_to_the_end_of_the_delay():
    assert dated_window(NINE, NINE + 5 * MINUTE, "Europe/Vienna", now=NINE) == "Mon 6 Jul, 11:00–11:05"


def test_a_minute_that_has_begun_belongs_to_the_window():
    assert dated_window(NINE, NINE + timedelta(seconds=61), "UTC", now=NINE) == "Mon 6 Jul, 09:00–09:02"


def test_without_a_delay_there_is_one_time():
    assert dated_window(NINE, NINE, "UTC", now=NINE) == "Mon 6 Jul, 09:00"


def test_another_year_is_named():
    assert dated_window(NINE, NINE, "UTC", now=NINE - timedelta(days=300)) == "Mon 6 Jul 2026, 09:00"


def test_an_address_means_a_list():
    query = read_query({"view": "scheduled", "q": " dunes ", "mature": "no", "held": "late", "page": "3",
                        "layout": "grid", "sort": "title"})  # fmt: skip
    assert query == Query(
        view=View.SCHEDULED, search="dunes", is_mature=False, hold_reason=HoldReason.LATE, page=3,
        layout=Layout.GRID, order=Order.TITLE,
    )  # fmt: skip
    assert query.is_narrowed


@pytest.mark.parametrize("view", list(View))
def test_each_list_begins_in_an_order_of_its_own(view):
    expected = {"scheduled": "next", "published": "published", "failed": "changed", "trash": "changed"}
    assert read_query({"view": view}).order == expected.get(view, "newest")


def test_held_posts_are_looked_for_only_among_what_is_scheduled():
    assert read_query({"view": "failed", "held": "late"}).wanted.hold_reason is None


def test_tonight_is_this_evening_of_the_person():
    assert quick_time(Pick.TONIGHT, NINE, "Europe/Vienna") == WallTime(
        NINE.replace(hour=20, tzinfo=None), "Europe/Vienna"
    )


def test_tomorrow_is_the_persons_tomorrow():
    late = datetime(2026, 7, 6, 23, 30, tzinfo=UTC)
    assert quick_time(Pick.TOMORROW, late, "Europe/Vienna") == WallTime(
        NINE.replace(day=8, tzinfo=None), "Europe/Vienna"
    )


def test_an_evening_that_has_begun_is_not_offered_as_a_time_that_passed():
    late = datetime(2026, 7, 6, 22, 0, tzinfo=UTC)
    assert quick_time(Pick.TONIGHT, late, "UTC") == late + 5 * MINUTE


def test_a_notice_names_the_one_post_and_counts_several():
    one = ItemResult("dev_1", "Dunes", ItemOutcome.CHANGED)
    refused = ItemResult("dev_2", "Harbour", ItemOutcome.SKIPPED, "It is busy.")
    assert notice_of(BatchReport((one, refused)), "moved to the trash").sentence == "“Dunes” was moved to the trash."
    assert notice_of(BatchReport((one, one)), "moved to the trash").sentence == "2 posts were moved to the trash."
    nothing = notice_of(BatchReport((refused,)), "moved to the trash", undo=lambda session: BatchReport(()))
    assert nothing.sentence == "Nothing was moved to the trash."
    assert nothing.undo is None


def test_sizes_are_written_short():
    assert [size_text(size) for size in (12, 999_999, 2_140_000)] == ["1 KB", "999 KB", "2.1 MB"]


def test_many_are_published_and_any_are_purged_only_after_a_question():
    assert must_ask(actions.PUBLISH_NOW, 1) is None
    assert must_ask(actions.PUBLISH_NOW, 2) == "publish"
    assert must_ask(actions.PURGE, 1) == "purge"
    assert must_ask(actions.TRASH, 500) is None


@pytest.mark.parametrize(
    ("due", "expected"),
    [
        (NINE + timedelta(seconds=20), "Any moment"),  # its turn in the account's pace
        (NINE + 10 * MINUTE, "Next try Mon 6 Jul, 09:10"),
    ],
)
def test_a_post_that_was_put_off_says_when_it_is_tried_again(session, due, expected):
    row = view_of_post(session, scheduled_at=NINE - MINUTE, actual_publish_at=NINE - MINUTE, due_at=due)
    assert when(row, "UTC", now=NINE) == expected


def test_a_held_post_keeps_showing_the_time_it_was_meant_for(session):
    row = view_of_post(session, scheduled_at=NINE - MINUTE, actual_publish_at=NINE, due_at=NINE, hold_reason="late")
    assert when(row, "UTC", now=NINE) == "Mon 6 Jul, 08:59–09:00"


def view_of_post(session, **fields):
    user = make_user(session)
    post = make_deviation(session, user, make_account(session, user), status="scheduled", **fields)
    (row,) = views_of(session, [post.id], now=NINE)
    return row
