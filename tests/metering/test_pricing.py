"""What a call costs: reported, set by the house, from the bundled lists, or unknown."""

from decimal import Decimal
from typing import Any

import pytest

from core.identity.errors import AdministratorsOnly
from core.identity.models import InstanceUserRole
from core.metering.consumption import Consumption
from core.metering.errors import InvalidPrice, PriceNotFound
from core.metering.events import record
from core.metering.models import PriceUnit, Usage
from core.metering.price_list import PriceForm, csv_rows, end_price, list_bundled, list_prices, set_price
from core.metering.pricing import PriceQuery, estimate, price
from tests.factories import DAY, HOUR, NOON, make_actor, make_user
from tests.metering.support import make_event

D = Decimal


def query(kind: str, model: str, requested: dict[str, Any] | None = None, **used: Any) -> PriceQuery:
    return PriceQuery(kind, kind, model, "text-to-image", Consumption(**used), requested or {})


BUNDLED = {
    "by the picture": (query("replicate", "black-forest-labs/flux-dev", images=4), "0.1"),
    "whatever the version": (query("replicate", "stability-ai/sdxl:7762fd", images=1, seconds=D("4.5")), "0.0043875"),
    "no picture, no cost": (query("replicate", "black-forest-labs/flux-dev", images=0), "0"),
    "whole megapixels": (query("fal", "fal-ai/flux/dev", images=2, megapixels=D("2.097152")), "0.05"),
    "rounded up for each picture": (query("fal", "fal-ai/flux/dev", images=2, megapixels=D("3.2")), "0.1"),
    "by size and quality": (query("openai", "dall-e-3", {"size": "1792x1024", "quality": "hd"}, images=1), "0.12"),
    "as answered, not as asked": (
        query("openai", "dall-e-3", {"size": "1792x1024", "quality": "hd"}, images=1, size="1024x1024",
              quality="standard"),
        "0.04",
    ),
    "tokens of text and pictures": (
        query("openai", "gpt-image-1", tokens_in=1000, tokens_in_image=100, tokens_out_image=1000), "0.046"
    ),
    "cached tokens apart": (
        query("openai", "gpt-image-1", tokens_in=1000, tokens_cached=400, tokens_out_image=0), "0.0035"
    ),
    "pictures dearer than words": (
        query("gemini", "gemini-2.5-flash-image", tokens_in=1000, tokens_out_image=1290, tokens_reasoning=100),
        "0.03925",
    ),
    "hardware of the house": (query("comfyui", "portrait.json", images=4, seconds=D(40)), "0"),
    "Buzz at the list price": (query("civitai", "urn:air:x", reported_cost=D(12), currency="buzz"), "0.012"),
    "as the provider says": (query("fal", "fal-ai/flux/dev", images=9, reported_cost=D("0.07")), "0.07"),
    "an explicit zero": (query("fal", "fal-ai/flux/dev", images=9, reported_cost=D(0)), "0"),
}  # fmt: skip


@pytest.mark.parametrize("name", BUNDLED)
def test_a_call_costs_what_the_lists_say(session, name: str):
    asked, cost = BUNDLED[name]
    found = price(session, asked, at=NOON)
    assert found.cost == D(cost) and not found.estimated
    assert found.source and found.note


UNKNOWN = {
    "a model nobody knows": query("openai_compatible", "llamapaint", images=1),
    "a size without a price": query("openai", "dall-e-3", {"size": "900x900", "quality": "hd"}, images=1),
    "a currency without a rate": query("civitai", "x", reported_cost=D(3), currency="gold"),
    "seconds nobody told": query("replicate", "stability-ai/sdxl"),
    "before the list began": query("gemini", "gemini-9-image", images=1),
}


@pytest.mark.parametrize("name", UNKNOWN)
def test_what_is_not_known_is_null_and_says_what_is_missing(session, name: str):
    found = price(session, UNKNOWN[name], at=NOON)
    assert found.cost is None and not found.estimated and found.note.endswith(".")


