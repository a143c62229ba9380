"""Values that stand for several: ``8,10,20``, ``10..20``, ``10|20|30``, and any of them together.

A comma makes one item per value, a bar leaves the choice to chance, two dots are a range. Ranges are not written
out, so that ``1..1000000000`` costs as much as ``1..2``.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from core.studio.parameters.casting import CastError, allowed, cast, grid_of, shown
from core.studio.parameters.escaping import split_unescaped, unescape
from core.studio.parameters.problems import Problem, Severity
from core.studio.parameters.ranges import Span
from core.studio.parameters.specs import ParameterSpec, ParameterType

Below = Callable[[int], int]  # a whole number from 0 to below the one given, by chance

_NUMERIC = frozenset({ParameterType.INTEGER, ParameterType.NUMBER, ParameterType.SEED})
MOST_WRITTEN = 10_000  # values written out one by one; ranges may have more


@dataclass(frozen=True, slots=True)
class Fixed:
    """One value."""

    value: Any
    count: int = 1

    def at(self, index: int, below: Below) -> Any:
        return self.value


@dataclass(frozen=True, slots=True)
class Spread:
    """All numbers of a range."""

    spec: ParameterSpec
    span: Span

    @property
    def count(self) -> int:
        return self.span.count

    def at(self, index: int, below: Below) -> Any:
        return cast(self.spec, self.span.text(index))


@dataclass(frozen=True, slots=True)
class Pick:
    """One of several, anew for each item."""

    among: "Values"
    count: int = 1

    def at(self, index: int, below: Below) -> Any:
        return self.among.at(below(self.among.count), below)


@dataclass(frozen=True, slots=True)
class Values:
    """What one parameter stands for: ``count`` values; ``at`` takes a source of chance for picks."""

    parts: tuple[Fixed | Spread | Pick, ...]

    @property
    def count(self) -> int:
        return sum(part.count for part in self.parts)

    @property
    def is_one(self) -> bool:
        """Whether every item has the same value."""
        return len(self.parts) == 1 and isinstance(self.parts[0], Fixed)

    def at(self, index: int, below: Below) -> Any:
        for part in self.parts:
            if index < part.count:
                return part.at(index, below)
            index -= part.count
        raise IndexError(index)


@dataclass(frozen=True, slots=True)
class Reading:
    """What could be read; ``values`` is ``None`` when nothing of it can be used, or nothing was given."""

    values: Values | None
    problems: tuple[Problem, ...] = ()


def read_values(spec: ParameterSpec, raw: object, *, name: str = "") -> Reading:
    """All that ``raw`` stands for. What cannot be used is left out and named in the problems, never raised."""
    if raw is None or (isinstance(raw, str) and not raw.strip()):
        return Reading(None)
    problems: list[Problem] = []
    reader = _Reader(spec, name or spec.name, problems)
    parts = reader.parts(raw)
    return Reading(Values(tuple(parts)) if parts else None, tuple(problems))


@dataclass(frozen=True, slots=True)
class _Reader:
    spec: ParameterSpec
    name: str
    problems: list[Problem]

    def parts(self, raw: object) -> list[Fixed | Spread | Pick]:
        if isinstance(raw, list | tuple):
            return self._sequence(raw)
        if not isinstance(raw, str) or not self.spec.may_be_several or self._is_a_choice(raw):
            return self._single(raw)
        pieces = [piece for _, piece in split_unescaped(raw, ",") if piece.strip()]
        return self._distinct(part for piece in self._limited(pieces) for part in self._piece(piece))

    def _sequence(self, raw: Sequence[object]) -> list[Fixed | Spread | Pick]:
        if not self.spec.may_be_several and len(raw) > 1:
            self._complain("not_several", f"{self.spec.title} takes one value, not {len(raw):,}.")
            return []
        return self._distinct(part for one in self._limited(raw) for part in self._single(one))

    def _limited(self, pieces: Sequence[Any]) -> Sequence[Any]:
        if len(pieces) > MOST_WRITTEN:
            message = f"{self.spec.title}: only the first {MOST_WRITTEN:,} of {len(pieces):,} values are taken."
            self._complain("too_many_values", message, Severity.WARNING)
        return pieces[:MOST_WRITTEN]

    def _is_a_choice(self, raw: str) -> bool:
        """A choice that holds a comma or a bar itself is meant as such."""
        return any(str(one).casefold() == raw.strip().casefold() for one in self.spec.choices)

    def _piece(self, piece: str) -> list[Fixed | Spread | Pick]:
        alternatives = [one for _, one in split_unescaped(piece, "|") if one.strip()]
        found = self._distinct(part for one in alternatives for part in self._range_or_value(one))
        if len(alternatives) < 2 or not found:
            return found
        return [Pick(Values(tuple(found)))]

    def _range_or_value(self, text: str) -> list[Fixed | Spread | Pick]:
        if self.spec.type not in _NUMERIC:
            return self._single(unescape(text))
        span = Span.read(text, usual_step=self.spec.step)
        if span is None:
            return self._single(text)
        return self._spread(text, span)

    def _spread(self, text: str, span: Span) -> list[Fixed | Spread | Pick]:
        if self.spec.type is not ParameterType.NUMBER and span.places:
            self._complain("not_a_number", f"{self.spec.title}: {shown(text)} is not a range of whole numbers.")
            return []
        usable = span.within(self.spec.minimum, self.spec.maximum)
        if usable.count < span.count:
            left_out = span.count - usable.count
            words = "one value" if left_out == 1 else f"{left_out:,} values"
            self._complain(
                "out_of_range", f"{self.spec.title}: {words} of {shown(text)} left out; {allowed(self.spec)}."
            )
        if not usable.count or not self._fits_the_grid(text, usable):
            return []
        return [Spread(self.spec, usable)]

    def _fits_the_grid(self, text: str, span: Span) -> bool:
        """Whether every number of a range lies where the model takes one."""
        grid = grid_of(self.spec)
        if grid is None:
            return True
        is_on = not (span.first - grid.start) % grid.step and (span.count == 1 or not span.step % grid.step)
        if not is_on:
            words = f"{shown(text)} has values that are {grid.missed}; begin with {grid.nearest(span.first)}"
            self._complain("off_step", f"{self.spec.title}: {words} and go on in steps of {grid.step}.")
        return is_on

    def _single(self, raw: object) -> list[Fixed | Spread | Pick]:
        try:
            return [Fixed(cast(self.spec, raw))]
        except CastError as error:
            self._complain(error.code, str(error))
            return []

    def _distinct(self, parts: Iterable[Fixed | Spread | Pick]) -> list[Fixed | Spread | Pick]:
        found: dict[object, Fixed | Spread | Pick] = {}
        for part in parts:
            key = (type(part.value), part.value) if isinstance(part, Fixed) else part
            if key in found:
                self._complain(
                    "repeated_value", f"{self.spec.title}: a value written twice counts once.", Severity.INFO
                )
            found.setdefault(key, part)
        return list(found.values())

    def _complain(self, code: str, message: str, severity: Severity = Severity.ERROR) -> None:
        self.problems.append(Problem(self.name, code, message, severity))
