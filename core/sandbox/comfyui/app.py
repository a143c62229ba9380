"""The routes of the imitated ComfyUI, each also under ``/api``."""

import re
import uuid
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.types import Scope

from core.sandbox.comfyui import views
from core.sandbox.comfyui.jobs import Job, Place, Server, now_ms
from core.sandbox.comfyui.nodes import CHECKPOINTS, LORAS, object_info
from core.sandbox.comfyui.painting import shown
from core.sandbox.comfyui.running import Worker
from core.sandbox.comfyui.sockets import Sockets
from core.sandbox.comfyui.validation import GraphRefused, validate
from core.sandbox.faults import FaultKind, FaultRule
from core.sandbox.refusals import answering
from core.sandbox.store import JsonDict

FOLDERS = {"checkpoints": CHECKPOINTS, "loras": LORAS, "vae": (), "upscale_models": ()}
OWN_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
Handler = Callable[[Request], Awaitable[Any]]


class ComfyUi(Server):
    """The stand-in as the sandbox holds it: the server with its routes."""

    name = "comfyui"

    def routes(self) -> Sequence[BaseRoute]:
        return comfyui_routes(self)

    def caller_of(self, scope: Scope) -> str | None:
        return "anybody"  # it knows no accounts

    def answer(self, rule: FaultRule) -> Response:
        if rule.kind is FaultKind.HTML_403:
            return HTMLResponse("<html><body><h1>403 Forbidden</h1></body></html>", 403)
        if rule.kind is FaultKind.OK_WITH_ERROR_BODY:
            return JSONResponse({"error": rule.error_description or "Something went wrong."})
        return PlainTextResponse(f"{rule.status} Internal Server Error", rule.status)

    def too_many_requests(self, retry_after: int | None) -> Response:
        headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
        return PlainTextResponse("429: Too Many Requests", 429, headers)  # by a proxy in front of it


def comfyui_routes(server: Server) -> list[BaseRoute]:
    """Everything below the server's root."""
    sockets = Sockets(server)
    calls = Calls(server, Worker(server, sockets))
    table: tuple[tuple[str, str, Handler], ...] = (
        ("POST", "/prompt", calls.queue_prompt),
        ("GET", "/prompt", calls.remaining),
        ("GET", "/queue", calls.queue),
        ("POST", "/queue", calls.change_queue),
        ("POST", "/interrupt", calls.interrupt),
        ("GET", "/history", calls.history),
        ("GET", "/history/{prompt_id}", calls.history_of),
        ("POST", "/history", calls.change_history),
        ("GET", "/view", calls.view),
        ("POST", "/upload/image", calls.upload),
        ("GET", "/object_info", calls.object_info),
        ("GET", "/object_info/{name}", calls.object_info_of),
        ("GET", "/system_stats", calls.system_stats),
        ("GET", "/models", calls.folders),
        ("GET", "/models/{folder}", calls.models),
        ("GET", "/embeddings", calls.embeddings),
        ("POST", "/free", calls.free),
    )
    jobs: tuple[tuple[str, str, Handler], ...] = (
        ("GET", "/api/jobs", calls.jobs),
        ("GET", "/api/jobs/{prompt_id}", calls.job),
        ("POST", "/api/jobs/cancel", calls.cancel_many),
        ("POST", "/api/jobs/{prompt_id}/cancel", calls.cancel),
    )
    served = (*jobs, *((method, f"{base}{path}", handler) for base in ("", "/api") for method, path, handler in table))
    return [
        *(Route(path, answering(handler), methods=[method]) for method, path, handler in served),
        WebSocketRoute("/ws", sockets.serve),
        WebSocketRoute("/api/ws", sockets.serve),
    ]


