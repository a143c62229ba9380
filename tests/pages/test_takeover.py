"""Taking over a gallery from the Accounts screen."""

from datetime import timedelta

import pytest

from core.clock import utc_now
from core.publishing.models import Deviation
from core.publishing.statistics.models import GalleryImport, GalleryImportStatus
from tests.factories import HOUR, make_account, make_deviation
from tests.screens.support import press, said

ACCOUNTS = "pages/connect/accounts.py"
S = GalleryImportStatus


@pytest.fixture
def account(runtime, anna):
    now = utc_now()
    with runtime.database.session() as session:
        return make_account(
            session, anna, username="anna-paints", expires_at=now + HOUR,
            refresh_token_expires_at=now + timedelta(days=90),
        )  # fmt: skip


@pytest.fixture
def taking(runtime, anna, account):
    """A takeover as it stands: ``taking(S.PAUSED, found=30, imported=20)``."""

    def add(status: GalleryImportStatus, **fields) -> str:
        now = utc_now()
        with runtime.database.session() as session:
            row = GalleryImport(
                user_id=anna.id, account_id=account.id, status=status, due_at=now + HOUR, started_at=now, **fields
            )
            session.add(row)
            session.flush()
            return row.id

    return add


def the_run(runtime) -> GalleryImport:
    with runtime.database.read() as session:
        (row,) = session.query(GalleryImport)
        return row


def test_it_is_started_with_one_button_and_shows_how_far_it_is(runtime, account, open_page):
    screen = open_page(ACCOUNTS)
    assert "Everything in the gallery is listed here as published" in said(screen)
    screen = press(screen, "Start")
    assert the_run(runtime).status is S.RUNNING
    assert "Taking over the gallery." in said(screen)


@pytest.mark.parametrize(
    ("status", "label", "after"),
    [
        (S.RUNNING, "Pause", S.PAUSED), (S.PAUSED, "Resume", S.RUNNING), (S.FAILED, "Resume", S.RUNNING),
        (S.RUNNING, "Cancel", S.CANCELLED), (S.PAUSED, "Cancel", S.CANCELLED),
    ],
)  # fmt: skip
def test_it_can_be_paused_resumed_and_cancelled(runtime, taking, open_page, status, label, after):
    taking(status, found=30, imported=20, known=10, error_message="DeviantArt was away.")
    screen = open_page(ACCOUNTS)
    assert "30 works looked at, 20 new here, 10 known" in said(screen)
    assert "DeviantArt was away." in said(screen)
    press(screen, label)
    assert the_run(runtime).status is after


def test_what_was_taken_over_is_removed_together_and_put_back(runtime, anna, account, taking, open_page):
    taking(S.DONE, found=2, imported=2, finished_at=utc_now())
    with runtime.database.session() as session:
        for _ in range(2):
            make_deviation(session, anna, account, status="published", imported_at=utc_now())
    screen = open_page(ACCOUNTS)
    assert "Move 2 works to the trash here?" in said(screen)
    screen = press(screen, "Move to the trash")
    assert "2 works moved to the trash." in said(screen)
    with runtime.database.read() as session:
        assert all(post.deleted_at for post in session.query(Deviation))
    press(screen, "Undo")
    with runtime.database.read() as session:
        assert not any(post.deleted_at for post in session.query(Deviation))
