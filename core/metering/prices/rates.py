"""One price for one unit, and how what a call used becomes a cost by it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, Decimal

from core.metering.consumption import Consumption
from core.metering.models import PriceUnit
from core.metering.price import Price
from core.metering.wanted import Wanted

MILLION = Decimal(1_000_000)
# Providers that bill whole megapixels count them by the power of two: 1024 × 1024 is one.
WHOLE_MEGAPIXEL = Decimal(1_048_576)
WORDS = {
    PriceUnit.IMAGE: "pictures",
    PriceUnit.MEGAPIXEL: "megapixels",
    PriceUnit.SECOND: "seconds of computing",
    PriceUnit.REQUEST: "calls",
    PriceUnit.TOKENS_IN: "tokens of text in",
    PriceUnit.TOKENS_IN_IMAGE: "tokens of pictures in",
    PriceUnit.TOKENS_CACHED: "cached tokens",
    PriceUnit.TOKENS_OUT: "tokens of text out",
    PriceUnit.TOKENS_OUT_IMAGE: "tokens of pictures out",
    PriceUnit.BUZZ: "Buzz",
}

ONE = {unit: words.replace("s of ", " of ").removesuffix("s") for unit, words in WORDS.items()} | {
    PriceUnit.SECOND: "second of computing"
}


@dataclass(frozen=True, slots=True)
class Rate:
    """US dollars for one ``unit`` (tokens: for a million), between two days where the second is no longer included.

    Empty conditions match all. ``whole``: each picture's megapixels are rounded up. ``typical``: how much of the unit
    one picture takes, for estimates.
    """

    unit: PriceUnit
    amount: Decimal
    model: str = "*"
    modality: str | None = None
    size: str | None = None
    quality: str | None = None
    source: str = ""
    version: str = ""
    valid_from: date | None = None
    valid_until: date | None = None
    whole: bool = False
    typical: Decimal | None = None

    def fits(self, wanted: Wanted, modality: str | None) -> bool:
        return all(
            mine is None or mine == theirs
            for mine, theirs in (
                (self.modality, modality), (self.size, wanted.size), (self.quality, wanted.quality),
            )
        )  # fmt: skip

    @property
    def weight(self) -> tuple[int, int]:
        """The more it narrows down, the more it counts; a price of one model before one of all."""
        return self.model != "*", sum(one is not None for one in (self.modality, self.size, self.quality))


def reckon(rates: Sequence[Rate], used: Consumption, wanted: Wanted, modality: str | None) -> Price:
    """The cost by these rates; unknown, with a note, when none fits or something that was used is not known."""
    chosen = _chosen(rate for rate in rates if rate.fits(wanted, modality))
    if not chosen:
        said = ", ".join(word for word in (wanted.size, wanted.quality) if word) or "what was asked for"
        return Price.unknown(f"There are prices of this model, but none for {said}.")
    cost, notes, is_estimated = Decimal(0), [], False
    for rate in chosen:
        quantity, is_guess = _quantity(rate, used, wanted)
        if quantity is None:
            return Price.unknown(f"The price goes by {WORDS[rate.unit]}, and how many there were is not known.")
        cost += rate.amount * quantity
        is_estimated |= is_guess
        counted = quantity * MILLION if rate.unit.value.startswith("tokens") else quantity
        notes.append(f"{_short(counted)} {ONE[rate.unit] if counted == 1 else WORDS[rate.unit]}")
    return Price(
        cost,
        chosen[0].source,
        chosen[0].version,
        is_estimated,
        " + ".join(notes),
        {rate.unit.value: f"{rate.amount:f}" for rate in chosen},
    )


def _chosen(rates: Iterable[Rate]) -> list[Rate]:
    """The one that says most for each unit. What is priced by the picture is not priced by tokens besides, unless
    both were said equally closely."""
    best: dict[PriceUnit, Rate] = {}
    for rate in rates:
        other = best.get(rate.unit)
        if other is None or rate.weight > other.weight:
            best[rate.unit] = rate
    top = max((rate.weight[0] for rate in best.values()), default=0)
    return [best[unit] for unit in PriceUnit if unit in best and best[unit].weight[0] == top]


def _quantity(rate: Rate, used: Consumption, wanted: Wanted) -> tuple[Decimal | None, bool]:
    """How much of the unit was used (of tokens: millions), and whether that is a guess."""
    images = used.images if used.images is not None else wanted.images
    match rate.unit:
        case PriceUnit.REQUEST:
            return Decimal(1), False
        case PriceUnit.IMAGE:
            return (None if images is None else Decimal(images)), used.images is None
        case PriceUnit.MEGAPIXEL:
            return _megapixels(rate, used, wanted, images)
        case PriceUnit.SECOND:
            return _or_typical(used.seconds, rate, images)
        case PriceUnit.BUZZ:
            return used.reported_cost, False
    return _tokens(rate.unit, used), False


def _or_typical(known: Decimal | None, rate: Rate, images: int | None) -> tuple[Decimal | None, bool]:
    if known is not None or rate.typical is None or images is None:
        return known, False
    return rate.typical * images, True


def _megapixels(rate: Rate, used: Consumption, wanted: Wanted, images: int | None) -> tuple[Decimal | None, bool]:
    if images == 0:
        return Decimal(0), False
    pixels = None if used.megapixels is None else used.megapixels * MILLION
    if pixels is None and wanted.pixels is not None and images is not None:
        pixels = Decimal(wanted.pixels * images)
    if pixels is None:
        return _or_typical(None, rate, images)
    is_guess = used.megapixels is None
    if not rate.whole:
        return pixels / MILLION, is_guess
    each = pixels / (images or 1) / WHOLE_MEGAPIXEL
    # A hair above a whole one comes from rounding, not from a larger picture.
    whole = (each - Decimal("0.001")).to_integral_value(ROUND_CEILING)
    return max(whole, Decimal(1)) * (images or 1), is_guess


def _tokens(unit: PriceUnit, used: Consumption) -> Decimal | None:
    """Millions of tokens. Those a provider does not count apart were none, as long as it counts any."""
    cached = used.tokens_cached or 0
    counts = {
        # Cached ones are some of what went in; they are priced once.
        PriceUnit.TOKENS_IN: None if used.tokens_in is None else max(used.tokens_in - cached, 0),
        PriceUnit.TOKENS_IN_IMAGE: used.tokens_in_image,
        PriceUnit.TOKENS_CACHED: used.tokens_cached,
        PriceUnit.TOKENS_OUT: _sum(used.tokens_out, used.tokens_reasoning),
        PriceUnit.TOKENS_OUT_IMAGE: used.tokens_out_image,
    }
    if all(count is None for count in counts.values()):
        return None
    return Decimal(counts[unit] or 0) / MILLION


def _short(quantity: Decimal) -> str:
    """``4.5``, ``2``: without the zeros behind the point; four places are enough to understand a sum by."""
    return f"{quantity.quantize(Decimal('0.0001')).normalize():f}" if quantity % 1 else f"{quantity:,.0f}"


def _sum(*counts: int | None) -> int | None:
    known = [count for count in counts if count is not None]
    return sum(known) if known else None
