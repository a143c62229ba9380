"""What is on offer, and its prices, without anybody's key."""

from decimal import Decimal

import pytest
from sqlalchemy import event

from core.db.crypto import Keyring, install_keyring
from core.errors import AtelierError
from core.studio.catalogue.access import list_providers
from core.studio.catalogue.list_prices import list_price, list_prices
from core.studio.catalogue.offers import list_offers
from core.studio.providers import ProviderKind
from tests.factories import NOON
from tests.studio.factories import make_model, make_provider

FLUX = "black-forest-labs/flux-dev"


def test_on_offer_are_the_models_of_providers_that_are_switched_on(session):
    make_model(session, make_provider(session, "fal", is_enabled=False), "off")
    make_model(session, make_provider(session, "gemini", deleted_at=NOON), "removed")
    make_model(session, make_provider(session, "replicate", position=1), "last")
    local = make_provider(session)
    make_model(session, local, "second", position=2)
    make_model(session, local, "first", position=1)
    make_model(session, local, "hidden", is_hidden=True)
    make_model(session, local, "gone", is_available=False)
    offers = list_offers(session)
    assert [one.key for one in offers] == [("local", "first"), ("local", "second"), ("replicate", "last")]
    assert (offers[2].kind, offers[2].provider_name) == (ProviderKind.REPLICATE, "Replicate")


def test_offers_and_prices_are_read_without_decrypting_a_key(database):
    with database.session() as session:
        replicate = make_provider(session, "replicate", api_key_encrypted="r8_secret", webhook_secret="whsec")
        make_model(session, replicate, FLUX)
    install_keyring(Keyring(["a key that opens nothing here"]))
    with database.read() as session:
        (offer,) = list_offers(session)
        assert list_price(session, offer.kind, offer.model, now=NOON).cost == Decimal("0.025")
        assert list_prices(session, [offer.model], now=NOON)[offer.model.id].cost == Decimal("0.025")
    with database.read() as session, pytest.raises(AtelierError):
        list_providers(session)


def test_one_price_takes_one_statement_whatever_else_is_on_offer(session):
    replicate = make_provider(session, "replicate")
    model = make_model(session, replicate, FLUX)
    for number in range(20):
        make_model(session, replicate, f"somebody/{number}")
    seen: list[str] = []
    listener = lambda _c, _k, statement, *_: seen.append(statement)  # noqa: E731 - removed again below
    event.listen(session.get_bind(), "before_cursor_execute", listener)
    list_price(session, replicate.kind, model, now=NOON)
    event.remove(session.get_bind(), "before_cursor_execute", listener)
    assert len(seen) == 1
