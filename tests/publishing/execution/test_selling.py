"""A post with a price preset is queued for its price in the transaction that says it is out."""

import pytest

from core.publishing import selling
from core.publishing.execution import results
from core.publishing.execution.claims import release_others
from core.publishing.models import DeviationStatus
from core.publishing.providers import ErrorCategory
from core.sales.models import PricePreset, SaleQueue
from tests.factories import NOON, make_preset
from tests.publishing.execution.conftest import Rig


def sales(rig: Rig) -> list[SaleQueue]:
    return list(rig.all(SaleQueue, SaleQueue.id))


def preset_of(rig: Rig, **fields: object) -> str:
    with rig.database.session() as session:
        return make_preset(session, rig.user, **fields).id


def test_a_post_that_is_out_waits_for_its_price(rig):
    preset = preset_of(rig, price=0, min_price=500, max_price=900, currency="EUR")
    post = rig.post(title="Winter", sale_preset_id=preset)
    rig.run_due()
    (sale,) = sales(rig)
    row = rig.read(post)
    assert row.status is DeviationStatus.PUBLISHED
    assert (sale.deviation_id, sale.title, sale.url) == (post, "Winter", row.deviation_url)
    assert 500 <= sale.price <= 900 and (sale.currency, sale.price_preset_id) == ("EUR", preset)
    assert sale.cover_blob_id == row.files[0].blob_id and sale.created_at == NOON


def test_a_series_is_one_sale_with_the_address_of_its_first_picture(rig):
    post = rig.post(files=3, sale_preset_id=preset_of(rig))
    rig.run_for(120)
    (sale,) = sales(rig)
    assert sale.url == rig.read(post).files[0].remote_url


def test_what_was_not_to_be_sold_or_is_in_stash_only_is_not_queued(rig):
    rig.post()
    rig.post(sale_preset_id=preset_of(rig), stash_only=True, account=rig.other_account())
    rig.run_for(60)
    assert sales(rig) == []


def test_a_preset_archived_since_is_still_the_one_that_was_chosen(rig):
    preset = preset_of(rig)
    rig.post(sale_preset_id=preset)
    with rig.database.session() as session:
        session.get_one(PricePreset, preset).archived_at = NOON
    rig.run_due()
    assert [sale.price_preset_id for sale in sales(rig)] == [preset]


def test_one_that_is_queued_already_stays_at_its_price(rig):
    preset = preset_of(rig)
    post = rig.post(sale_preset_id=preset)
    with rig.database.session() as session:
        values = {"price": 777, "currency": "USD", "title": "Winter", "url": "https://site.test/art/0"}
        session.add(SaleQueue(user_id=rig.user.id, deviation_id=post, price_preset_id=preset, **values))
    rig.run_due()
    assert rig.read(post).status is DeviationStatus.PUBLISHED
    assert [sale.price for sale in sales(rig)] == [777]


def test_a_post_whose_end_is_not_written_is_not_queued_and_later_exactly_once(rig, monkeypatch):
    post = rig.post(sale_preset_id=preset_of(rig))
    really = results.enqueue_published

    def die_after(ledger):
        really(ledger)
        raise KeyboardInterrupt

    monkeypatch.setattr(results, "enqueue_published", die_after)
    with pytest.raises(KeyboardInterrupt):
        rig.run_due()
    assert rig.read(post).status is not DeviationStatus.PUBLISHED and sales(rig) == []
    monkeypatch.setattr(results, "enqueue_published", really)
    release_others(rig.database, "worker-2", now=rig.now)
    rig.run_for(120)
    assert rig.read(post).status is DeviationStatus.PUBLISHED and len(sales(rig)) == 1


def test_whatever_goes_wrong_in_the_queue_the_post_is_published(rig, monkeypatch):
    post = rig.post(sale_preset_id=preset_of(rig), title="Winter")
    # A price the table does not take: the statement fails inside the transaction.
    monkeypatch.setattr(selling.queue, "draw_price", lambda preset, rng: -1)
    rig.run_due()
    assert rig.read(post).status is DeviationStatus.PUBLISHED and sales(rig) == []


def test_a_refused_post_is_not_for_sale(rig):
    rig.post(sale_preset_id=preset_of(rig))
    rig.site.fail("publish", ErrorCategory.VALIDATION)
    rig.run_due()
    assert sales(rig) == []
