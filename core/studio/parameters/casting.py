"""One value of one parameter: from what was typed or sent to what the model takes."""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from core.studio.parameters.escaping import cleaned
from core.studio.parameters.specs import ParameterSpec, ParameterType

LONGEST_NUMBER = 40  # digits; more is no number of this world, and slow to read
RANDOM_WORDS = frozenset({"", "random", "-1"})

_WHOLE = re.compile(r"([+-]?\d{1,40})(?:\.0*)?", re.ASCII)
_NUMBER = re.compile(r"[+-]?(?:\d{1,40}(?:\.\d{0,40})?|\.\d{1,40})(?:[eE][+-]?\d{1,3})?", re.ASCII)
_YES = frozenset({"true", "yes", "on", "1"})
_NO = frozenset({"false", "no", "off", "0"})
_SHOWN = 40


class CastError(ValueError):
    """The value cannot be used for this parameter; the message says why. ``code`` as :class:`Problem` has it."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def cast(spec: ParameterSpec, raw: object) -> Any:
    """The value as the model takes it; ``None`` for a seed that is left to chance. Raises :class:`CastError`."""
    value = _CASTS[spec.type](spec, raw)
    if value is not None:
        check_range(spec, value)
    return value


def check_range(spec: ParameterSpec, value: Any) -> None:
    """Raise :class:`CastError` for a number outside of the parameter's limits, or between its steps."""
    if spec.type not in {ParameterType.INTEGER, ParameterType.NUMBER, ParameterType.SEED}:
        return
    number = int(value) if isinstance(value, str) else value
    if (spec.minimum is not None and number < spec.minimum) or (spec.maximum is not None and number > spec.maximum):
        raise CastError("out_of_range", f"{spec.title}: {shown(value)} is out of range; {allowed(spec)}.")
    grid = grid_of(spec)
    if grid is not None and (number - grid.start) % grid.step:
        raise CastError("off_step", f"{spec.title}: {shown(value)} is {grid.missed}; {grid.nearest(number)} would do.")


@dataclass(frozen=True, slots=True)
class Grid:
    """Whole numbers ``step`` apart, ``start`` among them, up to ``highest``."""

    start: int
    step: int
    highest: int | None

    @property
    def missed(self) -> str:
        """What a number beside the grid is."""
        after = f" after {self.start}" if self.start % self.step else ""
        return f"not a multiple of {self.step}{after}"

    def nearest(self, number: int) -> int:
        """The number of the grid that is closest; within the limits for one that is."""
        below = number - (number - self.start) % self.step
        found = below if number - below < self.step - (number - below) else below + self.step
        return below if self.highest is not None and found > self.highest else found


def grid_of(spec: ParameterSpec) -> Grid | None:
    """Where a whole number has to lie; ``None`` where any will do.

    The step of a fraction is how far a slider moves, and no model minds a value between.
    """
    if spec.type is not ParameterType.INTEGER or spec.step is None or spec.step <= 1 or spec.step % 1:
        return None
    step = int(spec.step)
    lowest = None if spec.minimum is None else math.ceil(spec.minimum)
    highest = None if spec.maximum is None else math.floor(spec.maximum)
    return Grid(0 if lowest is None or lowest % step == 0 else lowest, step, highest)


def allowed(spec: ParameterSpec) -> str:
    """The limits in words."""
    if spec.minimum is None:
        return "" if spec.maximum is None else f"at most {_plain(spec.maximum)} is possible"
    if spec.maximum is None:
        return f"at least {_plain(spec.minimum)} is needed"
    return f"{_plain(spec.minimum)} to {_plain(spec.maximum)} is possible"


def shown(raw: object) -> str:
    """A value in a message, in quotes and not too long."""
    text = cleaned(str(raw)) if not isinstance(raw, int) or abs(raw) < 10**LONGEST_NUMBER else "this number"
    return f"“{text[:_SHOWN]}…”" if len(text) > _SHOWN else f"“{text}”"


