"""Workflows as the API shows them."""

from core.sandbox.civitai.blobs import signed
from core.sandbox.requestlog import iso
from core.sandbox.runs import Ending, Run, Standing
from core.sandbox.store import JsonDict

STATUSES = {Standing.QUEUED: "preparing", Standing.RUNNING: "processing", Standing.CANCELLED: "canceled"}
ENDED_BADLY = {Ending.FAILED: "failed", Ending.MEMORY: "expired"}


def status_of(run: Run, now: float) -> str:
    """The provider's word for how a workflow stands."""
    standing = run.standing(now)
    return ENDED_BADLY.get(run.ending, "succeeded") if standing is Standing.DONE else STATUSES[standing]


def is_final(status: str) -> bool:
    return status in {"succeeded", "failed", "expired", "canceled"}


def workflow(run: Run, now: float, output_seconds: float) -> JsonDict:
    """The whole object."""
    status = status_of(run, now)
    return {
        "id": run.id,
        "createdAt": iso(run.created_at),
        "startedAt": iso(run.starts_at) if now >= run.starts_at else None,
        "completedAt": iso(run.over_at()) if is_final(status) else None,
        "status": status,
        "tags": run.more["tags"],
        "metadata": run.more["metadata"],
        "callbacks": [],  # addresses hold secrets
        "steps": [step(run, now, output_seconds)],
        "cost": cost(run.more["cost"]),
        "transactions": {"list": _transactions(run, status)},
    }


def step(run: Run, now: float, output_seconds: float) -> JsonDict:
    status = status_of(run, now)
    has_output = status == "succeeded"
    return {
        "$type": "imageGen",
        "name": run.more["step_name"],
        "status": status,
        "input": run.asked,
        "output": {"images": _images(run, output_seconds)} if has_output else None,
        "jobs": [_job(run, status)],
        "startedAt": iso(run.starts_at) if now >= run.starts_at else None,
        "completedAt": iso(run.over_at()) if is_final(status) else None,
        "estimatedProgressRate": run.progress(now),
    }


def cost(total: int) -> JsonDict:
    return {"base": total, "total": total}


def blob_ids(run: Run) -> list[str]:
    return [f"blob_{run.id.removeprefix('wf_')}{index:02}" for index in range(run.images)]


def run_id_of(blob_id: str) -> str:
    """The workflow a blob would be of."""
    return f"wf_{blob_id.removeprefix('blob_')[:-2]}"


def _images(run: Run, output_seconds: float) -> list[JsonDict]:
    if run.ending is Ending.EMPTY:
        return []
    is_blocked = run.ending is Ending.BLOCKED
    expires = int(run.ends_at + output_seconds) + 1
    return [
        {
            "type": "image",
            "id": blob_id,
            "available": not is_blocked,
            "url": None if is_blocked else signed(run.base_url, blob_id, expires),
            "urlExpiresAt": iso(expires),
            "jobId": run.more["job_id"],
            "width": run.width,
            "height": run.height,
            "nsfwLevel": "pg",
            "blockedReason": "NSFWLevel" if is_blocked else None,
        }
        for blob_id in blob_ids(run)
    ]


def _job(run: Run, status: str) -> JsonDict:
    reasons = {"failed": "Every provider has failed.", "expired": "No provider has claimed the job in time."}
    return {"id": run.more["job_id"], "status": status, "cost": run.more["cost"], "reason": reasons.get(status)}


def _transactions(run: Run, status: str) -> list[JsonDict]:
    """What was taken, and given back for what brought nothing."""
    amount = run.more["cost"]
    taken = {"type": "debit", "amount": amount, "id": f"{run.id}-1", "accountType": "blue"}
    if status in {"failed", "expired", "canceled"}:
        return [taken, {**taken, "type": "credit", "id": f"{run.id}-2"}]
    return [taken]
