"""Amounts as people read and type them."""

import random

import pytest

from core.sales.drawing import draw_price
from core.sales.errors import PresetRefused
from core.sales.models import PricePreset
from core.sales.money import money, plain_amount, read_amount


@pytest.mark.parametrize(
    ("cents", "currency", "read", "typed"),
    [
        (4999, "USD", "$49.99", "49.99"),
        (100, "EUR", "€1.00", "1.00"),
        (1_000_000, "GBP", "£10,000.00", "10000.00"),
        (5000, "JPY", "¥5,000", "5000"),
        (1205, "CHF", "CHF 12.05", "12.05"),
        (1205, "XYZ", "XYZ 12.05", "12.05"),
    ],
)
def test_an_amount_is_shown_as_its_currency_has_it(cents, currency, read, typed):
    assert (money(cents, currency), plain_amount(cents, currency)) == (read, typed)


@pytest.mark.parametrize(
    ("text", "currency", "cents"),
    [
        ("49.90", "USD", 4990),
        ("49,90", "EUR", 4990),
        ("49,9", "EUR", 4990),
        ("1,249.00", "USD", 124_900),
        ("1,249", "USD", 124_900),
        ("5,000", "JPY", 5000),
        (" 12 ", "USD", 1200),
        ("1 200", "USD", 120_000),
    ],
)
def test_what_a_person_types_is_understood(text, currency, cents):
    assert read_amount(text, currency) == cents


@pytest.mark.parametrize("text", ["", "ten", "1.005", "NaN", "Infinity", "--1", "1.2.3"])
def test_what_is_no_amount_is_refused(text):
    with pytest.raises(PresetRefused, match="Type a number"):
        read_amount(text, "USD")


def test_yen_have_no_half():
    with pytest.raises(PresetRefused, match="no amount of JPY"):
        read_amount("10.5", "JPY")


def test_a_fixed_price_is_that_price():
    assert draw_price(PricePreset(price=700), random.Random(1)) == 700


def test_a_range_is_drawn_from_end_to_end():
    preset = PricePreset(price=0, min_price=100, max_price=103)
    assert {draw_price(preset, random.Random(seed)) for seed in range(100)} == {100, 101, 102, 103}
