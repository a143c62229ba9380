"""A claimed post on its way: what is sent, what is stored, in which order."""

from datetime import timedelta

from core.publishing.models import DeviationStatus, HoldReason, LatePolicy, MatureLevel
from core.publishing.providers import ErrorCategory
from core.system.models import AuditEvent, IntentState, Notification
from tests.factories import HOUR, NOON


def test_a_due_post_is_published_with_its_address(rig):
    post = rig.post()
    rig.run_due()
    row = rig.read(post)
    assert row.status is DeviationStatus.PUBLISHED
    assert (row.deviation_id, row.deviation_url) == ("REMOTE-1", "https://site.test/art/1")
    assert row.published_at == NOON
    assert row.files[0].remote_url == "https://site.test/art/1"
    assert row.due_at is None
    assert row.execution_lock_id is None


def test_every_move_is_recorded_in_order(rig):
    rig.post()
    rig.run_due()
    moves = [event.after["status"] for event in rig.all(AuditEvent, AuditEvent.id) if event.action == "deviation.moved"]
    assert moves == ["uploading", "publishing", "published"]


def test_each_call_leaves_a_settled_intent_and_an_attempt(rig):
    rig.post()
    rig.run_due()
    assert [(intent.kind, intent.state) for intent in rig.intents()] == [
        ("deviantart.submit", IntentState.DONE),
        ("deviantart.publish", IntentState.DONE),
    ]
    assert [(row.step, row.outcome) for row in rig.attempts()] == [("submit", "done"), ("publish", "done")]


def test_a_post_of_the_future_is_left_alone(rig):
    rig.post(due_at=NOON + HOUR)
    assert rig.run_due() == 0


def test_all_files_of_a_series_are_in_stash_before_the_first_is_shown(rig):
    post = rig.post(files=3, title="Winter")
    rig.site.fail("submit", ErrorCategory.VALIDATION)
    rig.site.faults.insert(0, rig.site.faults.pop())
    rig.run_due()
    assert rig.read(post).status is DeviationStatus.FAILED
    assert rig.site.gallery == []


def test_a_series_goes_out_in_order_and_numbered(rig):
    post = rig.post(files=3, title="Winter")
    rig.run_due()
    assert [shown.title for shown in reversed(rig.site.gallery)] == ["Winter (1/3)", "Winter (2/3)", "Winter (3/3)"]
    row = rig.read(post)
    assert row.deviation_url == row.files[0].remote_url
    assert len({file.remote_deviation_id for file in row.files}) == 3


def test_a_long_title_is_cut_to_what_the_site_takes_but_keeps_its_number(rig):
    rig.post(files=2, title="x" * 80)
    rig.run_due()
    assert rig.site.submissions[0].title == "x" * 44 + " (1/2)"


def test_a_stash_only_post_ends_without_an_address(rig):
    post = rig.post(stash_only=True)
    rig.run_due()
    row = rig.read(post)
    assert row.status is DeviationStatus.PUBLISHED
    assert row.stash_item_id
    assert row.deviation_url is None
    assert rig.site.publications == []


def test_every_stored_option_reaches_the_site(rig):
    rig.post(
        is_mature=True, mature_level=MatureLevel.STRICT, mature_classification=["gore"],
        is_ai_generated=True, no_ai=True,
        tags=["Digital Art", "fox"], gallery_ids=["G1"], feature=False, allow_comments=False, allow_free_download=True,
        display_resolution=5, add_watermark=True, description="A fox.", publish_options={"location_tag": "Bergen"},
    )  # fmt: skip
    rig.run_due()
    sent, shown = rig.site.submissions[0], rig.site.publications[0]
    assert (sent.description, sent.is_ai_generated, sent.no_ai) == ("A fox.", True, True)
    assert (shown.is_mature, shown.mature_level, list(shown.mature_classification)) == (True, "strict", ["gore"])
    assert (shown.is_ai_generated, shown.no_ai, shown.feature) == (True, True, False)
    assert (shown.allow_comments, shown.allow_free_download) == (False, True)
    assert (shown.display_resolution, shown.add_watermark) == (5, True)
    assert (list(shown.tags), list(shown.gallery_ids)) == (["Digital_Art", "fox"], ["G1"])
    assert shown.options == {"location_tag": "Bergen"}
    assert shown.agree_submission and shown.agree_terms


