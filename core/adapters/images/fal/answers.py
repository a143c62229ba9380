"""What fal's answers mean.

A model's own errors are typed entries of ``detail`` (https://fal.ai/docs/errors); a request that broke on the way has
an ``error_type`` (https://fal.ai/docs/documentation/model-apis/request-errors).
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import httpx

from core.adapters.images.calls import decimal_of, progress_in, rows_of, text_of
from core.adapters.images.refusals import Dialect
from core.studio.providers import CallState, CallStatus, Consumption, ErrorCategory, Outcome, Output

E = ErrorCategory
ERROR_TYPE = "X-Fal-Error-Type"
CANCELLED_CODES = frozenset({"client_cancelled", "client_disconnected"})
# An account without balance is told so by this sentence alone, with the status of a wrong key.
_LOCKED = "User is locked"


def code_of(response: httpx.Response | None, body: Any) -> str | None:
    """The type of the first error in the body, or of what broke."""
    named = response.headers.get(ERROR_TYPE) if response is not None else None
    if named:
        return str(named)
    if not isinstance(body, Mapping):
        return None
    if error_type := text_of(body.get("error_type")):
        return error_type
    detail = body.get("detail")
    if isinstance(detail, str):
        return "user_locked" if detail.startswith(_LOCKED) else None
    return next((text_of(one.get("type")) for one in rows_of(detail)), None)


def detail_of(body: Any) -> str | None:
    if not isinstance(body, Mapping):
        return None
    detail = body.get("detail")
    if isinstance(detail, str):
        return detail
    said = [f"{_place(one.get('loc'))}{one.get('msg')}" for one in rows_of(detail)]
    return "; ".join(said) or text_of(body.get("error"))


DIALECT = Dialect(
    "fal",
    code_of=code_of,
    detail_of=detail_of,
    codes={
        "content_policy_violation": E.CONTENT_POLICY,
        "no_media_generated": E.NO_IMAGE,
        "user_locked": E.QUOTA,
        "internal_server_error": E.PROVIDER_OUTAGE,
        "downstream_service_error": E.PROVIDER_OUTAGE,
        "downstream_service_unavailable": E.PROVIDER_OUTAGE,
        "generation_timeout": E.TRANSIENT,
        "request_timeout": E.TRANSIENT,
        "startup_timeout": E.TRANSIENT,
        "runner_scheduling_failure": E.TRANSIENT,
        "runner_connection_timeout": E.TRANSIENT,
        "runner_connection_refused": E.TRANSIENT,
        "runner_connection_error": E.TRANSIENT,
        "runner_disconnected": E.TRANSIENT,
        "runner_incomplete_response": E.TRANSIENT,
        "runner_server_error": E.TRANSIENT,
        "internal_error": E.TRANSIENT,
        "bad_request": E.VALIDATION,
    },
)


def outcome_of(body: Any, *, seconds: Decimal | None) -> CallStatus:
    """What a result holds; flagged pictures are black and left out."""
    body = body if isinstance(body, Mapping) else {}
    pictures = list(_pictures(body))
    flags = body.get("has_nsfw_concepts")
    flagged = [bool(flag) for flag in flags] if isinstance(flags, list) else []
    kept = [one for place, one in enumerate(pictures) if not (place < len(flagged) and flagged[place])]
    consumption = _consumption(pictures, seconds)
    if not kept:
        category = E.CONTENT_POLICY if pictures else E.NO_IMAGE
        code = "has_nsfw_concepts" if pictures else None
        return CallStatus(CallState.FAILED, error=DIALECT.error(category, provider_code=code), consumption=consumption)
    seed = str(body["seed"]) if isinstance(body.get("seed"), int) else None
    outputs = [
        Output(
            url=str(one["url"]),
            seed=seed if len(pictures) == 1 else None,
            details={name: one[name] for name in ("width", "height") if isinstance(one.get(name), int)},
        )
        for one in kept
    ]
    returned = {"seed": seed, "timings": body.get("timings"), "flagged": sum(flagged) or None}
    return CallStatus(
        CallState.DONE,
        progress=1.0,
        outcome=Outcome(outputs, {name: value for name, value in returned.items() if value is not None}, consumption),
        consumption=consumption,
    )


def progress_of(status: Mapping[str, Any]) -> float | None:
    """From 0 to 1, as the last progress bar in the logs says."""
    return progress_in("\n".join(str(one.get("message", "")) for one in rows_of(status.get("logs"))))


def seconds_of(status: Mapping[str, Any]) -> Decimal | None:
    """How long the model ran, as the status tells."""
    metrics = status.get("metrics")
    return decimal_of(metrics.get("inference_time")) if isinstance(metrics, Mapping) else None


def _pictures(body: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """``images``, or ``image`` of models that make one."""
    found = body.get("images")
    found = found if isinstance(found, list) else [body.get("image")]
    for one in found:
        if isinstance(one, Mapping) and text_of(one.get("url")):
            yield one


def _consumption(pictures: list[Mapping[str, Any]], seconds: Decimal | None) -> Consumption:
    sides = [(one.get("width"), one.get("height")) for one in pictures]
    pixels = [w * h for w, h in sides if isinstance(w, int) and isinstance(h, int)]
    first = sides[0] if sides else (None, None)
    return Consumption(
        images=len(pictures),
        megapixels=Decimal(sum(pixels)) / 1_000_000 if pixels and len(pixels) == len(pictures) else None,
        seconds=seconds,
        size=f"{first[0]}x{first[1]}" if all(isinstance(side, int) for side in first) else None,
    )


def _place(loc: Any) -> str:
    names = [str(part) for part in loc if part != "body"] if isinstance(loc, list) else []
    return f"{'.'.join(names)}: " if names else ""
