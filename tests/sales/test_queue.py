"""What gets into the sale queue, what leaves it, and at which price."""

import random

import pytest
from sqlalchemy import select

from core.sales import queue
from core.sales.errors import IllegalMove, PresetNotFound, SaleHeld, SaleNotFound, SaleRefused
from core.sales.models import SaleQueue, SaleQueueStatus
from core.sales.queue import Piece
from core.system.models import AuditEvent, StorageRemoval
from tests.factories import NOON, make_deviation, make_preset
from tests.sales.support import make_sale


def piece(deviation) -> Piece:
    return Piece(deviation.id, deviation.title, deviation.deviation_url or "https://example.test/x")


def prices(session) -> list[int]:
    return list(session.scalars(select(SaleQueue.price).order_by(SaleQueue.id)))


def test_each_piece_gets_a_price_of_its_own(session, actor, alice, rng):
    preset = make_preset(session, alice, price=0, min_price=100, max_price=1_000_000, currency="EUR")
    pieces = [piece(make_deviation(session, alice, status="published")) for _ in range(5)]
    report = queue.enqueue(session, actor, pieces, preset.id, rng=rng, now=NOON)
    assert len(set(prices(session))) == 5 and [one.price for one in report.added] == prices(session)
    assert {one.currency for one in report.added} == {"EUR"}
    events = session.scalars(select(AuditEvent.after).where(AuditEvent.action == "sale.queued"))
    assert sorted(after["price"] for after in events) == sorted(prices(session))


def test_what_is_queued_already_keeps_its_price_and_is_counted(session, actor, alice, preset, rng):
    pieces = [piece(make_deviation(session, alice, status="published")) for _ in range(2)]
    queue.enqueue(session, actor, pieces[:1], preset.id, rng=rng, now=NOON)
    preset.price = 9900
    session.flush()
    report = queue.enqueue(session, actor, [*pieces, *pieces], preset.id, rng=rng, now=NOON)
    assert report.already == (pieces[0].deviation_id,) and len(report.added) == 1
    assert prices(session) == [1200, 9900]


def test_a_price_once_drawn_outlives_changes_of_the_preset(session, actor, alice, preset):
    sale = make_sale(session, alice, preset)
    preset.price = 500
    session.flush()
    assert sale.price == 1200


def test_posts_of_others_and_in_the_trash_are_missing(session, actor, alice, charlie, preset, rng):
    from core.identity.models import User

    theirs = make_deviation(session, session.get_one(User, charlie.user_id), status="published")
    trashed = make_deviation(session, alice, status="published", deleted_at=NOON)
    report = queue.enqueue(session, actor, [piece(theirs), piece(trashed)], preset.id, rng=rng, now=NOON)
    assert report.missing == (theirs.id, trashed.id) and prices(session) == []


def test_without_an_address_or_a_preset_nothing_is_queued(session, actor, charlie, alice, preset, rng):
    post = make_deviation(session, alice, status="published")
    with pytest.raises(SaleRefused, match="no address"):
        queue.enqueue(session, actor, [Piece(post.id, "One", "javascript:alert(1)")], preset.id, rng=rng, now=NOON)
    with pytest.raises(PresetNotFound):
        queue.enqueue(session, charlie, [piece(post)], preset.id, rng=rng, now=NOON)


def test_an_archived_preset_is_taken_only_where_it_was_chosen_before(session, actor, alice, preset, rng):
    preset.archived_at = NOON
    session.flush()
    post = piece(make_deviation(session, alice, status="published"))
    with pytest.raises(PresetNotFound):
        queue.enqueue(session, actor, [post], preset.id, rng=rng, now=NOON)
    assert queue.enqueue(session, actor, [post], preset.id, rng=rng, even_archived=True, now=NOON).added


def test_a_waiting_piece_can_get_another_preset_or_another_draw(session, actor, alice, preset):
    sale = make_sale(session, alice, preset)
    other = make_preset(session, alice, price=0, min_price=100, max_price=1_000_000, currency="GBP")
    queue.change_preset(session, actor, sale.id, other.id, rng=random.Random(1), now=NOON)
    first = sale.price
    assert (sale.currency, sale.price_preset_id) == ("GBP", other.id)
    queue.redraw(session, actor, sale.id, rng=random.Random(2), now=NOON)
    assert sale.price != first and 100 <= sale.price <= 1_000_000


@pytest.mark.parametrize("status", [one for one in SaleQueueStatus if one is not SaleQueueStatus.PENDING])
def test_any_other_keeps_its_price(session, actor, alice, preset, status, rng):
    sale = make_sale(session, alice, preset, status=status)
    with pytest.raises(IllegalMove, match="is fixed"):
        queue.redraw(session, actor, sale.id, rng=rng, now=NOON)
    with pytest.raises(IllegalMove):
        queue.change_preset(session, actor, sale.id, preset.id, rng=rng, now=NOON)


def test_what_is_removed_is_gone_with_its_screenshot_and_may_come_again(session, actor, alice, preset, rng):
    sale = make_sale(session, alice, preset, screenshot_key="usr/proofs/1.png", screenshot_mime="image/png")
    queue.remove(session, actor, sale.id, now=NOON)
    assert session.scalars(select(StorageRemoval.key)).all() == ["usr/proofs/1.png"]
    again = Piece(sale.deviation_id, sale.title, sale.url)
    assert queue.enqueue(session, actor, [again], preset.id, rng=rng, now=NOON).added


def test_what_a_client_holds_is_not_removed(session, actor, alice, preset):
    sale = make_sale(session, alice, preset, status=SaleQueueStatus.PROCESSING)
    with pytest.raises(SaleHeld, match="shop is pricing"):
        queue.remove(session, actor, sale.id, now=NOON)


def test_somebody_elses_sale_is_not_there(session, alice, charlie, preset, rng):
    sale = make_sale(session, alice, preset)
    with pytest.raises(SaleNotFound):
        queue.remove(session, charlie, sale.id, now=NOON)
    with pytest.raises(SaleNotFound):
        queue.redraw(session, charlie, sale.id, rng=rng, now=NOON)
