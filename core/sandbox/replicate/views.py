"""Predictions and models as the API shows them."""

from typing import Any

from core.sandbox.replicate.models import Model
from core.sandbox.requestlog import iso
from core.sandbox.runs import Ending, Run, Standing, signature
from core.sandbox.store import JsonDict

# What a model's own code raises, and what the platform says.
SAID = {
    Ending.BLOCKED: "NSFW content detected. Try running it again, or try a different prompt.",
    Ending.FAILED: "RuntimeError: mat1 and mat2 shapes cannot be multiplied (1x512 and 768x320)",
    Ending.MEMORY: "Prediction failed: the model ran out of memory. (E1001)",
}
STATUSES = {Standing.QUEUED: "starting", Standing.RUNNING: "processing", Standing.CANCELLED: "canceled"}
EXTENSIONS = {"PNG": "png", "JPEG": "jpg", "WEBP": "webp"}


def status_of(run: Run, now: float) -> str:
    """The provider's word for how a run stands."""
    standing = run.standing(now)
    if standing is Standing.DONE:
        return "failed" if run.ending in SAID else "succeeded"
    if standing is Standing.CANCELLED and run.more.get("is_aborted"):
        return "aborted"
    return STATUSES[standing]


def prediction(run: Run, now: float, output_seconds: float) -> JsonDict:
    """The whole object; input, logs and output are gone an hour after the end."""
    status = status_of(run, now)
    is_over = run.standing(now) in {Standing.DONE, Standing.CANCELLED}
    is_removed = is_over and now >= run.over_at() + output_seconds
    return {
        "id": run.id,
        "model": run.model,
        "version": run.more["version"],
        "input": {} if is_removed else run.asked,
        "logs": "" if is_removed else _logs(run, now),
        "output": None if is_removed else _output(run, status, output_seconds),
        "data_removed": is_removed,
        "error": SAID.get(run.ending) if status == "failed" else None,
        "source": "api",
        "status": status,
        "created_at": iso(run.created_at),
        "started_at": iso(run.starts_at) if now >= run.starts_at and status != "aborted" else None,
        "completed_at": iso(run.over_at()) if is_over else None,
        "metrics": _metrics(run) if is_over and status != "aborted" else {},
        "urls": {
            "cancel": f"{run.base_url}/v1/predictions/{run.id}/cancel",
            "get": f"{run.base_url}/v1/predictions/{run.id}",
            "stream": f"{run.base_url}/stream/{run.id}",
            "web": f"{run.base_url}/p/{run.id}",
        },
    }


def model_json(model: Model) -> JsonDict:
    return {
        "owner": model.owner,
        "name": model.name,
        "description": model.description or None,
        "visibility": "public",
        "is_official": model.is_official,
        "latest_version": version_json(model),
        "url": f"https://replicate.com/{model.path}",
    }


def version_json(model: Model) -> JsonDict:
    return {
        "id": model.version,
        "created_at": "2025-05-01T12:00:00.000000Z",
        "cog_version": "0.9.20",
        "openapi_schema": model.schema(),
    }


def _metrics(run: Run) -> JsonDict:
    seconds = max(run.over_at() - run.starts_at, 0.0)
    counted: JsonDict = {"image_count": run.images} if run.ending is Ending.GOOD and run.cancelled_at is None else {}
    return {"predict_time": round(seconds, 6), "total_time": round(run.over_at() - run.created_at, 6), **counted}


def _logs(run: Run, now: float) -> str:
    if run.standing(now) is Standing.QUEUED:
        return ""
    steps = int(run.asked.get("num_inference_steps", 28))
    done = round(run.progress(min(now, run.over_at())) * steps)
    bar = f"{done * 100 // steps}%|{'█' * (done * 10 // steps):<10}| {done}/{steps}"
    return f"Using seed: {run.seed}\n  0%|          | 0/{steps}\n{bar} [00:00<00:00, 11.9it/s]"


def _output(run: Run, status: str, output_seconds: float) -> Any:
    if status != "succeeded" or run.ending is Ending.EMPTY:
        return [] if status == "succeeded" and run.more["gives_list"] else None
    links = [_link(run, index, output_seconds) for index in range(run.images)]
    return links if run.more["gives_list"] else links[0]


def _link(run: Run, index: int, output_seconds: float) -> str:
    path = f"/delivery/{run.id}/out-{index}.{EXTENSIONS[run.kind]}"
    expires = int(run.ends_at + output_seconds) + 1
    return f"{run.base_url}{path}?expires={expires}&sig={signature(path, expires)}"
