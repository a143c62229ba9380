"""The Review screen: empty, one by one, many at once; what becomes of what is judged."""

from datetime import timedelta

import pytest

from core.clock import utc_now
from core.publishing.models import Deviation, DeviationStatus
from tests.factories import make_blob, make_deviation, make_user
from tests.screens.support import press, run, said, scripts

REVIEW = "pages/publish/review.py"


@pytest.fixture
def waiting(runtime, anna):
    """Three delivered pictures, oldest first."""
    began = utc_now() - timedelta(minutes=10)
    titles = ("First light", "Second wind", "Third wave")
    with runtime.database.session() as session:
        return [
            make_deviation(session, anna, status="review", title=title, created_at=began + timedelta(minutes=place)).id
            for place, title in enumerate(titles)
        ]


def state_of(runtime, deviation_id: str) -> tuple[DeviationStatus, bool]:
    with runtime.database.read() as session:
        row = session.get(Deviation, deviation_id)
        assert row is not None
        return row.status, row.deleted_at is not None


def button(screen, label: str):
    return next(one for one in screen.button if one.label == label)


def test_nothing_to_review_leads_to_the_content(anna, open_page):
    screen = open_page(REVIEW)
    assert "Nothing to review" in said(screen)
    assert "No drafts" in said(press(screen, "Go to Content"))


def test_the_oldest_delivery_comes_first_with_what_is_known_of_it(runtime, anna, open_page):
    now = utc_now()
    embedded = {"prompt": "a lighthouse at dusk", "seed": 3141592653, "model": "seaside_v3", "size": [832, 1216]}
    with runtime.database.session() as session:
        blob = make_blob(session, anna, embedded=embedded)
        make_deviation(session, anna, status="review", title="Lighthouse", blobs=[blob], tags=["sea"],
                       is_ai_generated=True, is_mature=True, mature_level="strict", created_at=now)  # fmt: skip
        make_deviation(session, anna, status="review", title="Later", created_at=now + timedelta(minutes=1))
    screen = open_page(REVIEW)
    words = said(screen)
    for part in ("Lighthouse", "640 × 480", "a lighthouse at dusk", "3141592653", "seaside\\_v3", "832 × 1216", "sea",
                 "Made with AI", "Mature · strict", "1 of 2 to review"):  # fmt: skip
        assert part in words, part
    assert f"/blobs/{blob.id}/800" in scripts(screen)
    assert "Times are in Europe/Vienna." in words


def test_a_picture_without_a_word_about_its_making_says_so(waiting, open_page):
    assert "says nothing about how it was made" in said(open_page(REVIEW))


def test_approving_makes_a_draft_and_shows_the_next(runtime, waiting, open_page):
    screen = press(open_page(REVIEW), "Approve")
    assert state_of(runtime, waiting[0]) == (DeviationStatus.DRAFT, False)
    assert "“First light” was approved" in said(screen)
    assert screen.header[0].value == "Second wind"


def test_rejecting_moves_to_the_trash_and_undo_brings_it_back_into_review(runtime, waiting, open_page):
    screen = press(open_page(REVIEW, at=waiting[1]), "Reject")
    assert state_of(runtime, waiting[1]) == (DeviationStatus.REVIEW, True)
    assert screen.header[0].value == "Third wave"
    press(screen, "Undo")
    assert state_of(runtime, waiting[1]) == (DeviationStatus.REVIEW, False)


def test_an_approval_is_undone(runtime, waiting, open_page):
    press(press(open_page(REVIEW), "Approve"), "Undo")
    assert state_of(runtime, waiting[0]) == (DeviationStatus.REVIEW, False)


def test_one_goes_back_and_forth_without_judging(runtime, waiting, open_page):
    screen = open_page(REVIEW)
    assert button(screen, "Previous").disabled
    screen = press(press(screen, "Next"), "Next")
    assert screen.header[0].value == "Third wave"
    assert button(screen, "Next").disabled
    assert press(screen, "Previous").header[0].value == "Second wind"
    assert {state_of(runtime, one) for one in waiting} == {(DeviationStatus.REVIEW, False)}


def test_the_answers_have_keys(waiting, open_page):
    screen = open_page(REVIEW)
    keys = {one.label: one.proto.shortcut for one in screen.button if one.proto.shortcut}
    assert keys["Approve"].lower() == "a"
    assert keys["Approve this one"].lower() == "enter"
    assert keys["Reject"].lower() == "x"


def test_the_keys_rest_while_a_drawer_covers_the_picture(waiting, open_page):
    screen = open_page(REVIEW, open=waiting[0])
    assert all(button(screen, label).disabled for label in ("Approve", "Approve this one", "Reject"))


def test_judging_the_last_one_leaves_the_empty_screen_with_its_undo(runtime, anna, open_page):
    with runtime.database.session() as session:
        last = make_deviation(session, anna, status="review").id
    screen = press(open_page(REVIEW), "Approve")
    assert "Nothing to review" in said(screen)
    press(screen, "Undo")
    assert state_of(runtime, last) == (DeviationStatus.REVIEW, False)


def test_many_are_approved_at_once(runtime, waiting, open_page):
    screen = open_page(REVIEW, layout="grid")
    assert button(screen, "Approve").disabled
    for one in waiting[:2]:
        next(box for box in screen.checkbox if box.key.endswith(one)).check()
    screen = press(run(screen), "Approve 2")
    assert [state_of(runtime, one)[0] for one in waiting] == ["draft", "draft", "review"]
    assert "2 posts were approved" in said(screen)


def test_everything_that_waits_is_rejected_at_once(runtime, anna, open_page):
    with runtime.database.session() as session:
        ids = [make_deviation(session, anna, status="review").id for _ in range(53)]
    screen = press(open_page(REVIEW, layout="grid"), "Select this page")
    screen = press(press(screen, "Select all 53"), "Reject 53")
    assert all(state_of(runtime, one)[1] for one in ids)
    press(screen, "Undo")
    assert not any(state_of(runtime, one)[1] for one in ids)


def test_what_was_judged_elsewhere_meanwhile_is_told(runtime, waiting, open_page):
    screen = open_page(REVIEW)
    with runtime.database.session() as session:
        session.get(Deviation, waiting[0]).status = DeviationStatus.DRAFT
    screen = press(screen, "Reject")
    assert state_of(runtime, waiting[0]) == (DeviationStatus.DRAFT, False)
    # The screen had been drawn with it; by now it looks at what really waits.
    assert screen.header[0].value == "Second wind"


def test_another_persons_deliveries_are_not_there(runtime, anna, open_page):
    with runtime.database.session() as session:
        strange = make_deviation(session, make_user(session, "charlie"), status="review", title="A secret").id
    screen = open_page(REVIEW, at=strange, open=strange)
    assert "Nothing to review" in said(screen)
    assert "A secret" not in said(screen) + scripts(screen)
