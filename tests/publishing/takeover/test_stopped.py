"""Which takeovers of galleries stopped with an error and wait for their person."""

import pytest

from core.publishing.statistics.models import GalleryImport, GalleryImportStatus
from core.publishing.takeover.stopped import list_stopped
from core.system.actors import Actor
from tests.factories import DAY, NOON, make_account, make_actor, make_user


def make_run(session, account, status: GalleryImportStatus, *, error: str | None = None, started_at=NOON) -> None:
    session.add(
        GalleryImport(user_id=account.user_id, account_id=account.id, status=status, error_message=error,
                      due_at=NOON, started_at=started_at)
    )  # fmt: skip
    session.flush()


@pytest.mark.parametrize("status", [GalleryImportStatus.PAUSED, GalleryImportStatus.FAILED])
def test_one_that_stopped_says_why(session, status):
    anna = make_user(session, "anna")
    account = make_account(session, anna)
    make_run(session, account, status, error="DeviantArt refused.")
    found = list_stopped(session, Actor.person(anna.id))
    assert [(one.account_id, one.username, one.reason) for one in found] == [
        (account.id, account.username, "DeviantArt refused.")
    ]
    assert list_stopped(session, make_actor(session, "bob")) == ()


def test_one_that_its_person_paused_or_that_tries_again_waits_for_nobody(session):
    anna = make_user(session, "anna")
    make_run(session, make_account(session, anna), GalleryImportStatus.PAUSED)
    make_run(session, make_account(session, anna), GalleryImportStatus.RUNNING, error="DeviantArt did not answer.")
    assert list_stopped(session, Actor.person(anna.id)) == ()


def test_only_an_accounts_newest_takeover_counts(session):
    anna = make_user(session, "anna")
    account = make_account(session, anna)
    make_run(session, account, GalleryImportStatus.FAILED, error="DeviantArt refused.", started_at=NOON - DAY)
    make_run(session, account, GalleryImportStatus.DONE)
    assert list_stopped(session, Actor.person(anna.id)) == ()
