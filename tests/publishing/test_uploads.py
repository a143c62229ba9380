"""The files of a post."""

import pytest
from sqlalchemy import select

from core.publishing import uploads
from core.publishing.errors import ChangeRefused, DeviationBusy, DeviationNotFound, FileRefused, NotEditable
from core.publishing.models import DeviationFile, UploadMode
from core.system.models import AuditEvent
from tests.factories import NOON, lease, make_blob, make_deviation, make_file, make_user


def names(session, post):
    query = select(DeviationFile.original_filename).where(DeviationFile.deviation_id == post.id)
    return list(session.scalars(query.order_by(DeviationFile.sort_order)))


def ids(session, post):
    query = select(DeviationFile.id).where(DeviationFile.deviation_id == post.id)
    return list(session.scalars(query.order_by(DeviationFile.sort_order)))


def test_attached_files_come_last_and_several_go_out_as_several(session, alice, actor):
    post = make_deviation(session, alice)
    added = uploads.attach(
        session, actor, post.id, [(make_blob(session, alice), "b.png"), (make_blob(session, alice), "c.png")], now=NOON
    )
    assert [file.sort_order for file in added] == [1, 2]
    assert names(session, post)[1:] == ["b.png", "c.png"]
    assert post.upload_mode is UploadMode.MULTIPLE and post.execution_version == 1


def test_no_more_than_the_limit(session, alice, actor):
    post = make_deviation(session, alice, files=2)
    blob = make_blob(session, alice)
    with pytest.raises(FileRefused, match="at most 2"):
        uploads.attach(session, actor, post.id, [(blob, "b.png")], max_files=2, now=NOON)
    assert len(ids(session, post)) == 2


def test_another_persons_file_cannot_be_attached(session, alice, actor):
    bob = make_user(session, "bob")
    post = make_deviation(session, alice)
    with pytest.raises(FileRefused, match="not one of your files"):
        uploads.attach(session, actor, post.id, [(make_blob(session, bob), "b.png")], now=NOON)


def test_down_to_one_file_a_post_goes_out_as_one_again(session, alice, actor):
    post = make_deviation(session, alice, files=2)
    uploads.remove_file(session, actor, post.id, ids(session, post)[0], now=NOON)
    assert post.upload_mode is UploadMode.SINGLE and len(ids(session, post)) == 1


def test_the_last_file_of_a_draft_may_go_but_not_that_of_a_scheduled_post(session, alice, actor, account):
    draft, queued = make_deviation(session, alice), make_deviation(session, alice, account, status="scheduled")
    uploads.remove_file(session, actor, draft.id, ids(session, draft)[0], now=NOON)
    assert ids(session, draft) == []
    with pytest.raises(ChangeRefused, match="needs a file"):
        uploads.remove_file(session, actor, queued.id, ids(session, queued)[0], now=NOON)


def test_a_file_that_is_public_stays(session, alice, actor, account):
    post = make_deviation(session, alice, account, status="failed")
    file = make_file(session, post, make_blob(session, alice), sort_order=1, remote_deviation_id="r")
    with pytest.raises(NotEditable, match="on DeviantArt already"):
        uploads.remove_file(session, actor, post.id, file.id, now=NOON)


def test_a_file_of_another_post_cannot_be_removed_through_this_one(session, alice, actor):
    one, two = make_deviation(session, alice), make_deviation(session, alice)
    with pytest.raises(ChangeRefused, match="not part of the post"):
        uploads.remove_file(session, actor, one.id, ids(session, two)[0], now=NOON)
    assert len(ids(session, two)) == 1


def test_files_are_put_in_order(session, alice, actor):
    post = make_deviation(session, alice, files=3)
    wanted = list(reversed(ids(session, post)))
    uploads.reorder(session, actor, post.id, wanted, now=NOON)
    assert ids(session, post) == wanted
    event = session.scalars(select(AuditEvent).where(AuditEvent.subject_id == post.id)).one()
    assert event.after == {"files": names(session, post)}


def test_an_order_that_changes_nothing_is_no_change(session, alice, actor):
    post = make_deviation(session, alice, files=3)
    uploads.reorder(session, actor, post.id, ids(session, post), now=NOON)
    assert post.execution_version == 0 and not session.scalars(select(AuditEvent)).all()


def test_an_order_must_name_each_file_of_this_post_once(session, alice, actor):
    post, other = make_deviation(session, alice, files=2), make_deviation(session, alice)
    one, two = ids(session, post)
    for wrong in ([one], [one, one], [one, two, two], [one, ids(session, other)[0]], []):
        with pytest.raises(ChangeRefused, match="Reload"):
            uploads.reorder(session, actor, post.id, wrong, now=NOON)
    assert ids(session, post) == [one, two]


def test_files_of_a_post_that_is_being_sent_or_is_out_stay_as_they_are(session, alice, actor, account):
    held = make_deviation(session, alice, account, status="uploading", files=2)
    lease(held)
    out = make_deviation(session, alice, account, status="published", files=2)
    session.flush()
    for post, error in ((held, DeviationBusy), (out, NotEditable)):
        with pytest.raises(error):
            uploads.attach(session, actor, post.id, [(make_blob(session, alice), "b.png")], now=NOON)
        with pytest.raises(error):
            uploads.remove_file(session, actor, post.id, ids(session, post)[0], now=NOON)
        with pytest.raises(error):
            uploads.reorder(session, actor, post.id, list(reversed(ids(session, post))), now=NOON)


def test_charlie_touches_no_file(session, alice, charlie):
    post = make_deviation(session, alice, files=2)
    with pytest.raises(DeviationNotFound):
        uploads.attach(session, charlie, post.id, [], now=NOON)
    with pytest.raises(DeviationNotFound):
        uploads.remove_file(session, charlie, post.id, ids(session, post)[0], now=NOON)
    with pytest.raises(DeviationNotFound):
        uploads.reorder(session, charlie, post.id, ids(session, post), now=NOON)


@pytest.mark.parametrize(
    ("given", "shown"),
    [("a/b\\c.png", "c.png"), ("", "file"), ("\x00\n", "file"), ("x" * 300 + ".png", "x" * 251 + ".png"),
     ("y" * 300, "y" * 255)],
)  # fmt: skip
def test_a_name_is_only_a_name(given, shown):
    assert uploads.shown_name(given) == shown
