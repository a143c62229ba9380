"""Changing many posts at once, and taking it back."""

import pytest
from sqlalchemy import select

from core.publishing import bulk
from core.publishing.bulk import BulkChanges, PostEdit
from core.publishing.changes import DeviationChanges, read_changes
from core.publishing.editing import edit
from core.publishing.errors import ChangeRefused, PatternRefused
from core.publishing.models import MatureLevel
from core.publishing.reports import ItemOutcome
from core.system.models import AuditEvent
from tests.factories import HOUR, NOON, lease, make_blob, make_deviation, make_file


def test_tags_are_added_and_removed_on_top_of_what_each_post_has(session, alice, actor):
    one = make_deviation(session, alice, tags=["Forest", "old"])
    two = make_deviation(session, alice, tags=[])
    changes = BulkChanges(add_tags=["new", "forest"], remove_tags=["OLD"])
    report = bulk.edit_many(session, actor, [one.id, two.id], changes, now=NOON)
    assert len(report.changed) == 2
    assert (one.tags, two.tags) == (["Forest", "new"], ["new", "forest"])


def test_fields_are_set_on_all(session, alice, actor):
    posts = [make_deviation(session, alice) for _ in range(3)]
    fields = read_changes({"is_mature": True, "mature_level": "moderate", "tags": ["only"]})
    bulk.edit_many(session, actor, [post.id for post in posts], BulkChanges(fields=fields, add_tags=["more"]), now=NOON)
    assert {post.mature_level for post in posts} == {MatureLevel.MODERATE}
    assert all(post.tags == ["only", "more"] for post in posts)


def test_a_title_pattern_counts_in_the_order_given(session, alice, actor):
    posts = [make_deviation(session, alice, files=0, title=title) for title in ("b", "a")]
    make_file(session, posts[0], make_blob(session, alice), original_filename="img.01.png")
    changes = BulkChanges(title_pattern="{n:03} {title} {filename} {date}", first_number=9)
    bulk.edit_many(session, actor, [post.id for post in posts], changes, zone="Pacific/Kiritimati", now=NOON)
    assert [post.title for post in posts] == ["009 b img.01 2026-06-02", "010 a a 2026-06-02"]


def test_the_preview_is_what_happens(session, alice, actor):
    posts = [make_deviation(session, alice, title=f"t{number}") for number in range(3)]
    ids = [post.id for post in reversed(posts)]
    told = bulk.preview_titles(session, actor, ids, "{n}: {title}", now=NOON)
    bulk.edit_many(session, actor, ids, BulkChanges(title_pattern="{n}: {title}"), now=NOON)
    assert told == [(post.id, post.title) for post in reversed(posts)]


def test_a_pattern_that_cannot_be_read_changes_nothing(session, alice, actor):
    post = make_deviation(session, alice, title="As it was")
    with pytest.raises(PatternRefused):
        bulk.edit_many(session, actor, [post.id], BulkChanges(title_pattern="{oops}", add_tags=["x"]), now=NOON)
    assert (post.title, post.tags) == ("As it was", [])


def test_what_cannot_be_changed_is_skipped_with_its_reason_and_wholly(session, alice, actor, account):
    good = make_deviation(session, alice)
    published = make_deviation(session, alice, account, status="published")
    full = make_deviation(session, alice, tags=[f"t{number}" for number in range(50)])
    endless = make_deviation(session, alice, title="x" * 195)
    queued = make_deviation(session, alice, account, status="scheduled")
    posts = [published, full, endless, queued, good]
    changes = BulkChanges(fields=read_changes({"is_mature": True}), add_tags=["new"], title_pattern="{title} again")
    report = bulk.edit_many(session, actor, [*(post.id for post in posts), "dev_nonsense"], changes, now=NOON)
    assert [item.outcome for item in report.items] == [ItemOutcome.SKIPPED] * 4 + [
        ItemOutcome.CHANGED,
        ItemOutcome.SKIPPED,
    ]
    for item, words in zip(
        report.items, ("is published", "50 tags", "200", "how strictly", None, "no such"), strict=True
    ):
        assert item.reason is None if words is None else words in (item.reason or ""), item
    session.expire_all()
    assert good.is_mature and good.tags == ["new"]
    assert not any(post.is_mature or "new" in post.tags for post in posts[:-1])


def test_what_is_so_already_is_unchanged(session, alice, actor):
    post = make_deviation(session, alice, no_ai=True)
    report = bulk.edit_many(session, actor, [post.id], BulkChanges(fields=DeviationChanges(no_ai=True)), now=NOON)
    assert [item.outcome for item in report.items] == [ItemOutcome.UNCHANGED]


def bulk_change(session, actor, posts) -> str:
    fields = read_changes(
        {"is_mature": True, "mature_level": "strict", "late_policy": "hold", "max_lateness_minutes": 5}
    )
    changes = BulkChanges(fields=fields, add_tags=["new"], title_pattern="{n}")
    report = bulk.edit_many(session, actor, [post.id for post in posts], changes, now=NOON)
    assert report.group is not None
    return report.group


def values_of(post):
    return (post.title, post.tags, post.is_mature, post.mature_level, post.late_policy, post.max_lateness_minutes)


