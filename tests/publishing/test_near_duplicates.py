"""Which posts look like one that is out already, or about to go out."""

from pathlib import Path

import numpy as np
import pytest

from core.demo.catalogue import PICTURES
from core.media.imports import IncomingFile
from core.media.perceptual import FEATURELESS
from core.publishing import scheduling
from core.publishing.detail import get_detail
from core.publishing.imports import import_files
from core.publishing.models import Deviation, DeviationStatus
from core.publishing.near_duplicates import REMEMBERED, Match, has_near_duplicate, near_duplicates, sentence
from core.publishing.scheduling import SchedulePlan
from core.system.actors import Actor
from tests.factories import DAY, NOON, make_account, make_blob, make_deviation, make_user

LOOK = 0x0F0F_1234_5678_9ABC
PUBLISHED = DeviationStatus.PUBLISHED


def flipped(look: int, bits: int) -> int:
    return look ^ ((1 << bits) - 1)


@pytest.fixture
def make(session, alice, account):
    def post(look: int | None, status: DeviationStatus = DeviationStatus.DRAFT, **fields: object) -> Deviation:
        blob = make_blob(session, alice, perceptual_hash=look)
        return make_deviation(session, alice, account, status=status, blobs=[blob], **fields)

    return post


def ids_of(matches: list[Match]) -> list[str]:
    return [match.deviation_id for match in matches]


def test_what_differs_in_few_bits_from_a_published_or_queued_post_is_found_nearest_first(session, actor, make):
    draft = make(LOOK)
    far = make(flipped(LOOK, 6), PUBLISHED)
    near = make(flipped(LOOK, 2), DeviationStatus.SCHEDULED)
    make(flipped(LOOK, 7), PUBLISHED)
    make(flipped(LOOK, 1))  # another draft is no repetition
    found = near_duplicates(session, actor, [draft.id], now=NOON)
    assert ids_of(found[draft.id]) == [near.id, far.id]
    assert [match.distance for match in found[draft.id]] == [2, 6]
    assert found[draft.id][0].at == near.actual_publish_at
    assert near_duplicates(session, actor, [draft.id], distance=1, now=NOON) == {}
    assert has_near_duplicate(session, actor, draft.id, now=NOON)


def test_negative_hashes_compare_as_well(session, actor, make):
    draft, out = make(-5), make(-6, PUBLISHED)
    assert ids_of(near_duplicates(session, actor, [draft.id], now=NOON)[draft.id]) == [out.id]


def test_a_post_is_no_lookalike_of_itself(session, actor, make):
    queued = make(LOOK, DeviationStatus.SCHEDULED)
    assert near_duplicates(session, actor, [queued.id], now=NOON) == {}


def test_blank_and_unknown_pictures_match_nothing(session, actor, make):
    posts = [make(look) for look in (FEATURELESS, None)]
    for look in (FEATURELESS, None):
        make(look, PUBLISHED)
    assert near_duplicates(session, actor, [post.id for post in posts], now=NOON) == {}


def test_trash_what_is_long_past_and_other_peoples_posts_do_not_count(session, actor, make, charlie):
    draft = make(LOOK)
    make(LOOK, PUBLISHED, deleted_at=NOON)
    make(LOOK, PUBLISHED, published_at=NOON - REMEMBERED - DAY)
    bob = make_user(session, "bob")
    theirs = make_blob(session, bob, perceptual_hash=LOOK)
    make_deviation(session, bob, make_account(session, bob), status=PUBLISHED, blobs=[theirs])
    assert near_duplicates(session, actor, [draft.id], now=NOON) == {}
    make(LOOK, PUBLISHED)
    assert near_duplicates(session, charlie, [draft.id], now=NOON) == {}


def test_any_file_of_a_post_counts(session, actor, alice, make):
    blobs = [make_blob(session, alice, perceptual_hash=look) for look in (-1, LOOK)]
    draft = make_deviation(session, alice, blobs=blobs)
    out = make(LOOK, PUBLISHED)
    assert ids_of(near_duplicates(session, actor, [draft.id], now=NOON)[draft.id]) == [out.id]


def test_many_are_told_in_one_sentence():
    matches = [Match(f"dev_{n}", f"Dune {n}", PUBLISHED, NOON, 0) for n in range(4)]
    assert sentence(matches[:1]) == "It looks very much like “Dune 0” (published)."
    assert sentence(matches) == "It looks very much like “Dune 0” (published), “Dune 1” (published) and 2 more."


def test_scheduling_warns_of_lookalikes_those_scheduled_together_included(session, actor, make, rng):
    one, other, third = make(LOOK), make(flipped(LOOK, 1)), make(-1)
    plan = SchedulePlan(NOON + DAY)
    report = scheduling.schedule(session, actor, [one.id, other.id, third.id], plan, rng=rng, now=NOON)
    assert len(report.changed) == 3
    told = [" ".join(item.warnings) for item in report.items]
    assert other.title in told[0] and one.title in told[1]
    assert told[2] == ""


def test_publishing_now_and_the_detail_of_a_draft_warn_too(session, actor, make, rng):
    out, draft = make(LOOK, PUBLISHED), make(LOOK)
    detail = get_detail(session, actor, draft.id, now=NOON)
    assert ids_of(list(detail.lookalikes)) == [out.id]
    assert get_detail(session, actor, out.id, now=NOON).lookalikes == ()
    (told,) = scheduling.publish_now(session, actor, [draft.id], now=NOON).items[0].warnings
    assert out.title in told
    another = make(LOOK)
    warned = scheduling.schedule_one(session, actor, another.id, SchedulePlan(NOON + DAY), rng=rng, now=NOON)
    assert "looks very much like" in warned[0]


def test_an_upload_that_looks_like_something_published_is_taken_with_a_warning(database, store, tmp_path: Path):
    with database.session() as session:
        actor = Actor.person(make_user(session).id)
    picture = PICTURES[1].painter(np.random.default_rng(8), 640, 480)
    for name, size in (("first.png", (640, 480)), ("second.png", (480, 360))):
        picture.resize(size).save(tmp_path / name)
    first = import_files(database, store, actor, [IncomingFile("first.png", tmp_path / "first.png")], now=NOON)
    assert first.results[0].warnings == ()
    with database.session() as session:
        row = session.get_one(Deviation, first.deviation_ids[0])
        row.status, row.published_at = PUBLISHED, NOON
    second = import_files(database, store, actor, [IncomingFile("second.png", tmp_path / "second.png")], now=NOON)
    assert "looks very much like" in second.results[0].warnings[0]
