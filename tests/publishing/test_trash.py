"""Review, trash, and what is left of a post that is gone."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from core.media import blobs
from core.media.models import Blob
from core.publishing import deviations, review, trash
from core.publishing.execution.work import PUBLISH
from core.publishing.models import Deviation, DeviationFile, DeviationStatus, PublishAttempt
from core.system.models import AuditEvent, StorageRemoval
from tests.factories import (
    DAY,
    HOUR,
    NOON,
    lease,
    make_attempt,
    make_blob,
    make_deviation,
    make_file,
    make_intent,
    make_user,
)  # fmt: skip


def exists(session, model, row_id) -> bool:
    return session.scalar(select(func.count()).select_from(model).where(model.id == row_id)) == 1


def test_approving_makes_drafts_and_can_be_taken_back(session, alice, actor):
    posts = [make_deviation(session, alice, status="review") for _ in range(2)]
    ids = [post.id for post in posts]
    assert len(review.approve(session, actor, ids, now=NOON).changed) == 2
    assert {post.status for post in posts} == {DeviationStatus.DRAFT}
    review.undo_approve(session, actor, ids, now=NOON)
    assert {post.status for post in posts} == {DeviationStatus.REVIEW}


def test_one_that_is_judged_already_does_not_stop_the_others(session, alice, actor):
    done, waiting = make_deviation(session, alice), make_deviation(session, alice, status="review")
    report = review.approve(session, actor, [done.id, waiting.id], now=NOON)
    assert len(report.changed) == len(report.skipped) == 1 and waiting.status is DeviationStatus.DRAFT


def test_rejecting_is_the_trash_and_restoring_brings_it_back_into_review(session, alice, actor):
    post = make_deviation(session, alice, status="review")
    review.reject(session, actor, [post.id], now=NOON)
    assert post.deleted_at == NOON
    trash.restore(session, actor, [post.id], now=NOON)
    assert (post.deleted_at, post.status) == (None, DeviationStatus.REVIEW)


def test_only_what_awaits_review_is_rejected(session, alice, actor):
    post = make_deviation(session, alice)
    assert review.reject(session, actor, [post.id], now=NOON).skipped and post.deleted_at is None


def test_a_scheduled_post_is_cancelled_before_it_goes_to_the_trash(session, alice, actor, account):
    post = make_deviation(session, alice, account, status="scheduled")
    (item,) = trash.delete(session, actor, [post.id], now=NOON).items
    assert (post.status, post.due_at, post.deleted_at) == (DeviationStatus.DRAFT, None, NOON)
    assert "comes back as a draft" in item.warnings[0]


def test_a_post_that_is_being_sent_or_may_be_public_is_not_thrown_away(session, alice, actor, account):
    held = make_deviation(session, alice, account, status="scheduled")
    lease(held)
    unknown = make_deviation(session, alice, account, status="publishing", files=0)
    make_intent(session, make_file(session, unknown, make_blob(session, alice)).id, PUBLISH)
    report = trash.delete(session, actor, [held.id, unknown.id], now=NOON)
    assert len(report.skipped) == 2 and held.deleted_at is unknown.deleted_at is None


def test_what_is_in_the_trash_is_neither_deleted_again_nor_restored_twice(session, alice, actor):
    post = make_deviation(session, alice)
    assert trash.delete(session, actor, [post.id], now=NOON).changed
    assert trash.delete(session, actor, [post.id], now=NOON).skipped
    assert trash.restore(session, actor, [post.id], now=NOON).changed
    assert trash.restore(session, actor, [post.id], now=NOON).skipped


def test_charlie_judges_deletes_restores_and_purges_nothing(session, alice, charlie):
    waiting, gone = make_deviation(session, alice, status="review"), make_deviation(session, alice, deleted_at=NOON)
    for act, post in (
        (review.approve, waiting),
        (review.reject, waiting),
        (review.undo_approve, waiting),
        (trash.delete, waiting),
        (trash.restore, gone),
        (trash.purge, gone),
    ):
        report = act(session, charlie, [post.id], now=NOON)
        assert not report.changed and "no such deviation" in (report.items[0].reason or "")
    assert waiting.deleted_at is None and exists(session, Deviation, gone.id)


def test_purging_takes_rows_and_hands_objects_over_for_removal(session, alice, actor):
    post = make_deviation(session, alice, files=2, deleted_at=NOON)
    make_attempt(session, post)
    keys = {key for blob in session.scalars(select(Blob)) for key in blobs.all_keys(blob.storage_key)}
    assert trash.purge(session, actor, [post.id], now=NOON + HOUR).changed
    for model in (Deviation, DeviationFile, PublishAttempt, Blob):
        assert session.scalar(select(func.count()).select_from(model)) == 0, model
    removals = session.scalars(select(StorageRemoval)).all()
    assert {removal.key for removal in removals} == keys and len(removals) == 8
    assert all(removal.not_before > NOON + HOUR for removal in removals)
    event = session.scalars(select(AuditEvent).where(AuditEvent.action == "deviation.purged")).one()
    assert event.before is not None and event.before["title"] == post.title


def test_a_picture_that_another_post_shows_stays(session, alice, actor):
    blob = make_blob(session, alice)
    gone = make_deviation(session, alice, blobs=[blob], deleted_at=NOON)
    make_deviation(session, alice, blobs=[blob], deleted_at=NOON)  # in the trash counts too: it may come back
    trash.purge(session, actor, [gone.id], now=NOON)
    assert exists(session, Blob, blob.id) and not session.scalars(select(StorageRemoval)).all()


def test_only_what_is_in_the_trash_is_purged(session, alice, actor):
    post = make_deviation(session, alice)
    assert trash.purge(session, actor, [post.id], now=NOON).skipped and exists(session, Deviation, post.id)


def test_the_sidecar_clears_out_what_is_older_than_the_retention_of_everybody(session, alice):
    bob = make_user(session, "bob")
    old = [make_deviation(session, person, deleted_at=NOON - 91 * DAY) for person in (alice, bob, alice)]
    kept = [make_deviation(session, alice, deleted_at=NOON - 89 * DAY), make_deviation(session, alice)]
    assert trash.purge_expired(session, older_than=timedelta(days=90), limit=2, now=NOON) == 2
    assert trash.purge_expired(session, older_than=timedelta(days=90), now=NOON) == 1
    assert trash.purge_expired(session, older_than=timedelta(days=90), now=NOON) == 0
    assert not any(exists(session, Deviation, post.id) for post in old)
    assert all(exists(session, Deviation, post.id) for post in kept)


def test_a_blob_of_somebody_else_is_never_released(session, alice, charlie):
    blob = make_blob(session, alice)
    assert blobs.release(session, charlie.user_id, [blob.id], now=NOON) == []
    assert blobs.release(session, alice.id, [blob.id], now=NOON) == [blob.id]


def test_a_duplicate_has_the_fields_and_files_and_none_of_the_fate(session, alice, actor, account):
    original = make_deviation(
        session, alice, account, status="published", files=2, tags=["a"], is_mature=True, mature_level="strict",
        stash_item_id="9", retry_count=3, publish_options={"request_critique": True},
    )  # fmt: skip
    copy = deviations.duplicate(session, actor, original.id, now=NOON + HOUR)
    assert (copy.status, copy.created_at) == (DeviationStatus.DRAFT, NOON + HOUR)
    assert (copy.title, copy.tags, copy.publish_options) == (original.title, ["a"], {"request_critique": True})
    assert (copy.deviation_id, copy.deviation_url, copy.stash_item_id, copy.published_at) == (None, None, None, None)
    assert (copy.retry_count, copy.upload_mode) == (0, original.upload_mode)
    files = session.scalars(select(DeviationFile).where(DeviationFile.deviation_id == copy.id)).all()
    theirs = session.scalars(select(DeviationFile.blob_id).where(DeviationFile.deviation_id == original.id)).all()
    assert sorted(file.blob_id for file in files) == sorted(theirs)
    assert all(file.stash_item_id is None and file.remote_deviation_id is None for file in files)
    copy.tags.append("b")
    assert original.tags == ["a"]


def test_charlie_duplicates_nothing(session, alice, charlie):
    from core.publishing.errors import DeviationNotFound

    with pytest.raises(DeviationNotFound):
        deviations.duplicate(session, charlie, make_deviation(session, alice).id, now=NOON)