def test_what_a_provider_did_not_say_is_guessed_and_marked(session):
    quiet = price(session, query("openai", "gpt-image-1", {"quality": "low", "size": "1024x1024"}, images=2), at=NOON)
    assert quiet.cost == D("0.022") and quiet.estimated
    by_size = price(session, query("fal", "fal-ai/flux/dev", {"image_size": "landscape_16_9"}, images=1), at=NOON)
    assert by_size.cost == D("0.025") and by_size.estimated


ESTIMATES = {
    "one picture when nobody says": (query("replicate", "black-forest-labs/flux-schnell"), "0.003"),
    "by what is asked": (query("fal", "fal-ai/flux/dev", {"num_images": 3, "width": 1536, "height": 1024}), "0.15"),
    "usual seconds": (query("fal", "fal-ai/fast-sdxl", {"num_images": 2}), "0.00444"),
    "usual tokens": (query("gemini", "gemini-3-pro-image-preview", {"imageSize": "4K"}), "0.24"),
    "the dearest when it is left open": (query("openai", "gpt-image-1", {"quality": "auto", "size": "auto"}), "0.25"),
    "as the provider planned": (query("civitai", "x", reported_cost=D(7), currency="buzz"), "0.007"),
}


@pytest.mark.parametrize("name", ESTIMATES)
def test_a_call_is_estimated_before_it_is_made(session, name: str):
    asked, cost = ESTIMATES[name]
    found = estimate(session, asked, at=NOON)
    assert found.cost == D(cost) and found.estimated
    assert estimate(session, query("openai_compatible", "x"), at=NOON).cost is None


def form(amount: str = "0.03", **fields: Any) -> PriceForm:
    values = {"provider": "fal", "model": "fal-ai/flux/dev", "unit": PriceUnit.IMAGE, "valid_from": NOON}
    return PriceForm(amount=D(amount), **values | fields)


@pytest.fixture
def ada(session):
    return make_actor(session, "ada", role=InstanceUserRole.ADMIN)


def test_a_price_of_the_house_holds_between_its_days(session, ada):
    asked = query("fal", "fal-ai/flux/dev", images=2, megapixels=D("2.097152"))
    set_price(session, ada, form("0.03"), now=NOON)
    later = set_price(session, ada, form("0.05", valid_from=NOON + DAY), now=NOON)
    costs = [price(session, asked, at=at).cost for at in (NOON - HOUR, NOON, NOON + DAY - HOUR, NOON + DAY)]
    assert costs == [D("0.05"), D("0.06"), D("0.06"), D("0.10")]
    found = price(session, asked, at=NOON)
    assert (found.source, found.version, found.rates) == ("set by the house", "2026-06-01", {"image": "0.030000000"})
    end_price(session, ada, later.id, now=NOON + 2 * DAY)
    assert price(session, asked, at=NOON + 3 * DAY).cost == D("0.05") == price(session, asked, at=NOON - HOUR).cost
    assert [view.holds for view in list_prices(session, now=NOON + HOUR)] == [False, True]


def test_the_narrower_price_wins_and_units_add_up(session, ada):
    set_price(session, ada, form("1", model="*"), now=NOON)
    set_price(session, ada, form("0.03"), now=NOON)
    set_price(session, ada, form("0.09", size="2048x2048"), now=NOON)
    set_price(session, ada, form("0.001", unit=PriceUnit.SECOND), now=NOON)

    def cost(model: str, size: str) -> Decimal | None:
        return price(session, query("fal", model, {"size": size}, images=1, seconds=D(2)), at=NOON).cost

    assert cost("fal-ai/flux/dev", "1024x1024") == D("0.032")
    assert cost("fal-ai/flux/dev", "2048x2048") == D("0.092")
    assert cost("another", "1024x1024") == D(1)