def test_a_bulk_change_can_be_taken_back_and_the_taking_back_too(session, alice, actor):
    posts = [make_deviation(session, alice, tags=[f"t{number}"]) for number in range(3)]
    before = [values_of(post) for post in posts]
    group = bulk_change(session, actor, posts)
    after = [values_of(post) for post in posts]
    undone = bulk.undo(session, actor, group, now=NOON)
    assert len(undone.changed) == 3 and [values_of(post) for post in posts] == before
    assert undone.group is not None
    bulk.undo(session, actor, undone.group, now=NOON)
    assert [values_of(post) for post in posts] == after


def test_what_was_changed_since_is_kept_by_an_undo(session, alice, actor):
    one, two = make_deviation(session, alice, title="one"), make_deviation(session, alice, title="two")
    group = bulk_change(session, actor, [one, two])
    edit(session, actor, one.id, DeviationChanges(title="Mine"), now=NOON)
    report = bulk.undo(session, actor, group, now=NOON)
    assert [item.outcome for item in report.items] == [ItemOutcome.SKIPPED, ItemOutcome.CHANGED]
    assert (one.title, two.title) == ("Mine", "two")


def test_charlie_neither_changes_nor_undoes_anything(session, alice, actor, charlie):
    post = make_deviation(session, alice, title="one")
    report = bulk.edit_many(session, charlie, [post.id], BulkChanges(add_tags=["x"]), now=NOON)
    assert not report.changed and post.tags == []
    group = bulk_change(session, actor, [post])
    with pytest.raises(ChangeRefused, match="nothing to undo"):
        bulk.undo(session, charlie, group, now=NOON)
    assert bulk.preview_titles(session, charlie, [post.id], "{title}", now=NOON) == []


def test_an_unknown_batch_cannot_be_undone(session, actor):
    with pytest.raises(ChangeRefused):
        bulk.undo(session, actor, "nothing", now=NOON)


def test_all_events_of_a_batch_share_one_correlation_id(session, alice, actor):
    posts = [make_deviation(session, alice) for _ in range(3)]
    group = bulk_change(session, actor, posts)
    events = session.scalars(select(AuditEvent).where(AuditEvent.correlation_id == group)).all()
    assert {event.subject_id for event in events} == {post.id for post in posts}


def typed(post, **values) -> PostEdit:
    return PostEdit(post.id, values, post.updated_at)


def test_each_post_gets_its_own_values_and_all_are_taken_back_together(session, alice, actor):
    one = make_deviation(session, alice, title="one", tags=["a"])
    two = make_deviation(session, alice, title="two", is_mature=True, mature_level="strict")
    edits = [typed(one, title="First", tags=["b", "c"]), typed(two, is_mature=False, allow_comments=False)]
    report = bulk.edit_each(session, actor, edits, now=NOON)
    assert [item.outcome for item in report.items] == [ItemOutcome.CHANGED] * 2
    assert (one.title, one.tags, two.title) == ("First", ["b", "c"], "two")
    assert (two.is_mature, two.mature_level, two.allow_comments) == (False, None, False)
    assert report.group is not None
    bulk.undo(session, actor, report.group, now=NOON)
    assert (one.title, one.tags) == ("one", ["a"])
    assert (two.is_mature, two.mature_level, two.allow_comments) == (True, MatureLevel.STRICT, True)


def test_what_was_changed_since_it_was_seen_is_left_alone(session, alice, actor):
    stale, fresh = make_deviation(session, alice, title="stale"), make_deviation(session, alice, title="fresh")
    edits = [typed(stale, title="Mine"), typed(fresh, title="Mine too")]
    edit(session, actor, stale.id, DeviationChanges(title="By somebody else"), now=NOON + HOUR)
    report = bulk.edit_each(session, actor, edits, now=NOON + HOUR)
    assert [item.outcome for item in report.items] == [ItemOutcome.SKIPPED, ItemOutcome.CHANGED]
    assert "changed meanwhile" in (report.items[0].reason or "")
    assert (stale.title, fresh.title) == ("By somebody else", "Mine too")


def test_values_that_cannot_be_taken_are_refused_for_their_post_alone(session, alice, actor, account):
    empty, busy, queued, good = (
        make_deviation(session, alice, account, status=status, title="As it was")
        for status in ("draft", "scheduled", "scheduled", "draft")
    )
    lease(busy)
    edits = [
        typed(empty, title=" "), typed(busy, title="x"), typed(queued, is_mature=True, mature_level=None),
        typed(good, title="Good"), PostEdit("dev_nonsense", {"title": "x"}, NOON),
    ]  # fmt: skip
    report = bulk.edit_each(session, actor, edits, now=NOON)
    reasons = [item.reason or "" for item in report.items]
    for reason, words in zip(reasons, ("Give it a title", "right now", "how strictly", "", "no such"), strict=True):
        assert words in reason
    assert [item.outcome for item in report.items].count(ItemOutcome.CHANGED) == 1
    assert [post.title for post in (empty, busy, queued, good)] == ["As it was"] * 3 + ["Good"]


def test_charlie_edits_none_of_them(session, alice, charlie):
    post = make_deviation(session, alice, title="one")
    assert not bulk.edit_each(session, charlie, [typed(post, title="Mine")], now=NOON).changed
    assert post.title == "one"
