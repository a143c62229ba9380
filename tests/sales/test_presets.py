"""Price presets: what they may be, which is the default, and when they may go."""

import pytest
from sqlalchemy import select

from core.publishing import trash
from core.publishing.automations.models import Automation
from core.sales import claims, presets
from core.sales.errors import PresetInUse, PresetNotFound, PresetRefused
from core.sales.listing import list_presets
from core.sales.models import PricePreset, SaleQueueStatus
from core.sales.presets import PresetForm
from core.system.models import AuditEvent
from tests.factories import NOON, make_account, make_deviation
from tests.sales.support import make_sale

FIXED = PresetForm("Standard", price=4999)
RANGE = PresetForm("Lucky dip", min_price=500, max_price=2000, currency="EUR")


def names(session, actor, **options) -> list[str]:
    return [one.name for one in list_presets(session, actor, **options)]


def defaults(session, actor) -> list[str]:
    return [one.name for one in list_presets(session, actor) if one.is_default]


def test_a_preset_is_a_fixed_price_or_a_range(session, actor):
    presets.create_preset(session, actor, FIXED, now=NOON)
    presets.create_preset(session, actor, RANGE, now=NOON)
    fixed, between = list_presets(session, actor)
    assert (fixed.price_text, fixed.is_range) == ("$49.99", False)
    assert (between.price_text, between.is_range) == ("€5.00 – €20.00", True)


def test_the_first_is_the_default_and_there_is_never_more_than_one(session, actor):
    for name in ("One", "Two", "Three"):
        presets.create_preset(session, actor, PresetForm(name, price=100), now=NOON)
    assert defaults(session, actor) == ["One"]
    presets.make_default(session, actor, list_presets(session, actor)[2].id, now=NOON)
    assert defaults(session, actor) == ["Three"]


@pytest.mark.parametrize(
    "form",
    [
        PresetForm("None at all"),
        PresetForm("Both", price=500, min_price=100, max_price=900),
        PresetForm("Only lowest", min_price=500),
        PresetForm("Only highest", max_price=500),
        PresetForm("The same", min_price=500, max_price=500),
        PresetForm("Upside down", min_price=600, max_price=500),
        PresetForm("Too cheap", price=99),
        PresetForm("Too dear", price=1_000_001),
        PresetForm("Negative", price=-500),
        PresetForm("Range too dear", min_price=500, max_price=1_000_001),
        PresetForm("Strange money", price=500, currency="XXX"),
        PresetForm("Lower case", price=500, currency="usd"),
        PresetForm("", price=500),
        PresetForm(" \0 ", price=500),
        PresetForm("x" * 101, price=500),
        PresetForm("Wordy", price=500, description="x" * 2001),
    ],
    ids=lambda form: form.name[:12] or "no name",
)
def test_what_makes_no_price_is_refused(session, actor, form):
    with pytest.raises(PresetRefused):
        presets.create_preset(session, actor, form, now=NOON)
    assert names(session, actor) == []


@pytest.mark.parametrize("price", [100, 1_000_000])
def test_the_limits_themselves_are_prices(session, actor, price):
    assert presets.create_preset(session, actor, PresetForm("Edge", price=price), now=NOON).price == price


def test_editing_turns_a_price_into_a_range_and_says_so(session, actor):
    preset = presets.create_preset(session, actor, FIXED, now=NOON)
    presets.edit_preset(session, actor, preset.id, RANGE, now=NOON)
    assert (preset.price, preset.min_price, preset.max_price, preset.currency) == (0, 500, 2000, "EUR")
    event = session.scalar(select(AuditEvent).where(AuditEvent.action == "preset.edited"))
    assert event.before["price"] == 4999 and event.after["max_price"] == 2000


def test_an_edit_that_changes_nothing_leaves_no_event(session, actor):
    preset = presets.create_preset(session, actor, FIXED, now=NOON)
    presets.edit_preset(session, actor, preset.id, FIXED, now=NOON)
    assert session.scalar(select(AuditEvent).where(AuditEvent.action == "preset.edited")) is None


def test_a_copy_is_like_it_but_not_the_default(session, actor):
    preset = presets.create_preset(session, actor, PresetForm("x" * 100, min_price=100, max_price=200), now=NOON)
    copy = presets.duplicate_preset(session, actor, preset.id, now=NOON)
    assert (copy.min_price, copy.max_price, copy.is_default) == (100, 200, False)
    assert len(copy.name) == 100 and copy.name.endswith("x (copy)")


