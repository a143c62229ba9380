"""The Content screen: empty, filled, narrowed, refused; choosing and acting on posts."""

from datetime import timedelta

import pytest

from core.clock import utc_now
from core.identity.models import AccountState
from core.publishing.models import Deviation, DeviationStatus, HoldReason
from tests.factories import DAY, lease, make_account, make_deviation, make_user
from tests.screens.support import press, run, said, scripts

CONTENT = "pages/publish/content.py"


@pytest.fixture
def account(runtime, anna):
    with runtime.database.session() as session:
        return make_account(session, anna, username="anna-paints", is_default=True)


def add(runtime, user, account=None, *, count: int = 1, **fields) -> list[str]:
    with runtime.database.session() as session:
        return [make_deviation(session, user, account, **fields).id for _ in range(count)]


def row_of(runtime, deviation_id: str) -> Deviation:
    with runtime.database.read() as session:
        row = session.get(Deviation, deviation_id)
        assert row is not None
        return row


def table(screen) -> str:
    return "\n".join(frame.value.to_string() for frame in screen.dataframe)


def choose(screen, deviation_id: str):
    next(box for box in screen.checkbox if box.key and box.key.endswith(deviation_id)).check()
    return run(screen)


def scheduled(at, **fields):
    return {"status": "scheduled", "scheduled_at": at, "actual_publish_at": at, "due_at": at} | fields


def test_an_empty_house_offers_to_upload(anna, open_page):
    screen = open_page(CONTENT)
    assert "No drafts" in said(screen)
    assert not screen.get("file_uploader")
    screen = press(screen, "Upload files")
    assert screen.get("file_uploader")


@pytest.mark.parametrize("view", ["scheduled", "published", "failed", "trash"])
def test_every_other_empty_list_leads_back_to_the_drafts(anna, open_page, view):
    screen = open_page(CONTENT, view=view)
    screen = press(screen, "Go to the drafts")
    assert "No drafts" in said(screen)


@pytest.mark.parametrize("status", ["draft", "scheduled", "published", "failed"])
def test_each_list_shows_its_own_posts(runtime, anna, account, open_page, status):
    for one in ("draft", "scheduled", "published", "failed", "review"):
        add(runtime, anna, account, status=one, title=f"A {one} picture")
    shown = table(open_page(CONTENT, view=status))
    assert f"A {status} picture " in shown
    assert shown.count("A ") == 1


def test_work_under_way_is_listed_with_what_is_scheduled(runtime, anna, account, open_page):
    add(runtime, anna, account, status="publishing", title="Half there")
    assert "Half there" in table(open_page(CONTENT, view="scheduled"))


def test_the_lists_say_how_much_is_in_each(runtime, anna, account, open_page):
    add(runtime, anna, count=3)
    add(runtime, anna, status="failed", count=2)
    add(runtime, anna, deleted_at=utc_now())
    labels = [button.label for button in open_page(CONTENT).button]
    for label in ("Drafts :gray[3]", "Scheduled :gray[0]", "Published :gray[0]", "Failed :red[2]", "Trash :gray[1]"):
        assert label in labels


def test_another_list_is_chosen_and_begins_at_its_first_page(runtime, anna, account, open_page):
    add(runtime, anna, account, status="published", title="Harbour")
    screen = press(open_page(CONTENT, view="failed", page="4", sort="title"), "Published :gray[1]")
    assert "Harbour" in table(screen)
    assert (screen.query_params.get("page"), screen.query_params.get("sort")) == (None, None)


def test_a_scheduled_time_shows_its_jitter_window_in_the_zone_of_the_person(runtime, anna, account, open_page):
    at = (utc_now() + DAY).replace(hour=9, minute=0, second=0, microsecond=0)
    late = at + timedelta(seconds=200)
    add(runtime, anna, account, **scheduled(at, jitter_seconds=200, actual_publish_at=late, due_at=late))
    screen = open_page(CONTENT, view="scheduled")
    # Vienna is one or two hours ahead of UTC, depending on the season.
    assert any(window in table(screen) for window in ("10:00–10:04", "11:00–11:04"))
    assert "Times are in Europe/Vienna." in said(screen)


def test_a_post_with_a_live_lease_is_being_worked_on(runtime, anna, account, open_page):
    with runtime.database.session() as session:
        post = make_deviation(session, anna, account, status="uploading")
        lease(post, at=utc_now())
    assert "Working now" in table(open_page(CONTENT, view="scheduled"))


