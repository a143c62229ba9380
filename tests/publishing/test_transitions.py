"""Every pair of states: a service makes the move, or refuses it and changes nothing."""

import random
from collections.abc import Callable
from itertools import product

import pytest

from core.publishing import cancelling, review, scheduling
from core.publishing.access import get_post
from core.publishing.errors import IllegalMove
from core.publishing.execution.claims import claim
from core.publishing.models import DeviationStatus as S
from core.publishing.moves import move
from core.publishing.reports import BatchReport
from core.publishing.scheduling import SchedulePlan
from core.publishing.states import MOVES, may_move
from core.system.actors import Actor
from tests.factories import DAY, HOUR, NOON, make_account, make_blob, make_deviation, make_file, make_user

Act = Callable[..., BatchReport]


def _schedule(session, actor, ids, **options) -> BatchReport:
    return scheduling.schedule(session, actor, ids, SchedulePlan(NOON + DAY), rng=random.Random(1), **options)


def _reschedule(session, actor, ids, **options) -> BatchReport:
    return scheduling.reschedule(session, actor, ids, SchedulePlan(NOON + DAY), rng=random.Random(1), **options)


# What a person can do, and from where to where it leads.
ACTIONS: dict[str, tuple[Act, dict[S, S]]] = {
    "schedule": (_schedule, {S.DRAFT: S.SCHEDULED, S.FAILED: S.SCHEDULED}),
    "reschedule": (_reschedule, {S.SCHEDULED: S.SCHEDULED}),
    "publish now": (
        scheduling.publish_now,
        {S.DRAFT: S.SCHEDULED, S.FAILED: S.SCHEDULED, S.SCHEDULED: S.SCHEDULED, S.UPLOADING: S.UPLOADING,
         S.PUBLISHING: S.PUBLISHING},
    ),
    "retry": (scheduling.retry, {S.FAILED: S.SCHEDULED}),
    "cancel": (cancelling.cancel, {S.SCHEDULED: S.DRAFT, S.UPLOADING: S.DRAFT, S.PUBLISHING: S.DRAFT}),
    "take back": (cancelling.take_back, {S.FAILED: S.DRAFT}),
    "approve": (review.approve, {S.REVIEW: S.DRAFT}),
    "undo approve": (review.undo_approve, {S.DRAFT: S.REVIEW}),
}  # fmt: skip


@pytest.mark.parametrize("name", ACTIONS)
def test_an_action_moves_from_its_states_and_is_refused_from_all_others(session, alice, actor, account, name):
    act, leads = ACTIONS[name]
    for origin in S:
        post = make_deviation(session, alice, account, status=origin)
        version = post.execution_version
        (item,) = act(session, actor, [post.id], now=NOON).items
        if origin in leads:
            assert item.reason is None, (name, origin)
            assert post.status is leads[origin]
            assert post.execution_version == version + 1  # a worker that was paused writes nothing any more
        else:
            assert item.reason, (name, origin)
            assert (post.status, post.execution_version) == (origin, version)


def test_no_action_makes_a_move_that_the_table_does_not_have():
    for _, leads in ACTIONS.values():
        for origin, target in leads.items():
            assert origin is target or may_move(origin, target)


@pytest.mark.parametrize(("origin", "target"), [pair for pair in product(S, S) if pair[0] is not pair[1]])
def test_a_pair_of_states_is_in_the_table_or_refused(session, alice, actor, account, origin, target):
    row = make_deviation(session, alice, account, status=origin, due_at=NOON)
    post = get_post(session, actor, row.id)
    if (origin, target) in MOVES:
        move(session, actor, post, target, "deviation.tested", {}, now=NOON, lease_seconds=45)
        assert row.status is target
    else:
        with pytest.raises(IllegalMove, match="Reload"):
            move(session, actor, post, target, "deviation.tested", {}, now=NOON, lease_seconds=45)
        assert row.status is origin


def test_cancelling_clears_the_plan_so_that_automations_see_the_draft(session, alice, actor, account):
    post = make_deviation(
        session, alice, account, status="scheduled", jitter_seconds=9, error_message="x", retry_count=2
    )
    cancelling.cancel(session, actor, [post.id], now=NOON)
    assert (post.scheduled_at, post.actual_publish_at, post.due_at, post.jitter_seconds) == (None, None, None, 0)
    assert (post.error_message, post.retry_count) == (None, 0)


def test_a_begun_post_with_a_public_file_is_not_cancelled(session, alice, actor, account):
    post = make_deviation(session, alice, account, status="publishing", files=0)
    make_file(session, post, make_blob(session, alice), remote_deviation_id="r1")
    make_file(session, post, make_blob(session, alice), sort_order=1)
    (item,) = cancelling.cancel(session, actor, [post.id], now=NOON).items
    assert "on DeviantArt already" in (item.reason or "") and post.status is S.PUBLISHING


def test_charlie_cancels_and_takes_back_nothing(session, alice, account, charlie):
    queued = make_deviation(session, alice, account, status="scheduled")
    failed = make_deviation(session, alice, account, status="failed")
    assert not cancelling.cancel(session, charlie, [queued.id], now=NOON).changed
    assert not cancelling.take_back(session, charlie, [failed.id], now=NOON).changed
    assert (queued.status, failed.status) == (S.SCHEDULED, S.FAILED)


def test_what_the_sidecar_claimed_meanwhile_is_not_cancelled(database):
    """The page was read before the claim; the click comes after it."""
    with database.session() as session:
        alice = make_user(session)
        post = make_deviation(session, alice, make_account(session, alice), status="scheduled")
    assert [work.id for work in claim(database, "worker", [post.id], now=NOON + 2 * HOUR)] == [post.id]
    with database.session() as session:
        (item,) = cancelling.cancel(session, Actor.person(alice.id), [post.id], now=NOON + 2 * HOUR).items
    assert "right now" in (item.reason or "")


def test_what_was_cancelled_is_not_claimed(database):
    with database.session() as session:
        alice = make_user(session)
        post = make_deviation(session, alice, make_account(session, alice), status="scheduled")
    with database.session() as session:
        cancelling.cancel(session, Actor.person(alice.id), [post.id], now=NOON)
    assert claim(database, "worker", [post.id], now=NOON + 2 * HOUR) == []
