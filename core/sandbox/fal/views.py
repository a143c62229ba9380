"""Requests as the queue, its history and its webhooks show them."""

from core.sandbox.fal.errors import ApiError
from core.sandbox.fal.results import failure_of, result_of
from core.sandbox.requestlog import iso
from core.sandbox.runs import Run
from core.sandbox.store import JsonDict


def error_body(failure: ApiError) -> JsonDict:
    return {"status": "ERROR", "error": f"Invalid status code: {failure.status}", "payload": failure.body}


def said(failure: ApiError | None) -> JsonDict:
    """What the status says of a request that broke; a model's own errors show in the result alone."""
    if failure is None or failure.error_type is None:
        return {}
    return {"error": str(failure), "error_type": failure.error_type}


def logs(run: Run, now: float) -> list[JsonDict]:
    steps = int(run.asked.get("num_inference_steps", 28))
    done = round(run.progress(min(now, run.over_at())) * steps)
    message = f"{done * 100 // steps}%|{'█' * (done * 10 // steps):<10}| {done}/{steps} [00:00<00:00, 11.9it/s]"
    return [{"message": message, "level": "STDERR", "source": "USER", "timestamp": iso(now)}]


def item(run: Run, *, with_payloads: bool) -> JsonDict:
    failure = failure_of(run)
    payloads = {
        "json_input": run.asked,
        "json_output": result_of(run) if failure is None else failure.body,
    }
    return {
        "request_id": run.id,
        "endpoint_id": run.model,
        "sent_at": iso(run.created_at),
        "started_at": iso(run.starts_at),
        "ended_at": iso(run.ends_at),
        "status_code": 200 if failure is None else failure.status,
        "duration": round(run.ends_at - run.starts_at, 6),
        **(payloads if with_payloads else {}),
    }
