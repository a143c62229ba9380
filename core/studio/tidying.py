"""What providers say, made fit to be stored: no characters that a database refuses, no numbers that cannot be.

Done once, where answers come in, so that nothing behind this border has to think of it. A number that is not believed
becomes unknown, never zero.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from decimal import Decimal
from typing import Any

from core.studio.providers import (
    CallStatus,
    CatalogueModel,
    Consumption,
    GenerationError,
    Handle,
    Outcome,
    Output,
    Submitted,
)

LONGEST_TEXT = 10_000
DEEPEST = 12
MOST_ENTRIES = 1_000
MOST_OUTPUTS = 100  # a call asks for a few; what comes beyond is an answer gone wrong
# More than one call can rightly use; sums of them stay within their columns.
_MOST: dict[str, int] = {
    "images": 10_000,
    "megapixels": 1_000_000,
    "seconds": 10_000_000,
    "reported_cost": 1_000,
}
_MOST_TOKENS = 10**12
_MOST_OF_OTHER_MONEY = 1_000_000


def text(found: str | None, longest: int = LONGEST_TEXT) -> str | None:
    """Without NUL and lone surrogates, which PostgreSQL does not take."""
    if found is None:
        return None
    return found.replace("\0", "").encode("utf-8", "ignore").decode()[:longest]


def values(found: Mapping[str, Any]) -> dict[str, Any]:
    """A mapping as JSON that every database holds."""
    tidied: dict[str, Any] = _value(dict(found), 0)
    return tidied


def _value(found: Any, depth: int) -> Any:
    match found:
        case bool() | None:
            return found
        case int():
            return found if abs(found) < 2**63 else str(found)[:LONGEST_TEXT]
        case float():
            return found if math.isfinite(found) else None
        case str():
            return text(found)
        case Mapping() if depth < DEEPEST:
            pairs = list(found.items())[:MOST_ENTRIES]
            return {text(str(key), 200): _value(value, depth + 1) for key, value in pairs}
        case list() | tuple() if depth < DEEPEST:
            return [_value(value, depth + 1) for value in found[:MOST_ENTRIES]]
        case Mapping() | list() | tuple():
            return None  # too deep even to be written out as text
    return text(str(found))


def models(found: Sequence[CatalogueModel]) -> list[CatalogueModel]:
    """Those that can be kept, each once: of several by one name the first."""
    kept: dict[str, CatalogueModel] = {}
    for one in found:
        if one.model_id and one.model_id == text(one.model_id, 255):
            named = replace(
                one,
                name=text(one.name, 255) or one.model_id,
                family=text(one.family, 100),
                version=text(one.version, 100),
            )
            kept.setdefault(one.model_id, named)
    return list(kept.values())


def consumption(found: Consumption) -> Consumption:
    """Numbers that one call can have used; the others are unknown."""
    known: dict[str, Any] = {}
    for one in fields(found):
        value = getattr(found, one.name)
        if isinstance(value, str):
            known[one.name] = text(value, 64)
        elif value is not None:
            known[one.name] = value if _is_believed(value, _most(one.name, found)) else None
    return replace(found, **known)


def _most(name: str, found: Consumption) -> int:
    if name == "reported_cost" and found.currency.lower() != "usd":
        return _MOST_OF_OTHER_MONEY
    return _MOST.get(name, _MOST_TOKENS)


def _is_believed(value: int | Decimal, most: int) -> bool:
    return (not isinstance(value, Decimal) or value.is_finite()) and 0 <= value <= most


def error(found: GenerationError) -> GenerationError:
    """The same error, with texts and numbers that can be stored."""
    found.args = (text(str(found), 2000) or "The provider gave no reason.",)
    if found.http_status is not None and not 100 <= found.http_status <= 999:
        found.http_status = None
    found.provider_code = text(found.provider_code, 100)
    found.retry_after = _seconds(found.retry_after)
    found.consumption = consumption(found.consumption) if found.consumption else None
    return found


def _seconds(found: float | None) -> float | None:
    return found if found is not None and math.isfinite(found) and found >= 0 else None


def handle(found: Handle) -> Handle:
    return Handle(text(found.request_id) or "?", values(found.details))


def outcome(found: Outcome) -> Outcome:
    outputs = [_output(one) for one in found.outputs[:MOST_OUTPUTS]]
    answered = text(found.model_answered, 255)
    return Outcome(outputs, values(found.returned), consumption(found.consumption), answered)


def _output(found: Output) -> Output:
    return replace(found, seed=text(found.seed, 32) or None, details=values(found.details))


def submitted(found: Submitted) -> Submitted:
    return Submitted(handle(found.handle), None if found.outcome is None else outcome(found.outcome))


def status(found: CallStatus) -> CallStatus:
    progress = found.progress
    return replace(
        found,
        progress=progress if progress is not None and math.isfinite(progress) else None,
        outcome=None if found.outcome is None else outcome(found.outcome),
        error=None if found.error is None else error(found.error),
        consumption=None if found.consumption is None else consumption(found.consumption),
    )
