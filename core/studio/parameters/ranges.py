"""Ranges: ``10..20``, ``0.5..0.8``, ``20..10:5``; counted without being written out.

Numbers are kept as whole numbers of the smallest decimal place, so that 0.1 + 0.2 is 0.3.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Self

_NUMBER = r"[+-]?(?:\d{1,30}(?:\.\d{1,12})?|\.\d{1,12})"
_RANGE = re.compile(
    rf"\s*(?P<first>{_NUMBER})\s*\.\.\s*(?P<last>{_NUMBER})\s*(?:(?P<mark>:|\.\.)\s*(?P<step>{_NUMBER})\s*)?", re.ASCII
)


@dataclass(frozen=True, slots=True)
class Span:
    """``count`` numbers from ``first`` on, ``step`` apart; both in units of ``10 ** -places``."""

    first: int
    step: int
    count: int
    places: int

    @classmethod
    def read(cls, text: str, *, usual_step: float | None = None, colon: bool = True) -> Self | None:
        """The range that ``text`` is; ``None`` when it is none, or its step is zero.

        Bounds are included. It counts down when the first number is the larger; the sign of a step is ignored. Without
        a step it is one unit of the last decimal place written, or ``usual_step`` where that is larger.
        ``colon=False`` is for tokens, where a colon counts options.
        """
        match = _RANGE.fullmatch(text)
        if match is None or (match["mark"] == ":" and not colon):
            return None
        first, last = Decimal(match["first"]), Decimal(match["last"])
        step = Decimal(match["step"]).copy_abs() if match["step"] else _usual(first, last, usual_step)
        if not step:
            return None
        places = max(_places(one) for one in (first, last, step))
        return cls._between(_scaled(first, places), _scaled(last, places), _scaled(step, places), places)

    @classmethod
    def _between(cls, first: int, last: int, step: int, places: int) -> Self:
        return cls(first, step if first <= last else -step, abs(last - first) // step + 1, places)

    def within(self, minimum: float | None, maximum: float | None) -> Self:
        """What of it lies between the limits; its ``count`` may be zero."""
        low, high = (self.first, self.last) if self.step > 0 else (self.last, self.first)
        size = abs(self.step)
        # Steps that are cut off below and above, rounded up.
        below = 0 if minimum is None else max(0, -((low - _ceiling(minimum, self.places)) // size))
        above = 0 if maximum is None else max(0, -((_floor(maximum, self.places) - high) // size))
        count = max(0, self.count - below - above)
        skipped = below if self.step > 0 else above
        return type(self)(self.first + skipped * self.step, self.step, count, self.places)

    @property
    def last(self) -> int:
        """The last number, in the same units."""
        return self.first + (self.count - 1) * self.step

    def text(self, index: int) -> str:
        """The number at ``index``, with as many decimal places as were written."""
        number = self.first + index * self.step
        if not self.places:
            return str(number)
        whole, rest = divmod(abs(number), 10**self.places)
        return f"{'-' if number < 0 else ''}{whole}.{rest:0{self.places}}"


def _usual(first: Decimal, last: Decimal, usual_step: float | None) -> Decimal:
    unit = Decimal(1).scaleb(-max(_places(first), _places(last)))
    return max(unit, Decimal(str(usual_step))) if usual_step else unit


def _places(number: Decimal) -> int:
    exponent = number.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _scaled(number: Decimal, places: int) -> int:
    sign, digits, exponent = number.as_tuple()
    assert isinstance(exponent, int)  # what matched is finite
    whole = int("".join(map(str, digits)) + "0" * (exponent + places))
    return -whole if sign else whole


def _floor(limit: float, places: int) -> int:
    return _scaled_limit(limit, places)[0]


def _ceiling(limit: float, places: int) -> int:
    whole, rest = _scaled_limit(limit, places)
    return whole + bool(rest)


def _scaled_limit(limit: float, places: int) -> tuple[int, int]:
    numerator, denominator = Decimal(str(limit)).as_integer_ratio()
    return divmod(numerator * int("1" + "0" * places), denominator)
