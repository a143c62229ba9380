"""Prices of tokens, from the pinned package ``genai-prices``: its bundled data, which nothing here ever updates."""

from datetime import datetime
from decimal import Decimal
from importlib.metadata import version

from genai_prices import Usage, calc_price

from core.metering.consumption import Consumption
from core.metering.price import Price
from core.metering.wanted import Wanted

# Its names of the providers we speak to.
PROVIDERS = {"openai": "openai", "gemini": "google"}
SOURCE = "genai-prices"
VERSION = version("genai-prices")

# What one picture takes, by size: Google's documentation of its image models.
_PICTURE_TOKENS: dict[str, dict[str | None, int]] = {
    "gemini-2.5-flash-image": {None: 1290},
    "gemini-3-pro-image-preview": {None: 1120, "1K": 1120, "2K": 1120, "4K": 2000},
}
# What one picture costs, by size and quality, for estimates only: OpenAI's pages of its models.
_SQUARE, _OBLONG = 1024 * 1024, 1024 * 1536
_PICTURE_DOLLARS = {
    "gpt-image-1": {"low": ("0.011", "0.016"), "medium": ("0.042", "0.063"), "high": ("0.167", "0.25")},
    "gpt-image-1-mini": {"low": ("0.005", "0.006"), "medium": ("0.011", "0.015"), "high": ("0.036", "0.052")},
    "gpt-image-1.5": {"low": ("0.009", "0.013"), "medium": ("0.034", "0.05"), "high": ("0.133", "0.2")},
    "gpt-image-2": {"low": ("0.02", "0.03"), "medium": ("0.07", "0.105"), "high": ("0.19", "0.285")},
}
# Where nobody said, the dearest: an estimate that holds money must not be too small.
_DEAREST = "high"


def price_of_tokens(kind: str, model: str, used: Consumption, *, at: datetime) -> Price | None:
    """The cost of the tokens that a call used; ``None`` when it tells none or the model is not known."""
    provider = PROVIDERS.get(kind)
    counts = (used.tokens_in, used.tokens_in_image, used.tokens_out, used.tokens_out_image, used.tokens_reasoning)
    if provider is None or all(count is None for count in counts):
        return None
    into = (used.tokens_in or 0) + (used.tokens_in_image or 0)
    out = (used.tokens_out or 0) + (used.tokens_out_image or 0) + (used.tokens_reasoning or 0)
    # Only what is there is named: the package refuses classes that a model has no price for.
    parts = {
        "input_image_tokens": used.tokens_in_image,
        "cache_read_tokens": min(used.tokens_cached or 0, into),
        "output_image_tokens": used.tokens_out_image,
    }
    usage = Usage(input_tokens=into, output_tokens=out, **{name: count for name, count in parts.items() if count})
    try:
        found = calc_price(usage, model, provider_id=provider, genai_request_timestamp=at)
    except (LookupError, ValueError):
        return None
    note = f"{into:,} tokens in, {out:,} out"
    return Price(Decimal(found.total_price), SOURCE, VERSION, False, note, {"tokens": str(found.model_price)})


def typical_price(kind: str, model: str, wanted: Wanted, *, at: datetime) -> Price | None:
    """What pictures of this model are likely to cost; ``None`` when nobody wrote that down."""
    images = wanted.images
    if images is None or kind not in PROVIDERS:
        return None
    if model in _PICTURE_TOKENS:
        by_size = _PICTURE_TOKENS[model]
        each = by_size.get(wanted.size, max(by_size.values()))
        used = Consumption(tokens_in=wanted.prompt_tokens * images, tokens_out_image=each * images)
        found = price_of_tokens(kind, model, used, at=at)
        return found and Price(
            found.cost, found.source, found.version, True, f"About {each:,} tokens a picture", found.rates
        )
    if model in _PICTURE_DOLLARS:
        return _by_the_picture(_PICTURE_DOLLARS[model], wanted, images)
    return None


def _by_the_picture(prices: dict[str, tuple[str, str]], wanted: Wanted, images: int) -> Price:
    square, oblong = prices.get(wanted.quality or "", prices[_DEAREST])
    pixels = wanted.pixels or _OBLONG
    each = Decimal(square) if pixels <= _SQUARE else Decimal(oblong) * max(pixels, _OBLONG) / _OBLONG
    return Price(
        each * images, "openai.com/api/pricing", "2026-11-21", True, "What pictures like this cost on average",
        {"image": f"{each:f}"},
    )  # fmt: skip
