"""What a call cost, and how that is known."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

# US dollars of one call, the most that can be written down.
HIGHEST_COST = Decimal("99999.999999999")


@dataclass(frozen=True, slots=True)
class Price:
    """``cost`` in US dollars: ``None`` is unknown, zero is free. ``note`` says how it was reckoned or what is missing.

    ``source`` and ``version`` name the list of prices, ``rates`` what was taken from it (unit: amount);
    ``estimated``: reckoned with something that the provider did not say.
    """

    cost: Decimal | None
    source: str | None = None
    version: str | None = None
    estimated: bool = False
    note: str = ""
    rates: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def unknown(cls, note: str) -> "Price":
        return cls(None, note=note)

    @classmethod
    def nothing(cls, note: str) -> "Price":
        """For a call that the provider does not charge, as one that was never begun."""
        return cls(Decimal(0), "not charged", note=note)