@pytest.mark.parametrize(
    ("reason", "advice"),
    [(HoldReason.LATE, "Publish it now or choose another time"), (HoldReason.AGREEMENT, "Connect › Accounts")],
)
def test_a_held_post_says_why_and_what_to_do(runtime, anna, account, open_page, reason, advice):
    add(runtime, anna, account, status="scheduled", hold_reason=reason)
    screen = open_page(CONTENT, view="scheduled", layout="grid")
    assert f"Held: {reason.value}" in scripts(screen)
    assert advice in scripts(screen)


def test_posts_of_a_lost_account_say_that_it_must_be_connected_again(runtime, anna, open_page):
    with runtime.database.session() as session:
        lost = make_account(session, anna, username="anna-lost", state=AccountState.RECONNECT)
        make_deviation(session, anna, lost, status="scheduled")
    screen = open_page(CONTENT, view="scheduled", layout="grid")
    assert "anna-lost must be connected again" in scripts(screen)


def test_published_posts_link_to_where_they_are(runtime, anna, account, open_page):
    add(runtime, anna, account, status="published", deviation_url="https://sandbox.test/art/9")
    assert "https://sandbox.test/art/9" in table(open_page(CONTENT, view="published"))
    cards = scripts(open_page(CONTENT, view="published", layout="grid"))
    assert 'href="https://sandbox.test/art/9"' in cards
    assert "View in the sandbox" in cards


def test_the_account_of_the_stand_in_is_marked(runtime, anna, account, open_page):
    add(runtime, anna, account)
    assert "anna-paints · sandbox" in table(open_page(CONTENT))


def test_a_failed_post_shows_what_happened_and_is_retried(runtime, anna, account, open_page):
    (failed,) = add(runtime, anna, account, status="failed", error_message="The title is not allowed.")
    assert "The title is not allowed." in table(open_page(CONTENT, view="failed"))
    screen = open_page(CONTENT, view="failed", layout="grid")
    assert "The title is not allowed." in scripts(screen)
    screen = press(screen, "Retry")
    assert row_of(runtime, failed).status is DeviationStatus.SCHEDULED
    assert "put first in line again" in said(screen)


def test_the_filters_of_the_address_are_applied(runtime, anna, account, open_page):
    add(runtime, anna, account, title="Dunes at noon", tags=["sand"], is_mature=True, mature_level="moderate")
    add(runtime, anna, title="Harbour", is_ai_generated=True)
    for query in ({"q": "dunes"}, {"tag": "sand"}, {"mature": "yes"}, {"ai": "no"}, {"account": account.id}):
        shown = table(open_page(CONTENT, **query))
        assert "Dunes at noon" in shown, query
        assert "Harbour" not in shown, query


def test_a_search_without_a_hit_offers_to_clear_it(runtime, anna, open_page):
    add(runtime, anna, title="Harbour")
    screen = open_page(CONTENT, q="no such thing", ai="no")
    assert "Nothing matches" in said(screen)
    assert "Harbour" in table(press(screen, "Clear all filters"))


def test_nonsense_in_the_address_shows_the_drafts(runtime, anna, open_page):
    add(runtime, anna, title="Harbour")
    screen = open_page(CONTENT, view="nowhere", sort="sideways", layout="spiral", page="-3", mature="perhaps")
    assert "Harbour" in table(screen)


def test_lists_go_page_by_page(runtime, anna, open_page):
    for number in range(53):
        add(runtime, anna, title=f"Study {number:02}", created_at=utc_now() - timedelta(minutes=number))
    first, second = open_page(CONTENT), open_page(CONTENT, page="2")
    assert "Study 49" in table(first) and "Study 50" not in table(first)
    assert "Study 52" in table(second) and "Study 49" not in table(second)
    assert "Study 52" in table(open_page(CONTENT, page="99"))


def test_another_persons_posts_are_not_there(runtime, anna, open_page):
    with runtime.database.session() as session:
        strange = make_deviation(session, make_user(session, "charlie"), title="A secret").id
    screen = open_page(CONTENT, open=strange)
    assert "There is no such deviation" in said(screen)
    assert "A secret" not in said(screen) + table(screen) + scripts(screen)


def test_titles_cannot_smuggle_in_markup(runtime, anna, account, open_page):
    title = '<img src=x onerror="alert(1)">'
    add(runtime, anna, account, status="failed", title=title, error_message=title)
    screen = open_page(CONTENT, view="failed", layout="grid")
    assert "<img src=x" not in scripts(screen)
    assert "&lt;img src=x" in scripts(screen)


