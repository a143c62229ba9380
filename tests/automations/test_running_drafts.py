"""Which drafts a run takes, and which it passes over."""

from typing import Any

import pytest

from core.publishing.automations.models import AutomationExecutionLog, RuleType, SelectionMethod
from core.publishing.automations.runner import run_due
from core.system.models import Notification
from tests.automations.world import World
from tests.factories import DAY, HOUR, NOON, make_account, make_blob, make_deviation, make_user


@pytest.mark.parametrize(
    ("method", "titles"),
    [
        (SelectionMethod.FIFO, ["Draft 0", "Draft 1", "Draft 2"]),
        (SelectionMethod.LIFO, ["Draft 4", "Draft 3", "Draft 2"]),
    ],
)
def test_drafts_are_taken_in_order_of_age(world, method, titles):
    world.noons(draft_selection_method=method)
    world.drafts(5)
    for day in range(3):
        run_due(world.database, now=NOON + day * DAY)
    assert [post.title for post in world.scheduled()] == titles


def test_random_goes_round_all_before_any_comes_twice(world):
    world.noons(draft_selection_method=SelectionMethod.RANDOM, shuffle_at=2**30)
    world.drafts(7)
    for day in range(7):
        run_due(world.database, now=NOON + day * DAY)
    order = [post.shuffle_key for post in world.scheduled()]
    assert len(order) == 7
    later = [key for key in order if key > 2**30]
    assert order == sorted(later) + sorted(key for key in order if key <= 2**30)


def test_drafts_with_a_time_without_a_file_of_another_account_or_in_the_trash_stay(world):
    with world.database.session() as session:
        other = make_account(session, world.user)
        make_deviation(session, world.user, other, title="elsewhere")
        make_deviation(session, world.user, world.account, title="no file", files=0)
        make_deviation(session, world.user, world.account, title="dated", scheduled_at=NOON + DAY)
        make_deviation(session, world.user, world.account, title="thrown away", deleted_at=NOON)
        make_deviation(session, world.user, world.account, title="to review", status="review")
        make_deviation(session, make_user(session, "bob"), None, title="Bob's")
    world.noons()
    run_due(world.database, now=NOON)
    assert world.scheduled() == []


def test_a_draft_that_cannot_go_out_is_passed_over_and_named(world):
    world.noons()
    world.drafts(1, is_mature=True, title="Unsure")
    world.drafts(1, created_at=NOON, title="Fine")
    run_due(world.database, now=NOON)
    assert [post.title for post in world.scheduled()] == ["Fine"]
    assert "“Unsure” was passed over" in world.all(AutomationExecutionLog)[0].error_message


def test_a_source_filter_chooses(world):
    wanted = {"tags": ["Fox", "owl"], "tags_match": "all", "projects": ["Woods"], "min_rating": 4, "mature": "none"}
    world.noons(source_filter=wanted)
    fitting = {"tags": ["fox", "OWL"], "project": "Woods", "rating": 4}
    for title, change in {
        "tag": {"tags": ["fox"]}, "project": {"project": "Sea"}, "unrated": {"rating": None}, "low": {"rating": 3},
        "mature": {"is_mature": True, "mature_level": "moderate"}, "this": {},
    }.items():  # fmt: skip
        world.drafts(1, **fitting | change | {"title": title})
    run_due(world.database, now=NOON)
    run_due(world.database, now=NOON + DAY)
    assert [post.title for post in world.scheduled()] == ["this"]


def alike(world: World, title: str, **fields: Any) -> str:
    """A draft that shows the same picture as every other made here, in bytes of its own."""
    with world.database.session() as session:
        blob = make_blob(session, world.user, perceptual_hash=0x0F0F_3C3C_5A5A_7171)
        return make_deviation(session, world.user, world.account, blobs=[blob], title=title, **fields).id


def test_a_draft_that_looks_like_one_that_is_out_is_scheduled_with_a_warning(world):
    alike(world, "First", status="published", published_at=NOON - DAY)
    twin = alike(world, "Twin")
    world.noons()
    run_due(world.database, now=NOON)
    assert [post.title for post in world.scheduled()] == ["Twin"]
    assert "“Twin” looks very much like another post" in world.all(AutomationExecutionLog)[0].error_message
    assert f"post.lookalike:{twin}" in [note.topic for note in world.all(Notification)]


def test_lookalikes_are_passed_over_if_asked_for_also_among_drafts(world):
    alike(world, "First", created_at=NOON - 3 * HOUR)
    alike(world, "Twin", created_at=NOON - 2 * HOUR)
    world.drafts(1, title="Other", created_at=NOON - HOUR)
    automation_id = world.automation(source_filter={"lookalikes": "pass_over"})
    world.rule(automation_id, type=RuleType.FIXED_INTERVAL, interval_minutes=240, deviations_per_interval=2,
               anchor_at=NOON, time_of_day=None)  # fmt: skip
    run_due(world.database, now=NOON)
    assert {post.title for post in world.scheduled()} == {"First", "Other"}
    assert "“Twin” was passed over" in world.all(AutomationExecutionLog)[0].error_message
