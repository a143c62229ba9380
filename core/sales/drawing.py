"""What a piece costs: the preset's price, or one drawn from its range for this piece alone."""

import random

from core.sales.models import PricePreset


def draw_price(preset: PricePreset, rng: random.Random) -> int:
    """Integer cents: the fixed price, or any whole number from lowest to highest, both included, equally likely."""
    if preset.min_price is None or preset.max_price is None:
        return preset.price
    return rng.randint(preset.min_price, preset.max_price)
