"""Price presets: the list, and what the cards say."""

import pytest

from core.clock import utc_now
from core.sales import presets
from core.sales.presets import PresetForm
from core.system.actors import Actor
from tests.factories import make_preset, make_user
from tests.sales.support import make_sale
from tests.screens.support import press, said

PRESETS = "pages/sell/presets.py"


def add(runtime, user, form: PresetForm) -> str:
    with runtime.database.session() as session:
        return presets.create_preset(session, Actor.person(user.id), form, now=utc_now()).id


def test_without_any_there_is_one_thing_to_do(anna, open_page):
    screen = open_page(PRESETS)
    assert "No price yet" in said(screen)
    assert [button.label for button in screen.button if button.label == "New preset"] == ["New preset"]


@pytest.mark.parametrize("typed", ["49.90", "49,90"])
def test_one_is_made_with_what_was_typed(anna, open_page, typed):
    screen = press(open_page(PRESETS), "New preset")
    for field, text in (("Name", "Originals"), ("Price", typed)):
        next(one for one in screen.text_input if one.label == field).input(text)
    screen = press(screen, "Save")
    text = said(screen)
    assert r"**Originals** :gray[\$49.90]" in text and "“Originals” is saved." in text and "No price yet" not in text


@pytest.mark.parametrize("typed", ["", "cheap", "0.50"])
def test_what_makes_no_price_is_said_in_the_dialog(anna, open_page, typed):
    screen = press(open_page(PRESETS), "New preset")
    next(one for one in screen.text_input if one.label == "Name").input("Originals")
    next(one for one in screen.text_input if one.label == "Price").input(typed)
    screen = press(screen, "Save")
    assert screen.error and "No price yet" in said(screen)


def test_cards_say_what_a_piece_costs_and_what_needs_the_preset(runtime, anna, open_page):
    preset = add(runtime, anna, PresetForm("Dip", min_price=500, max_price=2000, currency="EUR", description="For fun"))
    add(runtime, anna, PresetForm("Standard", price=1200))
    from core.sales.models import PricePreset

    with runtime.database.session() as session:
        make_sale(session, anna, session.get_one(PricePreset, preset))
    text = said(open_page(PRESETS))
    assert "**Dip** :gray[€5.00 – €20.00]" in text
    assert "Drawn for each piece · used by 1 piece in the sale queue" in text and "For fun" in text
    assert "The same for each piece · not in use now" in text


def test_archived_ones_can_come_back(runtime, anna, open_page):
    with runtime.database.session() as session:
        make_preset(session, anna, name="Old", archived_at=utc_now())
    screen = press(open_page(PRESETS), "Restore")
    assert "**Old**" in said(screen)


def test_another_persons_are_not_there(runtime, anna, open_page):
    with runtime.database.session() as session:
        make_preset(session, make_user(session, "charlie"), name="Not for Anna")
    assert "Not for Anna" not in said(open_page(PRESETS))
