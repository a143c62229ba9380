"""What the server tells about itself and about its prompts as jobs."""

from starlette.datastructures import QueryParams

from core.sandbox.comfyui.jobs import COMPLETED, FAILED, PENDING, RUNNING, Job, Server, saved_files
from core.sandbox.store import JsonDict

GIB = 1024**3
SYSTEM_STATS: JsonDict = {
    "system": {
        "os": "posix", "ram_total": 32 * GIB, "ram_free": 20 * GIB, "comfyui_version": "0.9.0",
        "python_version": "3.12.0", "pytorch_version": "2.9.0", "embedded_python": False, "argv": ["main.py"],
    },
    "devices": [
        {
            "name": "sandbox:0", "type": "cpu", "index": 0, "vram_total": 16 * GIB, "vram_free": 15 * GIB,
            "torch_vram_total": 16 * GIB, "torch_vram_free": 15 * GIB,
        }
    ],
}  # fmt: skip


def list_jobs(server: Server, query: QueryParams) -> JsonDict:
    """``GET /api/jobs``: newest first, by ``status``, ``limit`` and ``offset``."""
    waiting = [_queued(job, PENDING) for job in server.pending]
    running = [_queued(server.running, RUNNING)] if server.running else []
    everything = [*running, *waiting, *(_ended(entry) for entry in reversed(server.history.values()))]
    wanted = set(query["status"].split(",")) if "status" in query else {PENDING, RUNNING, COMPLETED, FAILED}
    jobs = [job for job in everything if job["status"] in wanted]
    offset, limit = (int(query[name]) if query.get(name, "").isdecimal() else None for name in ("offset", "limit"))
    first = offset or 0
    page = jobs[first : None if limit is None else first + limit]
    more = first + len(page) < len(jobs)
    return {"jobs": page, "pagination": {"offset": first, "limit": limit, "total": len(jobs), "has_more": more}}


def find_job(server: Server, prompt_id: str) -> JsonDict | None:
    """``GET /api/jobs/{id}``: with the outputs when it is over."""
    entry = server.history.get(prompt_id)
    if entry is not None:
        workflow = {"prompt": entry["prompt"][2], "extra_data": entry["prompt"][3]}
        return {
            **_ended(entry),
            "outputs": entry["outputs"],
            "execution_status": entry["status"],
            "workflow": workflow,
        }
    if server.running is not None and server.running.prompt_id == prompt_id:
        return _queued(server.running, RUNNING)
    return next((_queued(job, PENDING) for job in server.pending if job.prompt_id == prompt_id), None)


def _queued(job: Job, status: str) -> JsonDict:
    created = job.extra_data["create_time"]
    return {
        "id": job.prompt_id,
        "status": status,
        "priority": job.number,
        "create_time": created,
        "outputs_count": 0,
    }


def _ended(entry: JsonDict) -> JsonDict:
    number, prompt_id, _, extra, _ = entry["prompt"]
    times = {event: data["timestamp"] for event, data in entry["status"]["messages"]}
    failures = [data for event, data in entry["status"]["messages"] if event == "execution_error"]
    job = {
        "id": prompt_id,
        "status": COMPLETED if entry["status"]["status_str"] == "success" else FAILED,
        "priority": number,
        "create_time": extra["create_time"],
        "execution_start_time": times.get("execution_start"),
        "execution_end_time": max(times.values(), default=None),
        "outputs_count": len(list(saved_files(entry["outputs"]))),
    }
    return {**job, "execution_error": failures[0]} if failures else job