class Calls:
    """One method for each route."""

    def __init__(self, server: Server, worker: Worker) -> None:
        self._server = server
        self._worker = worker

    async def queue_prompt(self, request: Request) -> Any:
        body = await _object(request)
        if "prompt" not in body:
            raise GraphRefused("no_prompt", "No prompt provided", "No prompt provided")
        outputs, node_errors = validate(body["prompt"], self._server.input_names())
        number = body["number"] if "number" in body else self._server.take_number(to_front=bool(body.get("front")))
        extra = dict(body.get("extra_data") or {})
        if "client_id" in body:
            extra["client_id"] = body["client_id"]
        extra["create_time"] = now_ms()
        job = Job(float(number), self._id_for(body.get("prompt_id")), body["prompt"], extra, outputs)
        self._server.add(job)
        self._worker.wake()
        return {"prompt_id": job.prompt_id, "number": number, "node_errors": node_errors}

    def _id_for(self, wanted: object) -> str:
        if wanted is None or self._server.behaviour.is_older:
            return str(uuid.uuid4())
        if not isinstance(wanted, str) or not OWN_ID.fullmatch(wanted):
            raise GraphRefused("invalid_prompt_id", "The prompt_id must be a lower-case UUID.", str(wanted))
        return wanted

    async def remaining(self, request: Request) -> Any:
        return {"exec_info": {"queue_remaining": self._server.remaining}}

    async def queue(self, request: Request) -> Any:
        running = [self._server.running.row()] if self._server.running else []
        return {"queue_running": running, "queue_pending": [job.row() for job in self._server.pending]}

    async def change_queue(self, request: Request) -> Any:
        body = await _object(request)
        if body.get("clear"):
            self._server.delete_pending(None)
        for prompt_id in body.get("delete") or []:
            self._server.delete_pending(prompt_id)
        return Response()

    async def interrupt(self, request: Request) -> Any:
        # With an id, newer servers stop that one only; an older one never looks into the body.
        has_body = bool(await request.body()) and not self._server.behaviour.is_older
        self._server.interrupt((await _object(request)).get("prompt_id") if has_body else None)
        return Response()

    async def history(self, request: Request) -> Any:
        most, offset = (_number(request.query_params.get(name)) for name in ("max_items", "offset"))
        kept = list(self._server.history.items())
        if most is not None:
            begin = offset if offset is not None else max(len(kept) - most, 0)
            kept = kept[begin : begin + most]
        return dict(kept)

    async def history_of(self, request: Request) -> Any:
        prompt_id = request.path_params["prompt_id"]
        entry = self._server.history.get(prompt_id)
        return {prompt_id: entry} if entry else {}

    async def change_history(self, request: Request) -> Any:
        body = await _object(request)
        if body.get("clear"):
            self._server.history.clear()
        for prompt_id in body.get("delete") or []:
            self._server.history.pop(prompt_id, None)
        return Response()

    async def view(self, request: Request) -> Any:
        query = request.query_params
        filename, subfolder = query.get("filename", ""), query.get("subfolder", "")
        if not filename or filename.startswith("/") or ".." in filename or ".." in subfolder:
            return Response(status_code=400)
        place = Place(filename, subfolder, query.get("type", "output"))
        stored = self._server.files.get(place) or self._server.made.get(place)
        if stored is None:
            return Response(status_code=404)
        body, mime = await run_in_threadpool(shown, stored, query.get("preview"), query.get("channel"))
        return Response(body, media_type=mime, headers={"Content-Disposition": f'filename="{filename}"'})

    async def upload(self, request: Request) -> Any:
        async with request.form() as form:
            return await self._keep(form)

    async def _keep(self, form: FormData) -> Any:
        image = form.get("image")
        if not isinstance(image, UploadFile) or not image.filename:
            return Response(status_code=400)
        fields = {name: str(form.get(name) or "") for name in ("type", "subfolder", "overwrite")}
        if ".." in fields["subfolder"] or fields["type"] not in {"", "input", "temp", "output"}:
            return Response(status_code=400)
        filename = image.filename.replace("\\", "/").rpartition("/")[2]
        wanted = Place(filename, fields["subfolder"].strip("/"), fields["type"] or "input")
        overwrite = fields["overwrite"] in {"true", "1"}
        place = self._server.keep_upload(await image.read(), wanted, overwrite=overwrite)
        return {"name": place.filename, "subfolder": place.subfolder, "type": place.type}

    async def object_info(self, request: Request) -> Any:
        return object_info(self._server.input_names())

    async def object_info_of(self, request: Request) -> Any:
        name = request.path_params["name"]
        known = object_info(self._server.input_names())
        return {name: known[name]} if name in known else {}

    async def system_stats(self, request: Request) -> Any:
        return views.SYSTEM_STATS

    async def folders(self, request: Request) -> Any:
        return list(FOLDERS)

    async def models(self, request: Request) -> Any:
        folder = FOLDERS.get(request.path_params["folder"])
        return Response(status_code=404) if folder is None else list(folder)

    async def embeddings(self, request: Request) -> Any:
        return []

    async def free(self, request: Request) -> Any:
        await _object(request)
        self._server.cached = frozenset()
        return Response()

    async def jobs(self, request: Request) -> Any:
        return self._unknown() or views.list_jobs(self._server, request.query_params)

    async def job(self, request: Request) -> Any:
        found = views.find_job(self._server, request.path_params["prompt_id"])
        return self._unknown() or found or JSONResponse({"error": "Job not found"}, 404)

    async def cancel(self, request: Request) -> Any:
        return self._unknown() or {"cancelled": self._stop(request.path_params["prompt_id"])}

    async def cancel_many(self, request: Request) -> Any:
        wanted = (await _object(request)).get("job_ids") or []
        return self._unknown() or {"cancelled": [prompt_id for prompt_id in wanted if self._stop(prompt_id)]}

    def _stop(self, prompt_id: str) -> bool:
        return self._server.delete_pending(prompt_id) or self._server.interrupt(prompt_id)

    def _unknown(self) -> Response | None:
        return PlainTextResponse("404: Not Found", 404) if self._server.behaviour.is_older else None


async def _object(request: Request) -> JsonDict:
    try:
        body = await request.json()
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise HTTPException(500, "500 Internal Server Error\n\nServer got itself in trouble")
    return body


def _number(text: str | None) -> int | None:
    return int(text) if text is not None and text.isdecimal() else None
