"""Taking over a gallery: what comes in, what stays away, and that it can be interrupted anywhere."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from core.clock import SKEW
from core.identity.models import Account, AccountState
from core.media.blobs import all_keys
from core.publishing import trash
from core.publishing.detail import get_detail
from core.publishing.execution.work import PUBLISH
from core.publishing.models import DeviationFile, DeviationStatus, MatureLevel
from core.publishing.providers import ErrorCategory
from core.publishing.statistics.models import GalleryImportStatus
from core.publishing.takeover import outcomes, removing, runs
from core.publishing.takeover.errors import TakeoverNotFound, TakeoverRefused
from core.publishing.takeover.fetching import NO_PICTURE
from core.publishing.takeover.providers import GalleryWork, WorkDescription
from core.publishing.takeover.walking import LEASE, Walker
from core.system.actors import Actor
from core.system.models import AuditEvent, Notification
from tests.factories import DAY, HOUR, NOON, make_account, make_deviation, make_intent, make_user

S = GalleryImportStatus


def test_every_work_becomes_a_published_post_with_its_picture(rig):
    rig.fill(5)
    import_id = rig.start()
    assert rig.walker.walk_due() == 5
    run = rig.run_of(import_id)
    assert (run.status, run.found, run.imported, run.known) == (S.DONE, 5, 5, 0)
    assert run.finished_at == NOON and run.lock_id is None
    post = rig.posts()["w1"]
    assert (post.status, post.title, post.deviation_url) == (
        DeviationStatus.PUBLISHED, "Work 1 & more", "https://site.test/art/w1"
    )  # fmt: skip
    assert (post.published_at, post.imported_at) == (NOON - DAY, NOON)
    assert (post.tags, post.description) == (["sea", "light"], "<p>About 1</p>")
    with rig.database.read() as session:
        (file,) = get_detail(session, rig.actor, post.id, now=NOON).files
        assert file.remote_deviation_id == "w1"
        assert all(rig.store.exists(key) for key in all_keys(file.file.storage_key))
        assert session.scalar(select(Notification.title)) == f"The gallery of {rig.account.username} is taken over"


def test_details_of_a_work_are_kept_as_far_as_the_house_has_room(rig):
    rig.site.works = [
        GalleryWork("w0", "https://site.test/w0", "x" * 300, None, is_mature=True, allows_comments=False,
                    is_downloadable=True),
        GalleryWork("w1", "https://site.test/w1", " \0 ", NOON),
    ]  # fmt: skip
    rig.site.described = {
        "w0": WorkDescription("w0", "a\0b", [f"tag{n}" for n in range(80)] + ["y" * 200], "strict"),
        "w1": WorkDescription("w1", None, [], "strict"),
    }
    rig.start()
    assert rig.walker.walk_due() == 2
    first, second = rig.posts()["w0"], rig.posts()["w1"]
    assert (len(first.title), first.published_at, first.mature_level) == (200, None, MatureLevel.STRICT)
    assert (first.allow_comments, first.allow_free_download, len(first.tags)) == (False, True, 50)
    assert first.description == "ab"
    assert (second.title, second.is_mature, second.mature_level) == ("Untitled", False, None)


def test_what_is_here_already_is_counted_and_left_as_it_is(rig):
    rig.fill(4)
    with rig.database.session() as session:
        make_deviation(session, rig.user, rig.account, status="published", deviation_id="w1", title="Ours")
        several = make_deviation(session, rig.user, rig.account, status="published", files=0, deviation_id="other")
        blob = make_deviation(session, rig.user, rig.account).id
        file = session.scalar(select(DeviationFile).where(DeviationFile.deviation_id == blob))
        file.deviation_id, file.remote_deviation_id = several.id, "w2"
    import_id = rig.start()
    assert rig.walker.walk_due() == 2
    run = rig.run_of(import_id)
    assert (run.found, run.imported, run.known) == (4, 2, 2)
    assert rig.posts()["w1"].title == "Ours"
    rig.advance(hours=1)
    again = rig.start()
    assert rig.walker.walk_due() == 0
    assert (rig.run_of(again).found, rig.run_of(again).known) == (4, 4)


def test_a_withheld_picture_leaves_the_post_without_a_file_and_says_so_until_it_comes(rig):
    rig.fill(2)
    del rig.site.pictures["pic1"]
    rig.start()
    assert rig.walker.walk_due() == 2
    assert rig.posts()["w1"].error_message == NO_PICTURE
    with rig.database.read() as session:
        assert get_detail(session, rig.actor, rig.posts()["w1"].id, now=NOON).files == ()
    rig.fill(2)
    again = rig.start()
    assert rig.walker.walk_due() == 0
    assert rig.posts()["w1"].error_message is None
    with rig.database.read() as session:
        assert len(get_detail(session, rig.actor, rig.posts()["w1"].id, now=NOON).files) == 1
    assert rig.run_of(again).known == 2


def test_what_is_no_picture_is_told_on_its_post(rig):
    rig.fill(1)
    rig.site.pictures["pic0"] = b"<html>Sign in</html>"
    rig.start()
    assert rig.walker.walk_due() == 1
    assert rig.posts()["w0"].error_message
    assert rig.posts()["w0"].deviation_id == "w0"


def test_pictures_are_left_where_they_are_when_not_wanted(rig):
    rig.fill(2)
    rig.start(with_pictures=False)
    assert rig.walker.walk_due() == 2
    assert not [call for call in rig.site.calls if call.startswith("picture")]
    assert rig.posts()["w0"].error_message is None


class Killed(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("deadly", [1, 2, 4])
def test_killed_in_the_middle_it_goes_on_where_it_was_and_counts_right(rig, monkeypatch, deadly):
    rig.fill(5)
    import_id = rig.start()
    fetch, release, seen = rig.site.picture, Walker._release, []

    def picture(url: str, *, max_bytes: int) -> bytes:
        seen.append(url)
        if len(seen) == deadly:
            raise Killed
        return fetch(url, max_bytes=max_bytes)

    with monkeypatch.context() as patch:
        patch.setattr(rig.site, "picture", picture)
        # The dead clean up nothing.
        patch.setattr(Walker, "_release", lambda *its: None if len(seen) >= deadly else release(*its))
        with pytest.raises(Killed):
            rig.walker.walk_due()
    assert len(rig.posts()) == deadly - 1
    assert rig.walker.walk_due() == 0  # the lease of the dead walker is still good
    rig.now += LEASE + timedelta(seconds=1)
    assert rig.walker.walk_due() == 5 - (deadly - 1)
    run = rig.run_of(import_id)
    assert (run.status, run.found, run.imported, run.known) == (S.DONE, 5, 5, 0)
    assert len(rig.posts()) == 5


def test_a_walker_whose_lease_was_taken_over_writes_nothing_more(rig, monkeypatch):
    rig.fill(3)
    import_id = rig.start()
    fetch, other = rig.site.picture, rig.walker

    def slow(url: str, *, max_bytes: int) -> bytes:
        monkeypatch.setattr(rig.site, "picture", fetch)
        rig.now += LEASE + timedelta(seconds=1)
        assert other.walk_due() == 3
        return fetch(url, max_bytes=max_bytes)

    monkeypatch.setattr(rig.site, "picture", slow)
    assert rig.walker.walk_page(import_id) == 0
    assert (len(rig.posts()), rig.run_of(import_id).imported) == (3, 3)


def test_paused_it_rests_and_resumed_it_goes_on(rig):
    rig.fill(5)
    import_id = rig.start()
    rig.walker.walk_page(import_id)
    rig.act(runs.pause, import_id)
    assert rig.walker.walk_due() == 0
    assert len(rig.posts()) == 3
    rig.act(runs.resume, import_id)
    assert rig.walker.walk_due() == 2
    assert rig.run_of(import_id).status is S.DONE


def test_paused_while_a_page_is_under_way_it_stops_before_the_next_work(rig, monkeypatch):
    rig.fill(3)
    import_id = rig.start()
    fetch = rig.site.picture

    def picture(url: str, *, max_bytes: int) -> bytes:
        if url == "pic1":
            rig.act(runs.pause, import_id)
        return fetch(url, max_bytes=max_bytes)

    monkeypatch.setattr(rig.site, "picture", picture)
    assert rig.walker.walk_due() == 1
    assert rig.run_of(import_id).status is S.PAUSED
    monkeypatch.undo()
    rig.act(runs.resume, import_id)
    assert rig.walker.walk_due() == 2
    assert rig.run_of(import_id).imported == 3


def test_cancelled_it_keeps_what_came_in_and_another_may_begin(rig):
    rig.fill(5)
    import_id = rig.start()
    rig.walker.walk_page(import_id)
    with pytest.raises(TakeoverRefused, match="already"):
        rig.start()
    rig.act(runs.cancel, import_id)
    assert rig.walker.walk_due() == 0
    assert len(rig.posts()) == 3
    for service in (runs.pause, runs.resume, runs.cancel):
        with pytest.raises(TakeoverRefused, match="cancelled"):
            rig.act(service, import_id)
    rig.start()
    assert rig.walker.walk_due() == 2


def test_an_account_that_is_not_connected_cannot_be_taken_over(rig):
    with rig.database.session() as session:
        session.get_one(Account, rig.account.id).state = AccountState.RECONNECT
    with pytest.raises(TakeoverRefused, match="connected first"):
        rig.start()


def test_charlie_finds_no_takeover_and_moves_none(rig):
    import_id = rig.start()
    with rig.database.session() as session:
        charlie = Actor.person(make_user(session, "charlie").id)
        for service in (runs.pause, runs.resume, runs.cancel):
            for one in (import_id, "gim_nonsense"):
                with pytest.raises(TakeoverNotFound):
                    service(session, charlie, one, now=NOON)
        assert runs.latest_by_account(session, charlie) == {}
    assert rig.run_of(import_id).status is S.RUNNING


def test_a_limit_waits_and_is_no_failed_try(rig):
    rig.fill(1)
    import_id = rig.start()
    rig.site.fail("gallery_page", ErrorCategory.RATE_LIMITED, retry_after=60)
    assert rig.walker.walk_due() == 0
    run = rig.run_of(import_id)
    assert (run.status, run.attempts, run.due_at) == (S.RUNNING, 0, NOON + timedelta(minutes=1))
    rig.advance(minutes=3)
    assert rig.walker.walk_due() == 1


def test_failures_are_tried_again_for_a_while_then_given_up_and_can_be_resumed(rig):
    rig.fill(1)
    import_id = rig.start()
    rig.site.fail("gallery_page", ErrorCategory.TRANSIENT, times=outcomes.MOST_TRIES)
    for attempt in range(1, outcomes.MOST_TRIES):
        assert rig.walker.walk_due() == 0
        run = rig.run_of(import_id)
        assert (run.status, run.attempts) == (S.RUNNING, attempt)
        assert run.due_at > rig.now
        rig.now = run.due_at
    rig.walker.walk_due()
    run = rig.run_of(import_id)
    assert run.status is S.FAILED and run.error_message
    rig.act(runs.resume, import_id)
    assert rig.walker.walk_due() == 1


def test_a_lost_connection_pauses_it_and_says_why(rig):
    rig.fill(1)
    import_id = rig.start()
    rig.site.fail("gallery_page", ErrorCategory.AUTH, http_status=403)
    rig.walker.walk_due()
    run = rig.run_of(import_id)
    assert run.status is S.PAUSED and run.error_message
    rig.act(runs.resume, import_id)
    assert rig.walker.walk_due() == 1


def test_removed_works_go_to_the_trash_together_and_come_back_together(rig):
    rig.fill(3)
    rig.start()
    rig.walker.walk_due()
    with rig.database.session() as session:
        ours = make_deviation(session, rig.user, rig.account, status="published")
    with rig.database.session() as session:
        trash.delete(session, rig.actor, [rig.posts()["w0"].id], now=NOON)
    with rig.database.session() as session:
        assert removing.remove_imported(session, rig.actor, rig.account.id, now=NOON + HOUR) == 2
    assert [post.id for post in rig.posts().values()] == [ours.id]
    with rig.database.session() as session:
        removed_at = NOON + HOUR
        assert removing.restore_imported(session, rig.actor, rig.account.id, removed_at, now=NOON + 2 * HOUR) == 2
        actions = session.scalars(select(AuditEvent.action).where(AuditEvent.action == "deviation.restored")).all()
    assert len(actions) == 2
    assert set(rig.posts()) == {"w1", "w2", ours.deviation_id}


def test_what_was_deleted_here_stays_away_unless_it_is_asked_for(rig):
    rig.fill(3)
    rig.start()
    rig.walker.walk_due()
    binned, purged = rig.posts()["w0"].id, rig.posts()["w1"].id
    with rig.database.session() as session:
        trash.delete(session, rig.actor, [binned, purged], now=NOON)
        trash.purge(session, rig.actor, [purged], now=NOON)
    rig.start()
    assert rig.walker.walk_due() == 0
    assert set(rig.posts()) == {"w2"}
    again = rig.start(bring_back=True)
    assert rig.walker.walk_due() == 2
    assert rig.posts()["w0"].id == binned
    assert set(rig.posts()) == {"w0", "w1", "w2"}
    assert rig.run_of(again).imported == 2


def test_what_a_lost_publish_call_may_have_made_is_left_to_its_post(rig):
    rig.fill(3)
    with rig.database.session() as session:
        post = make_deviation(session, rig.user, rig.account, status="publishing", files=1)
        file = session.scalar(select(DeviationFile).where(DeviationFile.deviation_id == post.id))
        make_intent(session, file.id, PUBLISH, opened_at=NOON - DAY + SKEW)
    rig.start()
    assert rig.walker.walk_due() == 1
    assert set(rig.posts()) == {post.id, "w2"}


def test_a_work_somebody_else_here_has_is_not_taken_twice(rig):
    rig.fill(2)
    with rig.database.session() as session:
        bob = make_user(session, "bob")
        make_deviation(session, bob, status="published", deviation_id="w0")
    rig.start()
    assert rig.walker.walk_due() == 1


def test_a_work_written_at_the_same_moment_by_somebody_else_is_counted_as_known(rig, monkeypatch):
    rig.fill(2)
    import_id = rig.start()
    fetch = rig.site.picture

    def picture(url: str, *, max_bytes: int) -> bytes:
        if url == "pic0":
            with rig.database.session() as session:
                make_deviation(session, rig.user, rig.account, status="published", deviation_id="w0", files=0)
        return fetch(url, max_bytes=max_bytes)

    monkeypatch.setattr(rig.site, "picture", picture)
    assert rig.walker.walk_due() == 1
    run = rig.run_of(import_id)
    assert (run.status, run.found, run.imported, run.known) == (S.DONE, 2, 1, 1)
    stored = {one.key for one in rig.store.list(rig.user.id)}
    with rig.database.read() as session:
        kept = {file.storage_key for file in session.scalars(select(DeviationFile)) if "/blobs/" in file.storage_key}
    assert stored == {key for original in kept if rig.store.exists(original) for key in all_keys(original)}


def test_each_account_has_its_own_takeover_and_its_own_count(rig):
    rig.fill(4)
    with rig.database.session() as session:
        other = make_account(session, rig.user, expires_at=NOON + 999 * DAY)
        runs.start(session, rig.actor, other.id, with_pictures=False, now=NOON)
    rig.start()
    assert rig.walker.walk_due() == 4  # both list the same works here: each comes in once
    with rig.database.read() as session:
        latest = runs.latest_by_account(session, rig.actor)
        assert {one.status for one in latest.values()} == {S.DONE}
        assert sum(one.works for one in latest.values()) == 4
        assert sum(runs.count_works(session, rig.actor).values()) == 4