def test_they_stand_in_the_order_they_are_put_in(session, actor):
    for name in ("One", "Two", "Three"):
        presets.create_preset(session, actor, PresetForm(name, price=100), now=NOON)
    ids = {one.name: one.id for one in list_presets(session, actor)}
    presets.reorder_presets(session, actor, [ids["Three"], ids["One"]], now=NOON)
    assert names(session, actor) == ["Three", "One", "Two"]
    presets.move_preset(session, actor, ids["Two"], up=True, now=NOON)
    presets.move_preset(session, actor, ids["Three"], up=True, now=NOON)
    assert names(session, actor) == ["Three", "Two", "One"]


def test_what_nothing_refers_to_is_deleted_and_the_next_becomes_the_default(session, actor):
    first = presets.create_preset(session, actor, FIXED, now=NOON)
    presets.create_preset(session, actor, RANGE, now=NOON)
    assert presets.delete_preset(session, actor, first.id, now=NOON) is False
    assert session.get(PricePreset, first.id) is None
    assert defaults(session, actor) == ["Lucky dip"]


@pytest.mark.parametrize("status", [SaleQueueStatus.PENDING, SaleQueueStatus.PROCESSING, SaleQueueStatus.FAILED])
def test_what_an_unfinished_sale_needs_stays(session, actor, alice, preset, status):
    make_sale(session, alice, preset, status=status)
    with pytest.raises(PresetInUse, match="“Standard” is still used by 1 piece in the sale queue"):
        presets.delete_preset(session, actor, preset.id, now=NOON)


def test_what_an_automation_or_a_coming_post_needs_stays(session, actor, alice, preset):
    session.add(Automation(user_id=alice.id, name="Evenings", sale_queue_preset_id=preset.id))
    account = make_account(session, alice)
    for _ in range(2):
        make_deviation(session, alice, account, status="scheduled", sale_preset_id=preset.id)
    make_sale(session, alice, preset)
    with pytest.raises(PresetInUse) as refused:
        presets.delete_preset(session, actor, preset.id, now=NOON)
    assert "1 piece in the sale queue, 1 automation and 2 posts that are not out yet" in str(refused.value)
    assert names(session, actor) == ["Standard"]


@pytest.mark.parametrize("status", [SaleQueueStatus.COMPLETED, SaleQueueStatus.SKIPPED])
def test_what_a_finished_sale_remembers_is_archived_and_can_come_back(session, actor, alice, preset, status):
    make_sale(session, alice, preset, status=status)
    assert presets.delete_preset(session, actor, preset.id, now=NOON) is True
    assert names(session, actor) == [] and names(session, actor, archived=True) == ["Standard"]
    with pytest.raises(PresetNotFound):
        presets.make_default(session, actor, preset.id, now=NOON)
    presets.restore_preset(session, actor, preset.id, now=NOON)
    assert defaults(session, actor) == ["Standard"]


def test_what_a_published_or_discarded_post_chose_is_archived(session, actor, alice, preset):
    make_deviation(session, alice, status="published", sale_preset_id=preset.id)
    make_deviation(session, alice, deleted_at=NOON, sale_preset_id=preset.id)
    assert presets.delete_preset(session, actor, preset.id, now=NOON) is True


def test_what_only_waits_for_a_post_in_the_trash_is_archived_and_works_once_restored(session, actor, alice, preset):
    post = make_deviation(session, alice, status="published", deleted_at=NOON)
    make_sale(session, alice, preset, deviation=post)
    assert presets.delete_preset(session, actor, preset.id, now=NOON) is True
    trash.restore(session, actor, [post.id], now=NOON)
    claimed = claims.claim_next(session, actor, client="shop", now=NOON)
    assert claimed is not None and claimed.price_preset_name == "Standard"


@pytest.mark.parametrize("verb", [presets.make_default, presets.delete_preset, presets.duplicate_preset])
def test_somebody_elses_preset_is_not_there(session, charlie, preset, verb):
    with pytest.raises(PresetNotFound):
        verb(session, charlie, preset.id, now=NOON)
