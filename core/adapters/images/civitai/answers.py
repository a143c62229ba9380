"""What Civitai's workflows mean. Costs are in Buzz, which money buys at a price of its own."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from core.adapters.images.calls import decimal_of, rows_of, text_of
from core.adapters.images.refusals import Dialect, rubbish
from core.studio.providers import CallState, CallStatus, Consumption, ErrorCategory, Outcome, Output

E = ErrorCategory
BUZZ = "buzz"


def detail_of(body: Any) -> str | None:
    if not isinstance(body, Mapping):
        return None
    errors = body.get("errors")
    if isinstance(errors, Mapping) and errors:
        return "; ".join(
            f"{path}: {' '.join(map(str, said)) if isinstance(said, list) else said}" for path, said in errors.items()
        )
    return text_of(body.get("detail"))


DIALECT = Dialect("Civitai", detail_of=detail_of)


def status_of(workflow: Mapping[str, Any]) -> CallStatus:
    """How a workflow stands. Raises for a status that nobody knows: it may still come to something."""
    status = text_of(workflow.get("status"))
    if status in {"unassigned", "preparing"}:
        return CallStatus(CallState.QUEUED)
    if status == "processing":
        return CallStatus(CallState.RUNNING, progress=_progress(workflow))
    if status == "canceled":
        return CallStatus(CallState.CANCELLED, consumption=consumption_of(workflow, images=0))
    if status == "succeeded":
        return _succeeded(workflow)
    if status not in {"failed", "expired"}:
        raise rubbish(DIALECT, 200, has_effect=False)
    # “expired”: nobody took it in time; another try can find somebody.
    category = E.TRANSIENT if status == "expired" else E.CONTENT_POLICY if _is_blocked(workflow) else E.UNKNOWN
    error = DIALECT.error(category, _reason(workflow), provider_code=status)
    return CallStatus(CallState.FAILED, error=error, consumption=consumption_of(workflow, images=0))


def consumption_of(workflow: Mapping[str, Any], *, images: int) -> Consumption:
    """What was taken less what was given back; without a list of both, the cost as announced."""
    cost = workflow.get("cost")
    total = decimal_of(cost.get("total")) if isinstance(cost, Mapping) else None
    moved = _moved(workflow)
    sizes = [(one.get("width"), one.get("height")) for one in _pictures(workflow)]
    pixels = [w * h for w, h in sizes if isinstance(w, int) and isinstance(h, int)]
    return Consumption(
        images=images,
        megapixels=Decimal(sum(pixels)) / 1_000_000 if pixels else None,
        reported_cost=total if moved is None else moved,
        currency=BUZZ,
    )


def _succeeded(workflow: Mapping[str, Any]) -> CallStatus:
    pictures = list(_pictures(workflow))
    good = [one for one in pictures if one.get("available", True) and text_of(one.get("url"))]
    consumption = consumption_of(workflow, images=len(good))
    if not good:
        category = E.CONTENT_POLICY if any(_blocks(one) for one in pictures) else E.NO_IMAGE
        code = next((text_of(one.get("blockedReason")) for one in pictures), None)
        return CallStatus(CallState.FAILED, error=DIALECT.error(category, provider_code=code), consumption=consumption)
    seed = next((_input(step).get("seed") for step in _steps(workflow)), None)
    own_seed = str(seed) if isinstance(seed, int) and len(pictures) == 1 else None
    returned = {
        "seed": str(seed) if isinstance(seed, int) else None,
        "cost": workflow.get("cost"),
        "withheld": (len(pictures) - len(good)) or None,
    }
    outputs = [
        Output(
            url=str(one["url"]),
            seed=own_seed,
            details={name: one[name] for name in ("id", "width", "height", "nsfwLevel") if one.get(name) is not None},
        )
        for one in good
    ]
    outcome = Outcome(
        outputs,
        {name: value for name, value in returned.items() if value is not None},
        consumption,
        model_answered=next((text_of(_input(step).get("model")) for step in _steps(workflow)), None),
    )
    return CallStatus(CallState.DONE, progress=1.0, outcome=outcome, consumption=consumption)


def _moved(workflow: Mapping[str, Any]) -> Decimal | None:
    transactions = workflow.get("transactions")
    rows = transactions.get("list") if isinstance(transactions, Mapping) else None
    if not isinstance(rows, list) or not rows:
        return None
    total = Decimal(0)
    for row in rows:
        amount = decimal_of(row.get("amount")) if isinstance(row, Mapping) else None
        if amount is None:
            return None
        total += -amount if row.get("type") == "credit" else amount
    return total


def _steps(workflow: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return rows_of(workflow.get("steps"))


def _input(step: Mapping[str, Any]) -> Mapping[str, Any]:
    found = step.get("input")
    return found if isinstance(found, Mapping) else {}


def _pictures(workflow: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for step in _steps(workflow):
        output = step.get("output")
        if isinstance(output, Mapping):
            yield from rows_of(output.get("images", output.get("blobs")))


def _jobs(workflow: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for step in _steps(workflow):
        yield from rows_of(step.get("jobs"))


def _is_blocked(workflow: Mapping[str, Any]) -> bool:
    return any(text_of(one.get("blockedReason")) for one in (*_pictures(workflow), *_jobs(workflow)))


def _blocks(picture: Mapping[str, Any]) -> bool:
    return picture.get("available") is False or text_of(picture.get("blockedReason")) is not None


def _reason(workflow: Mapping[str, Any]) -> str | None:
    return next((reason for job in _jobs(workflow) if (reason := text_of(job.get("reason")))), None)


def _progress(workflow: Mapping[str, Any]) -> float | None:
    rates = [rate for step in _steps(workflow) if isinstance(rate := step.get("estimatedProgressRate"), int | float)]
    return float(min(max(rates[0], 0), 1)) if rates else None
