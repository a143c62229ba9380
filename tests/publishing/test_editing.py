"""Editing one post."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from core.db.ids import new_id
from core.identity.models import AccountState
from core.publishing.changes import DeviationChanges, read_changes
from core.publishing.deviations import create
from core.publishing.editing import edit
from core.publishing.errors import (
    ChangedMeanwhile,
    ChangeRefused,
    DeviationBusy,
    DeviationNotFound,
    NotEditable,
    OutcomeUnknown,
)
from core.publishing.execution.work import PUBLISH
from core.publishing.models import DeviationFile, DeviationStatus, LatePolicy, MatureLevel
from core.publishing.options import License, PublishOptions, SubjectTag
from core.system.actors import Actor
from core.system.models import AuditEvent
from tests.factories import (
    HOUR,
    NOON,
    lease,
    make_account,
    make_blob,
    make_deviation,
    make_file,
    make_intent,
    make_preset,
    make_user,
)

EVERYTHING = {
    "title": "New title", "description": "Some words.", "tags": ["one", "two"], "category_path": "digitalart/paintings",
    "gallery_ids": ["g1", "g2"], "is_mature": True, "mature_level": "strict", "mature_classification": ["gore"],
    "allow_comments": False, "allow_free_download": True, "is_ai_generated": True, "no_ai": True, "stash_only": True,
    "add_watermark": True, "display_resolution": 3, "feature": False, "late_policy": "hold", "max_lateness_minutes": 30,
    "publish_options": {
        "license": {"creative_commons": True, "commercial": "no", "modify": "share"}, "sharing": "hide_share_buttons",
        "request_critique": True, "groups": [{"group_id": "a", "folder_id": "b"}],
        "subject_tags": [{"text": "Ada", "kind": 1}], "location_tag": "Vienna", "original_url": "https://example.test/a",
    },
}  # fmt: skip


def change(session, actor, post, *, now=NOON, **values):
    return edit(session, actor, post.id, read_changes(values), now=now)


def stash_ids(session, post):
    query = select(DeviationFile.stash_item_id).where(DeviationFile.deviation_id == post.id)
    return list(session.scalars(query.order_by(DeviationFile.sort_order)))


def test_every_field_can_be_set_and_comes_back_from_the_database(session, alice, actor):
    post = make_deviation(session, alice)
    other = make_account(session, alice)
    result = change(session, actor, post, **EVERYTHING, account_id=other.id)
    session.expire_all()
    assert set(result.changed) == {*EVERYTHING, "account_id"}
    assert (post.title, post.tags, post.gallery_ids) == ("New title", ["one", "two"], ["g1", "g2"])
    assert (post.mature_level, post.late_policy) == (MatureLevel.STRICT, LatePolicy.HOLD)
    options = PublishOptions.model_validate(post.publish_options)
    assert options.license == License(modify="share") and options.subject_tags == (SubjectTag(text="Ada", kind=1),)
    assert post.account_id == other.id


def test_what_is_not_given_stays_and_what_is_the_same_is_no_change(session, alice, actor):
    post = make_deviation(session, alice, description="Old", tags=["a"])
    version = post.execution_version
    assert change(session, actor, post, title=post.title, tags=["a"]).changed == ()
    assert (post.description, post.execution_version, post.updated_at) == ("Old", version, NOON)


@pytest.mark.parametrize("status", ["review", "draft", "scheduled", "failed"])
def test_a_post_that_is_not_on_its_way_can_be_edited(session, alice, actor, account, status):
    post = make_deviation(session, alice, account, status=status)
    assert change(session, actor, post, title="Better").changed == ("title",)
    assert (post.status, post.title) == (DeviationStatus(status), "Better")


def test_a_published_post_and_one_on_its_way_cannot(session, alice, actor, account):
    with pytest.raises(NotEditable, match="published"):
        change(session, actor, make_deviation(session, alice, account, status="published"), title="Better")
    for status in ("uploading", "publishing"):
        with pytest.raises(DeviationBusy, match="Cancel it first"):
            change(session, actor, make_deviation(session, alice, account, status=status), title="Better")


def test_a_scheduled_post_held_by_a_worker_cannot_and_a_silent_workers_can(session, alice, actor, account):
    post = make_deviation(session, alice, account, status="scheduled", execution_version=7)
    lease(post, at=NOON - timedelta(seconds=10))
    session.flush()
    with pytest.raises(DeviationBusy):
        change(session, actor, post, title="Better")
    change(session, actor, post, title="Better", now=NOON + HOUR)
    assert (post.execution_lock_id, post.execution_version) == (None, 8)


def test_a_post_whose_publication_is_unsettled_cannot(session, alice, actor, account):
    post = make_deviation(session, alice, account, status="scheduled", files=0)
    make_intent(session, make_file(session, post, make_blob(session, alice)).id, PUBLISH)
    with pytest.raises(OutcomeUnknown):
        change(session, actor, post, title="Better")


def test_two_people_editing_the_same_version_do_not_overwrite_each_other(session, alice, actor):
    post = make_deviation(session, alice)
    seen = post.updated_at
    first = edit(session, actor, post.id, DeviationChanges(title="Mine"), expected_updated_at=seen, now=NOON)
    with pytest.raises(ChangedMeanwhile):
        edit(session, actor, post.id, DeviationChanges(title="Yours"), expected_updated_at=seen, now=NOON)
    assert first.updated_at > seen  # although both happened in one instant
    edit(session, actor, post.id, DeviationChanges(title="Ours"), expected_updated_at=first.updated_at, now=NOON)
    assert post.title == "Ours"


def test_the_change_is_in_the_audit_trail_with_only_what_differs(session, alice, actor):
    post = make_deviation(session, alice, title="Old", tags=["a"])
    change(session, actor, post, title="New", tags=["a"], is_mature=True, mature_level="moderate")
    event = session.scalars(select(AuditEvent).where(AuditEvent.subject_id == post.id)).one()
    assert event.before == {"title": "Old", "is_mature": False, "mature_level": None}
    assert event.after == {"title": "New", "is_mature": True, "mature_level": "moderate"}


def test_charlie_edits_nothing(session, alice, charlie):
    post = make_deviation(session, alice)
    for one in (post.id, "dev_nonsense", "", "acc_" + post.id[4:]):
        with pytest.raises(DeviationNotFound):
            edit(session, charlie, one, DeviationChanges(title="Mine now"), now=NOON)


def test_what_is_in_the_trash_is_not_edited(session, alice, actor):
    with pytest.raises(DeviationNotFound):
        change(session, actor, make_deviation(session, alice, deleted_at=NOON), title="Better")


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"title": ""}, "Title"),
        ({"title": " \n\t"}, "Give it a title"),
        ({"title": "x" * 201}, "200"),
        ({"title": None}, "Title"),
        ({"description": "x" * 50_001}, "50000"),
        ({"tags": [f"t{n}" for n in range(51)]}, "At most 50 tags"),
        ({"tags": ["x" * 101]}, "at most 100 characters"),
        ({"gallery_ids": [str(n) for n in range(11)]}, "At most 10 galleries"),
        ({"display_resolution": 9}, "Display resolution"),
        ({"display_resolution": -1}, "Display resolution"),
        ({"mature_level": "mild"}, "Mature level"),
        ({"is_mature": True, "mature_classification": ["spiders"]}, "Mature classification"),
        ({"is_mature": False, "mature_level": "strict"}, "needs the post to be marked as mature"),
        ({"add_watermark": True, "display_resolution": 0}, "watermark needs"),
        ({"max_lateness_minutes": 0, "late_policy": "hold"}, "Max lateness"),
        ({"status": "published"}, "“status” is not a field that can be changed"),
        ({"user_id": "usr_x"}, "“user_id” is not a field"),
        ({"publish_options": {"license": {"commercial": "maybe"}}}, "Options"),
        ({"publish_options": {"original_url": "javascript:alert(1)"}}, "web address"),
        ({"publish_options": {"subject_tags": [{"text": "x", "kind": 2}]}}, "Options"),
        ({"publish_options": {"surprise": 1}}, "not a field"),
    ],
)
def test_a_value_that_cannot_be_is_refused_by_name(values, words):
    with pytest.raises(ChangeRefused) as refused:
        read_changes(values)
    assert words in str(refused.value)


@pytest.mark.parametrize(
    ("before", "values", "words"),
    [
        ({}, {"mature_level": "strict"}, "marked as mature"),
        ({}, {"mature_classification": ["gore"]}, "marked as mature"),
        ({}, {"add_watermark": True}, "watermark needs"),
        ({"add_watermark": True, "display_resolution": 2}, {"display_resolution": 0}, "watermark needs"),
        ({}, {"late_policy": "hold"}, "allowance in minutes"),
        ({}, {"max_lateness_minutes": 5}, "held when late"),
        ({}, {"account_id": "acc_nonsense"}, "no such account"),
    ],
)
def test_fields_that_do_not_go_together_are_refused(session, alice, actor, before, values, words):
    post = make_deviation(session, alice, **before)
    with pytest.raises(ChangeRefused, match=words):
        change(session, actor, post, **values)
    session.flush()
    assert not session.scalars(select(AuditEvent)).all()


def test_what_is_no_longer_mature_loses_level_and_classification(session, alice, actor):
    post = make_deviation(
        session, alice, is_mature=True, mature_level=MatureLevel.STRICT, mature_classification=["gore"]
    )
    change(session, actor, post, is_mature=False)
    assert (post.mature_level, post.mature_classification) == (None, [])


def test_what_is_not_held_any_more_loses_its_allowance(session, alice, actor):
    post = make_deviation(session, alice, late_policy=LatePolicy.HOLD, max_lateness_minutes=9)
    change(session, actor, post, late_policy="publish")
    assert post.max_lateness_minutes is None


@pytest.mark.parametrize(
    ("values", "words"), [({"is_mature": True}, "how strictly"), ({"account_id": None}, "account")]
)
def test_a_scheduled_post_must_stay_ready(session, alice, actor, account, values, words):
    post = make_deviation(session, alice, account, status="scheduled")
    with pytest.raises(ChangeRefused, match=words):
        change(session, actor, post, **values)
    draft = make_deviation(session, alice, account)
    assert change(session, actor, draft, **values).changed


def test_somebody_elses_or_a_disconnected_account_cannot_be_chosen(session, alice, actor, charlie):
    from core.identity.models import User

    theirs = make_account(session, session.get_one(User, charlie.user_id))
    gone = make_account(session, alice, state=AccountState.DISCONNECTED)
    waiting = make_account(session, alice, state=AccountState.RECONNECT)
    post = make_deviation(session, alice)
    with pytest.raises(ChangeRefused, match="no such account"):
        change(session, actor, post, account_id=theirs.id)
    with pytest.raises(ChangeRefused, match="disconnected"):
        change(session, actor, post, account_id=gone.id)
    result = change(session, actor, post, account_id=waiting.id)
    assert any("reconnected" in warning for warning in result.warnings)


@pytest.mark.parametrize("values", [{"title": "New"}, {"tags": ["x"]}, {"publish_options": {"request_critique": True}}])
def test_an_edit_keeps_the_sta_sh_item_so_that_it_is_replaced_not_doubled(session, alice, actor, account, values):
    post = make_deviation(session, alice, account, status="failed", files=0)
    make_file(session, post, make_blob(session, alice), stash_item_id="2")
    change(session, actor, post, **values)
    assert stash_ids(session, post) == ["2"]


def test_another_account_means_sending_again_and_is_refused_once_something_is_public(session, alice, actor, account):
    other = make_account(session, alice)
    post = make_deviation(session, alice, account, status="failed", files=0)
    file = make_file(session, post, make_blob(session, alice), stash_item_id="2")
    change(session, actor, post, account_id=other.id)
    assert stash_ids(session, post) == [None]
    file.remote_deviation_id = "r"
    session.flush()
    with pytest.raises(ChangeRefused, match="public on another account"):
        change(session, actor, post, account_id=account.id)


def test_a_long_title_and_tags_that_differ_on_the_site_are_told(session, alice, actor):
    result = change(session, actor, make_deviation(session, alice), title="x" * 51, tags=["still life", "猫"])
    assert len(result.warnings) == 3


def test_text_is_tidied(session, alice, actor):
    post = make_deviation(session, alice)
    change(session, actor, post, title=" two\n words\0 ", description=" \0 ", tags=["#a", " A ", "b\0"])
    assert (post.title, post.description, post.tags) == ("two words", None, ["a", "b"])


@pytest.mark.parametrize("pair", [{"group_id": "g", "folder_id": ""}, {"group_id": " ", "folder_id": "f"}])
def test_a_group_without_a_folder_is_refused_in_words(pair):
    with pytest.raises(ChangeRefused, match="A group needs the id of one of its folders"):
        read_changes({"publish_options": {"groups": [pair]}})


def test_rating_project_and_preset_are_set_and_taken_away(session, alice, actor):
    post = make_deviation(session, alice)
    preset = make_preset(session, alice)
    change(session, actor, post, rating=4, project="  Dunes \n 2026 ", sale_preset_id=preset.id)
    assert (post.rating, post.project, post.sale_preset_id) == (4, "Dunes 2026", preset.id)
    change(session, actor, post, rating=None, project=" ", sale_preset_id=None)
    assert (post.rating, post.project, post.sale_preset_id) == (None, None, None)


@pytest.mark.parametrize(
    ("values", "said"), [({"rating": 0}, "Rating"), ({"rating": 6}, "Rating"), ({"project": "x" * 101}, "Project")]
)
def test_a_rating_or_project_out_of_bounds_is_refused_by_name(values, said):
    with pytest.raises(ChangeRefused, match=said):
        read_changes(values)


def test_a_preset_of_somebody_else_or_an_archived_one_is_refused(session, alice, actor):
    post = make_deviation(session, alice)
    theirs = make_preset(session, make_user(session, "bob"))
    archived = make_preset(session, alice, archived_at=NOON)
    for preset_id in (theirs.id, new_id("prc"), "nonsense"):
        with pytest.raises(ChangeRefused, match="no such price preset"):
            change(session, actor, post, sale_preset_id=preset_id)
    with pytest.raises(ChangeRefused, match="archived"):
        change(session, actor, post, sale_preset_id=archived.id)
    with pytest.raises(ChangeRefused, match="no such price preset"):
        create(session, actor, DeviationChanges(title="New", sale_preset_id=theirs.id), now=NOON)
    assert post.sale_preset_id is None


def test_a_post_keeps_its_archived_preset_through_other_changes(session, alice, actor):
    archived = make_preset(session, alice, archived_at=NOON)
    post = make_deviation(session, alice, sale_preset_id=archived.id)
    change(session, actor, post, title="Another", sale_preset_id=archived.id)
    assert (post.title, post.sale_preset_id) == ("Another", archived.id)


def test_rating_and_project_of_what_is_out_can_be_changed_and_nothing_else(session, alice, actor, account):
    out = make_deviation(session, alice, account, status="published")
    change(session, actor, out, rating=5, project="Sea")
    assert (out.rating, out.project) == (5, "Sea")
    with pytest.raises(NotEditable):
        change(session, actor, out, rating=1, title="Another")
    assert out.rating == 5
    with pytest.raises(DeviationNotFound):
        change(session, Actor.person(make_user(session, "bob").id), out, rating=1)
