"""What goes into an expansion, and what comes out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from core.studio.expansion.remarks import ExpansionWarning

_WRITTEN_OUT = 10**15


@dataclass(frozen=True, slots=True)
class OrderText:
    """What a person typed. ``parameters`` are raw: a text may stand for several values."""

    prompt: str
    negative_prompt: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Limits:
    """How many items are made at most. A segment may ask for another ``per_batch`` within ``per_order``."""

    per_batch: int = 100
    per_order: int = 1000


@dataclass(frozen=True, slots=True)
class ExpandedItem:
    """One call to a provider, fully written out.

    ``batch`` counts from 1, ``sequence`` counts from 1 through the whole order. ``parameters`` are cast, in the model's
    own names, without its defaults and without the prompts. ``choices`` says which value each token took.
    """

    batch: int
    sequence: int
    prompt: str
    negative_prompt: str
    parameters: dict[str, Any]
    choices: dict[str, str]
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BatchSummary:
    """A segment between two ``(&)``. ``possible`` is exact and may have thousands of digits: show it in words."""

    number: int
    count: int
    possible: int
    capped: bool
    first: ExpandedItem | None

    @property
    def possible_in_words(self) -> str:
        """``144``, ``1,000,000``, ``about 10^30``."""
        return number_in_words(self.possible)


@dataclass(frozen=True, slots=True)
class Expansion:
    """The items of an order, and what to say about them before it is placed."""

    batches: tuple[BatchSummary, ...]
    items: Sequence[ExpandedItem]
    warnings: tuple[ExpansionWarning, ...]
    debug: str | None = None
    images_per_item: int = 1

    @property
    def is_capped(self) -> bool:
        """Whether fewer items were made than there could be, because of a cap."""
        return any(batch.capped for batch in self.batches)

    @property
    def possible(self) -> int:
        """How many items there could be; exact."""
        return sum(batch.possible for batch in self.batches)

    @property
    def images(self) -> int:
        """How many pictures the items ask for."""
        return len(self.items) * self.images_per_item


def number_in_words(number: int) -> str:
    """A whole number of any size, short enough to read; Python refuses to write out those beyond 4,300 digits."""
    if number < _WRITTEN_OUT:
        return f"{number:,}"
    exponent = int(number.bit_length() * 0.30103)  # log10(2), rounded up: at most one too many
    while 10**exponent > number:
        exponent -= 1
    factor = round(number // 10 ** (exponent - 3) / 1_000, 1)
    if factor == 10:
        factor, exponent = 1, exponent + 1
    return f"about 10^{exponent}" if factor == 1 else f"about {factor:g} × 10^{exponent}"
