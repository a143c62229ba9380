"""What one call used."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Consumption:
    """What a call used, as far as the provider says; ``None`` is unknown, zero is zero.

    Kinds of tokens are counted apart: ``tokens_in`` and ``tokens_out`` are text without the pictures.
    ``tokens_in`` and ``tokens_out`` are of text; those of pictures and of reasoning stand apart from them, while
    ``tokens_cached`` are some of what went in. ``reported_cost`` is what the provider says it costs, in ``currency``
    (``usd`` or ``buzz``); ``seconds`` are of computing.
    """

    images: int | None = None
    megapixels: Decimal | None = None
    seconds: Decimal | None = None
    tokens_in: int | None = None
    tokens_in_image: int | None = None
    tokens_cached: int | None = None
    tokens_out: int | None = None
    tokens_out_image: int | None = None
    tokens_reasoning: int | None = None
    reported_cost: Decimal | None = None
    currency: str = "usd"
    size: str | None = None
    quality: str | None = None
