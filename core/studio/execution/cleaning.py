"""What a provider says, made fit to be kept: it may be anything, and a database does not take everything.

One invisible character in an answer must not keep a picture that is paid from being stored.
"""

import math
from collections.abc import Mapping
from dataclasses import fields, replace
from decimal import Decimal
from typing import Any

from core.metering.price import HIGHEST_COST
from core.studio.providers import CallStatus, Consumption, GenerationError, Handle, Outcome, Output, Submitted

MOST_OUTPUTS = 100  # a call asks for a few; what comes beyond is an answer gone wrong
LONGEST_TEXT = 10_000  # characters of one text
MOST_VALUES = 2_000  # in one answer
DEEPEST = 12  # objects within objects
LARGEST_COUNT = 10**9  # tokens, pixels by the million, seconds: of one call
_WHOLE = frozenset({"images", "tokens_in", "tokens_in_image", "tokens_cached", "tokens_out", "tokens_out_image",
                    "tokens_reasoning"})  # fmt: skip


def clean_text(text: str, longest: int = LONGEST_TEXT) -> str:
    """Without NUL characters and halves of others, which PostgreSQL does not take."""
    return text[:longest].replace("\0", "").encode("utf-8", "replace").decode()


def clean_json(values: Mapping[str, Any]) -> dict[str, Any]:
    """The same as both databases can hold it: no NaN, nothing too deep, too long or too much."""
    left = [MOST_VALUES]
    found: dict[str, Any] = _clean(values, DEEPEST, left)
    return found


def clean_submitted(submitted: Submitted) -> Submitted:
    """A call that began."""
    outcome = submitted.outcome
    return Submitted(clean_handle(submitted.handle), None if outcome is None else clean_outcome(outcome))


def clean_handle(handle: Handle) -> Handle:
    """What finds a call again."""
    return Handle(clean_text(handle.request_id), clean_json(handle.details))


def clean_status(status: CallStatus) -> CallStatus:
    """How a call stands."""
    progress = status.progress if status.progress is not None and math.isfinite(status.progress) else None
    return replace(
        status,
        progress=progress,
        outcome=None if status.outcome is None else clean_outcome(status.outcome),
        error=None if status.error is None else clean_error(status.error),
        consumption=None if status.consumption is None else clean_consumption(status.consumption),
    )


def clean_outcome(outcome: Outcome) -> Outcome:
    """A call that ended well."""
    return Outcome(
        [_clean_output(one) for one in outcome.outputs[:MOST_OUTPUTS]],
        clean_json(outcome.returned),
        clean_consumption(outcome.consumption),
        None if outcome.model_answered is None else clean_text(outcome.model_answered, 255),
    )


def clean_consumption(used: Consumption) -> Consumption:
    """What cannot have been is unknown: less than nothing, no number, or more than any call could use."""
    values: dict[str, Any] = {}
    for field in fields(used):
        value = getattr(used, field.name)
        if isinstance(value, str):
            values[field.name] = clean_text(value, 64)
        elif value is not None:
            values[field.name] = _counted(field.name, value)
    return Consumption(**values)


def clean_error(error: GenerationError) -> GenerationError:
    """The same error; it may quote the provider."""
    error.args = (clean_text(str(error)),)
    error.provider_code = None if error.provider_code is None else clean_text(error.provider_code, 100)
    if error.http_status is not None and not 0 <= error.http_status < 1000:
        error.http_status = None
    if error.retry_after is not None and not math.isfinite(error.retry_after):
        error.retry_after = None
    if error.consumption is not None:
        error.consumption = clean_consumption(error.consumption)
    return error


def _clean_output(output: Output) -> Output:
    seed = None if output.seed is None else clean_text(output.seed, 64)
    return replace(output, seed=seed, details=clean_json(output.details))


def _counted(name: str, value: int | Decimal) -> int | Decimal | None:
    number = Decimal(value)
    highest = HIGHEST_COST if name == "reported_cost" else LARGEST_COUNT
    if not number.is_finite() or not 0 <= number <= highest:
        return None
    return int(number) if name in _WHOLE else number


def _clean(value: Any, depth: int, left: list[int]) -> Any:
    left[0] -= 1
    if left[0] < 0:
        return None
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, Mapping):
        pairs = value.items() if depth else ()
        return {clean_text(str(name), 255): _clean(one, depth - 1, left) for name, one in pairs if left[0] > 0}
    if isinstance(value, list | tuple):
        return [_clean(one, depth - 1, left) for one in value if left[0] > 0] if depth else []
    return clean_text(str(value))