def test_with_a_gap_between_calls_the_post_is_put_back_not_waited_for(make_rig):
    rig = make_rig(call_gap_seconds=3)
    post = rig.post()
    rig.run_due()
    row = rig.read(post)
    assert row.status is DeviationStatus.UPLOADING
    assert row.execution_lock_id is None
    assert row.due_at == NOON + timedelta(seconds=3)
    assert row.retry_count == 0
    rig.advance(3)
    rig.run_due()
    assert rig.read(post).status is DeviationStatus.PUBLISHED


def test_stopping_finishes_the_call_in_hand_and_puts_the_post_back(rig):
    post = rig.post()
    works = rig.claim()
    asked = iter([False, True])
    rig.ports.runner(lambda: next(asked)).run(works[0])
    row = rig.read(post)
    assert row.stash_item_id == row.files[0].stash_item_id is not None
    assert row.status is DeviationStatus.UPLOADING
    assert row.execution_lock_id is None
    assert rig.site.gallery == []
    rig.run_due()
    assert rig.read(post).status is DeviationStatus.PUBLISHED
    assert len(rig.site.submissions) == 1


def test_a_post_later_than_its_allowance_waits_for_its_person(rig):
    post = rig.post(due_at=NOON - 2 * HOUR, late_policy=LatePolicy.HOLD, max_lateness_minutes=60)
    rig.run_due()
    row = rig.read(post)
    assert (row.status, row.hold_reason) == (DeviationStatus.SCHEDULED, HoldReason.LATE)
    assert row.actual_publish_at == NOON - 2 * HOUR
    assert rig.site.submissions == []
    assert [note.topic for note in rig.all(Notification, Notification.id)] == [f"post.late:{post}"]
    assert rig.run_due() == 0


def test_a_late_post_within_its_allowance_goes_out(rig):
    post = rig.post(due_at=NOON - HOUR / 2, late_policy=LatePolicy.HOLD, max_lateness_minutes=60)
    rig.run_due()
    assert rig.read(post).status is DeviationStatus.PUBLISHED


def test_a_post_begun_in_time_is_finished_however_late(make_rig):
    rig = make_rig(call_gap_seconds=3)
    post = rig.post(late_policy=LatePolicy.HOLD, max_lateness_minutes=1)
    rig.run_due()
    rig.advance(7200)
    rig.run_due()
    assert rig.read(post).status is DeviationStatus.PUBLISHED


def test_what_was_edited_after_it_went_to_stash_is_sent_again_to_the_same_item(make_rig):
    """Title and description can only be said at submit: a cancelled, edited post must not go out with the old ones."""
    rig = make_rig(call_gap_seconds=3)
    post = rig.post(title="A fox", description="Old words.")
    rig.run_due()
    rig.change(post, title="A vixen", description="New words.")
    rig.run_for(20)
    assert rig.read(post).status is DeviationStatus.PUBLISHED
    first, second = rig.site.submissions
    assert (second.title, second.description, second.item_id) == ("A vixen", "New words.", "6000000000")
    assert first.item_id is None
    assert [shown.title for shown in rig.site.gallery] == ["A vixen"]


def test_what_did_not_change_is_not_sent_again(make_rig):
    rig = make_rig(call_gap_seconds=3)
    post = rig.post()
    rig.run_due()
    rig.change(post, allow_comments=False, is_mature=True, mature_level=MatureLevel.MODERATE)
    rig.run_for(20)
    assert rig.read(post).status is DeviationStatus.PUBLISHED
    assert len(rig.site.submissions) == 1


def test_an_edited_item_that_is_gone_from_stash_is_made_anew(make_rig):
    rig = make_rig(call_gap_seconds=3)
    post = rig.post(title="A fox")
    rig.run_due()
    rig.change(post, title="A vixen")
    rig.site.forget_items()
    rig.run_for(60)
    assert rig.read(post).status is DeviationStatus.PUBLISHED
    assert [shown.title for shown in rig.site.gallery] == ["A vixen"]
