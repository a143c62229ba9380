"""What Replicate's predictions mean.

A model that fails is a good answer with ``status: failed`` and a sentence in ``error``, in which the platform puts a
code: https://replicate.com/docs/reference/error-codes.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import httpx

from core.adapters.images.calls import decimal_of, links_in, progress_in, text_of
from core.adapters.images.refusals import Dialect, rubbish
from core.studio.providers import CallState, CallStatus, Consumption, ErrorCategory, GenerationError, Outcome, Output

E = ErrorCategory
_CODE = re.compile(r"\bE\d{3,4}\b")
_RESETS = re.compile(r"resets in ~(\d+)s")
# The one thing that has no code: the sentence that the safety checker of most image models raises, word for word.
_NSFW = "NSFW content detected"
OUT_OF_MEMORY_SECONDS = 60.0


def code_of(response: httpx.Response | None, body: Any) -> str | None:
    """The platform's code in a failed prediction; problems of a call have none but their title."""
    if not isinstance(body, Mapping):
        return None
    error = text_of(body.get("error")) or ""
    if error.startswith(_NSFW):
        return "nsfw"
    found = _CODE.search(error)
    return found[0] if found else text_of(body.get("title"))


def detail_of(body: Any) -> str | None:
    if not isinstance(body, Mapping):
        return None
    fields = body.get("invalid_fields")
    if isinstance(fields, list) and fields and all(isinstance(one, Mapping) for one in fields):
        return "; ".join(f"{one.get('field')}: {one.get('description')}" for one in fields)
    return text_of(body.get("detail"))


def wait_of(body: Any) -> float | None:
    """Without the header, the limit's end stands in the sentence."""
    found = _RESETS.search(text_of(body.get("detail")) or "") if isinstance(body, Mapping) else None
    return float(found[1]) if found else None


DIALECT = Dialect(
    "Replicate",
    code_of=code_of,
    detail_of=detail_of,
    wait_of=wait_of,
    codes={
        "nsfw": E.CONTENT_POLICY,
        "E005": E.CONTENT_POLICY,  # “flagged as sensitive”
        "E1000": E.TRANSIENT,
        "E1001": E.TRANSIENT,  # out of memory
        "E6716": E.TRANSIENT,  # it did not start in time
        "E8367": E.TRANSIENT,  # stopped by the platform
        "E8765": E.TRANSIENT,  # health check
        "E9825": E.TRANSIENT,  # its result could not be uploaded
    },
)


def status_of(prediction: Mapping[str, Any]) -> CallStatus:
    """How a prediction stands. Raises for a status that nobody knows: it may still come to something."""
    status = text_of(prediction.get("status"))
    if status == "starting":
        return CallStatus(CallState.QUEUED)
    if status == "processing":
        return CallStatus(CallState.RUNNING, progress=progress_in(text_of(prediction.get("logs")) or ""))
    if status in {"canceled", "aborted"}:
        return CallStatus(CallState.CANCELLED, consumption=_consumption(prediction, images=0))
    if status == "succeeded":
        return _succeeded(prediction)
    if status == "failed":
        consumption = _consumption(prediction, images=0)
        return CallStatus(CallState.FAILED, error=failure_of(prediction), consumption=consumption)
    raise rubbish(DIALECT, 200, has_effect=False)


def failure_of(prediction: Mapping[str, Any]) -> GenerationError:
    """The error of a model that failed."""
    code = code_of(None, prediction)
    category = DIALECT.codes.get(code or "", E.UNKNOWN)
    if category is E.UNKNOWN:
        said = text_of(prediction.get("error"))
        return GenerationError(
            "The model failed on these values. Change them, or try another model."
            + (f" It says: {said[:300]}" if said else ""),
            E.UNKNOWN,
            provider_code=code,
        )
    wait = OUT_OF_MEMORY_SECONDS if code == "E1001" else None
    return DIALECT.error(category, provider_code=code, retry_after=wait)


def is_before(prediction: Mapping[str, Any], instant: datetime) -> bool:
    """Whether it was created before; ``False`` when that cannot be read."""
    try:
        return datetime.fromisoformat(str(prediction.get("created_at"))) < instant
    except (TypeError, ValueError):
        return False


def _succeeded(prediction: Mapping[str, Any]) -> CallStatus:
    links = list(links_in(prediction.get("output")))
    consumption = _consumption(prediction, images=len(links))
    if not links:
        category = E.EXPIRED if prediction.get("data_removed") else E.NO_IMAGE
        return CallStatus(CallState.FAILED, error=DIALECT.error(category), consumption=consumption)
    sent = prediction.get("input")
    seed = sent.get("seed") if isinstance(sent, Mapping) else None
    # Several pictures of one call have one seed; which of them would come of it alone, nobody promises.
    own_seed = str(seed) if seed is not None and len(links) == 1 else None
    returned = {
        "seed": str(seed) if seed is not None else None,
        "version": prediction.get("version"),
        "metrics": prediction.get("metrics"),
    }
    outcome = Outcome(
        [Output(url=link, seed=own_seed) for link in links],
        {name: value for name, value in returned.items() if value is not None},
        consumption,
        model_answered=text_of(prediction.get("model")),
    )
    return CallStatus(CallState.DONE, progress=1.0, outcome=outcome, consumption=consumption)


def _consumption(prediction: Mapping[str, Any], *, images: int) -> Consumption:
    metrics = prediction.get("metrics")
    seconds = decimal_of(metrics.get("predict_time")) if isinstance(metrics, Mapping) else None
    return Consumption(images=images, seconds=seconds)