def _plain(limit: float) -> str:
    return str(int(limit)) if float(limit).is_integer() else f"{limit:g}"


def _integer(spec: ParameterSpec, raw: object) -> int:
    number = _whole(raw)
    if number is None:
        raise CastError("not_a_number", f"{spec.title}: {shown(raw)} is not a whole number.")
    return number


def _whole(raw: object) -> int | None:
    if isinstance(raw, bool):
        return None
    if isinstance(raw, int):
        return raw if abs(raw) < 10**LONGEST_NUMBER else None
    if isinstance(raw, float):
        return int(raw) if raw.is_integer() else None
    match = _WHOLE.fullmatch(raw.strip()) if isinstance(raw, str) else None
    return int(match[1]) if match else None


def _number(spec: ParameterSpec, raw: object) -> float:
    number = _fraction(raw)
    if number is None or not math.isfinite(number):
        raise CastError("not_a_number", f"{spec.title}: {shown(raw)} is not a number.")
    return number


def _fraction(raw: object) -> float | None:
    if isinstance(raw, bool):
        return None
    if isinstance(raw, int | float):
        return float(raw) if abs(raw) < 10**LONGEST_NUMBER else None
    text = raw.strip() if isinstance(raw, str) else ""
    return float(text) if _NUMBER.fullmatch(text) else None


def _boolean(spec: ParameterSpec, raw: object) -> bool:
    if isinstance(raw, bool):
        return raw
    word = str(raw).strip().casefold() if isinstance(raw, str | int) else ""
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise CastError("not_yes_or_no", f"{spec.title}: {shown(raw)} is neither yes nor no.")


def _choice(spec: ParameterSpec, raw: object) -> Any:
    if isinstance(raw, str | int | float):
        exact = [one for one in spec.choices if one == raw and isinstance(one, bool) == isinstance(raw, bool)]
        word = str(raw).strip().casefold()
        for one in exact or (one for one in spec.choices if str(one).casefold() == word):
            return one
    known = ", ".join(str(one) for one in spec.choices[:12]) + (" …" if len(spec.choices) > 12 else "")
    raise CastError("not_a_choice", f"{spec.title}: {shown(raw)} is not one of {known}.")


def _text(spec: ParameterSpec, raw: object) -> str:
    if isinstance(raw, bool) or not isinstance(raw, str | int | float):
        raise CastError("not_a_text", f"{spec.title}: {shown(raw)} is not a text.")
    text = cleaned(raw if isinstance(raw, str) else str(raw)).strip()
    if spec.max_length is not None and len(text) > spec.max_length:
        raise CastError(
            "too_long", f"{spec.title}: {len(text):,} characters; at most {spec.max_length:,} are possible."
        )
    if spec.pattern is not None and not _fits(spec.pattern, text):
        raise CastError("bad_form", f"{spec.title}: {shown(raw)} does not have the form that the model asks for.")
    return text


def _fits(pattern: str, text: str) -> bool:
    try:
        return re.search(pattern, text) is not None
    except re.error:  # a provider's pattern that Python does not read: the provider will judge
        return True


def _seed(spec: ParameterSpec, raw: object) -> str | None:
    if isinstance(raw, str) and raw.strip().casefold() in RANDOM_WORDS:
        return None
    number = _whole(raw)
    if number == -1:
        return None
    if number is None:
        raise CastError("not_a_number", f"{spec.title}: {shown(raw)} is neither a whole number nor “random”.")
    return str(number)


_CASTS: dict[ParameterType, Callable[[ParameterSpec, object], Any]] = {
    ParameterType.STRING: _text,
    ParameterType.TEXT: _text,
    ParameterType.IMAGE: _text,
    ParameterType.INTEGER: _integer,
    ParameterType.NUMBER: _number,
    ParameterType.BOOLEAN: _boolean,
    ParameterType.ENUM: _choice,
    ParameterType.SEED: _seed,
}