def test_the_house_prices_its_own_hardware_and_its_buzz(session, ada):
    set_price(session, ada, form("0.0002", provider="comfyui", model="*", unit=PriceUnit.SECOND), now=NOON)
    set_price(session, ada, form("0.002", provider="civitai", model="*", unit=PriceUnit.BUZZ), now=NOON)
    drawn = query("comfyui", "portrait.json", images=1, seconds=D(10), reported_cost=D(0))
    assert price(session, drawn, at=NOON).cost == D("0.002")
    assert price(session, query("civitai", "x", reported_cost=D(5), currency="buzz"), at=NOON).cost == D("0.01")


def test_a_new_price_leaves_past_calls_as_they_are(session, ada):
    alice = make_user(session)
    asked = query("fal", "fal-ai/flux/dev", images=1, megapixels=D(1))
    [first] = record(session, [make_event(alice, price(session, asked, at=NOON))], now=NOON)
    set_price(session, ada, form("7", valid_from=NOON - DAY), now=NOON)
    row = session.get_one(Usage, first)
    assert (row.cost, row.price_source, row.details["rates"]) == (
        D("0.025"), "fal.ai/pricing", {"megapixel": "0.025"}
    )  # fmt: skip


REFUSED = {
    "less than nothing": {"amount": "-1"},
    "no number": {"amount": "NaN"},
    "more than anybody pays": {"amount": "100001"},
    "ten decimals": {"amount": "0.0000000001"},
    "no model": {"model": " "},
    "a name too long": {"model": "x" * 256},
    "no zone": {"valid_from": NOON.replace(tzinfo=None)},
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_price_that_cannot_be_is_refused(session, ada, name: str):
    with pytest.raises(InvalidPrice):
        set_price(session, ada, form(**REFUSED[name]), now=NOON)


def test_prices_are_set_and_ended_by_administrators_alone(session, ada):
    member = make_actor(session)
    with pytest.raises(AdministratorsOnly):
        set_price(session, member, form(), now=NOON)
    planned = set_price(session, ada, form(valid_from=NOON + DAY), now=NOON)
    with pytest.raises(AdministratorsOnly):
        end_price(session, member, planned.id, now=NOON)
    with pytest.raises(InvalidPrice, match="then or later"):
        set_price(session, ada, form(), now=NOON)
    end_price(session, ada, planned.id, now=NOON)  # it never began, and is gone
    assert list_prices(session, now=NOON) == []
    with pytest.raises(PriceNotFound):
        end_price(session, ada, planned.id, now=NOON)
    set_price(session, ada, form(), now=NOON)
    assert csv_rows(list_prices(session, now=NOON))[2][:5] == ["fal", "fal-ai/flux/dev", "", "image", "0.030000000"]


def test_every_bundled_price_says_where_it_is_from_and_since_when():
    assert list_bundled()
    for _, rate in list_bundled():
        assert rate.source and rate.version and rate.valid_from and rate.amount > 0


def test_a_model_without_a_price_is_estimated_from_what_its_pictures_cost_lately(session):
    user = make_user(session)
    asked = PriceQuery("civitai", "civitai", "urn:air:x", requested={"images": 3})
    assert estimate(session, asked, at=NOON).cost is None
    same = {"provider": "civitai", "provider_kind": "civitai", "model": "urn:air:x"}
    events = [
        make_event(user, "0.008", consumption=Consumption(images=2), occurred_at=NOON - DAY, **same),
        make_event(user, None, occurred_at=NOON - 2 * DAY, **same),  # a day of which not all is known
        make_event(user, "9", occurred_at=NOON - 2 * DAY, **same),
    ]
    record(session, events, now=NOON)
    found = estimate(session, asked, at=NOON)
    assert (found.cost, found.estimated, found.source) == (D("0.012"), True, "earlier calls")
    assert estimate(session, asked, at=NOON + 90 * DAY).cost is None
    assert price(session, asked, at=NOON).cost is None, "what was made is never guessed from the past"