def test_a_chosen_post_is_taken_out_of_the_trash_and_put_back_by_undo(runtime, anna, open_page):
    kept, other = add(runtime, anna, count=2, deleted_at=utc_now())
    screen = press(choose(open_page(CONTENT, view="trash", layout="grid"), kept), "Restore")
    assert row_of(runtime, kept).deleted_at is None
    assert row_of(runtime, other).deleted_at is not None
    assert "taken out of the trash" in said(screen)
    screen = press(screen, "Undo")
    assert row_of(runtime, kept).deleted_at is not None
    assert "put back" in said(screen)


def test_the_whole_page_is_chosen_with_one_button(runtime, anna, open_page):
    gone = add(runtime, anna, count=3, deleted_at=utc_now())
    screen = press(open_page(CONTENT, view="trash", layout="grid"), "Select this page")
    assert "**3 selected**" in said(screen)
    press(screen, "Restore")
    assert all(row_of(runtime, one).deleted_at is None for one in gone)


def test_all_that_match_reaches_beyond_the_page(runtime, anna, open_page):
    wanted = add(runtime, anna, count=55, deleted_at=utc_now(), title="Dune")
    (other,) = add(runtime, anna, deleted_at=utc_now(), title="Harbour")
    screen = press(open_page(CONTENT, view="trash", layout="grid", q="dune"), "Select this page")
    screen = press(screen, "Select all 55 that match")
    assert "**55 selected**" in said(screen)
    press(screen, "Restore")
    assert all(row_of(runtime, one).deleted_at is None for one in wanted)
    assert row_of(runtime, other).deleted_at is not None


def test_unticking_one_ends_the_choice_of_all_that_match(runtime, anna, open_page):
    gone = add(runtime, anna, count=55, deleted_at=utc_now())
    screen = press(open_page(CONTENT, view="trash", layout="grid"), "Select this page")
    screen = press(screen, "Select all 55 that match")
    next(box for box in screen.checkbox if box.value).uncheck()
    screen = run(screen)
    assert "**49 selected**" in said(screen)
    press(screen, "Restore")
    assert sum(row_of(runtime, one).deleted_at is None for one in gone) == 49


def test_a_post_without_an_account_goes_out_with_the_default_one(runtime, anna, account, open_page):
    (homeless,) = add(runtime, anna, status="failed")
    press(open_page(CONTENT, view="failed", layout="grid"), "Retry")
    row = row_of(runtime, homeless)
    assert (row.status, row.account_id) == (DeviationStatus.SCHEDULED, account.id)


def test_an_action_tells_of_each_post_it_skipped(runtime, anna, open_page):
    with runtime.database.session() as session:
        chosen = make_account(session, anna)
        make_account(session, anna)  # two, and none is the default
    good, bad = add(runtime, anna, chosen, status="failed"), add(runtime, anna, status="failed", title="Homeless")
    screen = press(open_page(CONTENT, view="failed", layout="grid"), "Select this page")
    next(one for one in screen.button if one.label == "Retry" and one.key.startswith("bulk-")).click()
    screen = run(screen)
    assert row_of(runtime, good[0]).status is DeviationStatus.SCHEDULED
    assert row_of(runtime, bad[0]).status is DeviationStatus.FAILED
    assert "1 post was skipped" in said(screen)
    assert "No DeviantArt account is chosen" in said(screen)


def test_a_notice_is_put_away(runtime, anna, account, open_page):
    add(runtime, anna, account, status="failed")
    screen = press(open_page(CONTENT, view="failed", layout="grid"), "Retry")
    next(one for one in screen.button if one.key == "notice-close").click()
    assert "put first in line again" not in said(run(screen))


def test_ratings_and_projects_are_columns_where_there_are_any_and_filters_of_the_address(
    runtime, anna, account, open_page
):
    add(runtime, anna, account, title="Harbour")
    assert "★" not in table(open_page(CONTENT))
    add(runtime, anna, account, title="Dunes at noon", rating=4, project="Walking sands")
    shown = table(open_page(CONTENT))
    assert "★★★★" in shown and "Walking sands" in shown
    for query in ({"rating": "4"}, {"project": "Walking sands"}):
        shown = table(open_page(CONTENT, **query))
        assert "Dunes at noon" in shown and "Harbour" not in shown
    assert "Dunes at noon" not in table(open_page(CONTENT, rating="5"))
    assert "Harbour" in table(open_page(CONTENT, rating="nonsense"))
    shown = table(open_page(CONTENT, sort="rating"))
    assert shown.index("Dunes at noon") < shown.index("Harbour")
