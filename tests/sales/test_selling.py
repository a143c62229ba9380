"""Posts and prices: chosen before they are out, added to the queue afterwards."""

import random

import pytest
from sqlalchemy import select

from core.publishing import bulk, selling
from core.publishing.changes import DeviationChanges
from core.publishing.deviations import create
from core.publishing.editing import edit
from core.publishing.models import Deviation
from core.sales import handling
from core.sales.errors import PresetNotFound
from core.sales.models import SaleQueue
from tests.factories import NOON, make_account, make_deviation, make_preset


def outcomes(report) -> list[str]:
    return [item.outcome.value for item in report.items]


def test_published_posts_are_added_by_hand_each_at_its_own_price(session, actor, alice):
    preset = make_preset(session, alice, price=0, min_price=100, max_price=1_000_000)
    ids = [make_deviation(session, alice, status="published").id for _ in range(3)]
    report = selling.sell(session, actor, ids, preset.id, rng=random.Random(1), now=NOON)
    assert outcomes(report) == ["changed"] * 3
    assert len(set(session.scalars(select(SaleQueue.price)))) == 3
    again = selling.sell(session, actor, ids, preset.id, rng=random.Random(1), now=NOON)
    assert outcomes(again) == ["unchanged"] * 3 and "in the sale queue already" in again.items[0].warnings[0]


def test_what_cannot_be_sold_says_why(session, actor, alice, preset, rng):
    draft = make_deviation(session, alice)
    stash = make_deviation(session, alice, status="published", stash_only=True)
    lost = make_deviation(session, alice, status="published", deviation_url=None)
    report = selling.sell(session, actor, [draft.id, stash.id, lost.id], preset.id, rng=rng, now=NOON)
    assert outcomes(report) == ["skipped"] * 3
    said = [item.reason or "" for item in report.items]
    assert ["not published yet" in said[0], "Sta.sh only" in said[1], "is not known" in said[2]] == [True] * 3


def test_a_free_download_of_a_piece_for_sale_is_pointed_out(session, actor, alice, preset, rng):
    post = make_deviation(session, alice, status="published", allow_free_download=True)
    report = selling.sell(session, actor, [post.id], preset.id, rng=rng, now=NOON)
    assert any("free download" in said for said in report.items[0].warnings)


def test_a_preset_chosen_before_protects_the_post_and_can_be_undone(session, actor, alice, preset):
    account = make_account(session, alice)
    draft = make_deviation(session, alice, allow_free_download=True)
    queued = make_deviation(session, alice, account, status="scheduled", display_resolution=3)
    report = selling.choose_preset(session, actor, [draft.id, queued.id], preset.id, now=NOON)
    assert outcomes(report) == ["changed"] * 2
    assert [(row.sale_preset_id, row.add_watermark, row.display_resolution, row.allow_free_download)
            for row in (draft, queued)] == [(preset.id, True, 8, False), (preset.id, True, 3, False)]  # fmt: skip
    assert report.group is not None
    bulk.undo(session, actor, report.group, now=NOON)
    session.flush()
    assert (draft.sale_preset_id, draft.add_watermark, draft.allow_free_download) == (None, False, True)


def test_no_preset_means_not_for_sale_and_leaves_the_protection(session, actor, alice, preset):
    draft = make_deviation(session, alice, sale_preset_id=preset.id, add_watermark=True, display_resolution=8)
    selling.choose_preset(session, actor, [draft.id], None, now=NOON)
    assert (draft.sale_preset_id, draft.add_watermark) == (None, True)


def test_published_and_hidden_posts_are_left_alone(session, actor, alice, preset):
    out, stash = make_deviation(session, alice, status="published"), make_deviation(session, alice, stash_only=True)
    report = selling.choose_preset(session, actor, [out.id, stash.id], preset.id, now=NOON)
    assert outcomes(report) == ["skipped"] * 2
    assert session.scalars(select(Deviation.sale_preset_id)).all() == [None, None]


def test_a_stranger_has_neither_the_preset_nor_the_posts(session, alice, charlie, preset, rng):
    post = make_deviation(session, alice, status="published")
    with pytest.raises(PresetNotFound):
        selling.sell(session, charlie, [post.id], preset.id, rng=rng, now=NOON)
    with pytest.raises(PresetNotFound):
        selling.choose_preset(session, charlie, [post.id], preset.id, now=NOON)


@pytest.mark.parametrize(("size", "becomes"), [(0, 8), (None, 8), (1, 1), (8, 8)])
def test_protection_keeps_a_smaller_size(size, becomes):
    values = {"title": "Winter", "display_resolution": size, "allow_free_download": True}
    assert selling.forced_protection(values) == {
        "title": "Winter", "add_watermark": True, "display_resolution": becomes, "allow_free_download": False,
    }  # fmt: skip


def test_what_waits_can_be_withdrawn_and_what_is_priced_stays(session, actor, alice, preset, rng):
    ids = [make_deviation(session, alice, status="published").id for _ in range(2)]
    selling.sell(session, actor, ids, preset.id, rng=rng, now=NOON)
    done = session.scalars(select(SaleQueue).where(SaleQueue.deviation_id == ids[0])).one()
    handling.mark_done(session, actor, done.id, now=NOON)
    report = selling.withdraw(session, actor, ids, now=NOON)
    assert outcomes(report) == ["skipped", "changed"]
    assert session.scalars(select(SaleQueue.deviation_id)).all() == [ids[0]]


def test_an_address_nobody_can_open_is_that_posts_affair(session, actor, alice, preset, rng):
    odd = make_deviation(session, alice, status="published", deviation_url="ftp://example.test/1")
    fine = make_deviation(session, alice, status="published")
    report = selling.sell(session, actor, [odd.id, fine.id], preset.id, rng=rng, now=NOON)
    assert outcomes(report) == ["skipped", "changed"]


def test_a_price_chosen_in_the_drawer_protects_the_post_too(session, actor, alice, preset):
    draft = make_deviation(session, alice)
    choice = DeviationChanges(sale_preset_id=preset.id, allow_free_download=True)
    edit(session, actor, draft.id, choice, now=NOON)
    assert (draft.add_watermark, draft.display_resolution, draft.allow_free_download) == (True, 8, False)
    # Said on purpose, later: what is for sale may still be changed.
    edit(session, actor, draft.id, DeviationChanges(sale_preset_id=preset.id, add_watermark=False), now=NOON)
    assert not draft.add_watermark
    new = create(session, actor, DeviationChanges(title="New", sale_preset_id=preset.id), now=NOON)
    assert (new.add_watermark, new.display_resolution) == (True, 8)
