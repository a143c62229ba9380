"""The routes of the imitated Civitai, below ``/v2/consumer``, and the host that holds contents."""

import json
import secrets
import uuid
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from core.sandbox.civitai import blobs, errors, views
from core.sandbox.civitai.blobs import UPLOAD_SECONDS, Blobs
from core.sandbox.civitai.errors import ApiError
from core.sandbox.civitai.requests import Wanted, cost_of, read_workflow
from core.sandbox.deliveries import Deliveries, Message
from core.sandbox.faults import FaultRule
from core.sandbox.keyed import Handler, Keyed
from core.sandbox.pictures import size_of
from core.sandbox.refusals import Refusal, answering
from core.sandbox.requestlog import iso
from core.sandbox.runs import Behaviour, Run, Runs, Standing, is_signed, is_since, result
from core.sandbox.standin import root_of
from core.sandbox.store import JsonDict

BROKE_TOKEN = "civitai_sandbox_broke"  # noqa: S105 - an account without Buzz
LONGEST_WAIT_SECONDS = 100.0
BASE = "/v2/consumer"
UPLOAD = f"{BASE}/blobs"


class Civitai(Keyed[Behaviour]):
    """The stand-in as the sandbox holds it; ``clock`` gives Unix seconds."""

    name = "civitai"
    good_key = "civitai_sandbox"

    def __init__(self, clock: Callable[[], float]) -> None:
        super().__init__(Behaviour())
        self._clock = clock
        self._runs = Runs(clock)
        self._blobs = Blobs()
        self._deliveries = Deliveries()
        self._estimates = 0

    def reset(self) -> None:
        super().reset()
        self._runs.clear()
        self._blobs.clear()
        self._deliveries.clear()
        self._estimates = 0

    def report(self) -> JsonDict:
        counted = {"uploads": len(self._blobs), "estimates": self._estimates, "webhooks": self._deliveries.report()}
        return {**self._runs.report(), **counted}

    def answer(self, rule: FaultRule) -> Response:
        return errors.fault_answer(rule)

    def too_many_requests(self, retry_after: int | None) -> Response:
        return errors.throttled(retry_after)

    def routes(self) -> Sequence[BaseRoute]:
        table: tuple[tuple[str, str, Handler], ...] = (
            ("POST", "/workflows", self._submit),
            ("GET", "/workflows", self._list),
            ("GET", "/workflows/{id}", self._get),
            ("PUT", "/workflows/{id}", self._update),
            ("DELETE", "/workflows/{id}", self._delete),
            ("GET", "/workflows/{id}/steps/{name}", self._step),
            ("GET", "/blobs/upload", self._upload_place),
            ("POST", "/blobs/{id}/refresh", self._refresh),
        )
        return [
            *(self._route(method, f"{BASE}{path}", handler) for method, path, handler in table),
            Route(UPLOAD, answering(self._upload), methods=["POST"]),
            Route(f"{UPLOAD}/{{id}}", self._blob),
            Route("/content/{id}", self._content),
            *(self._route(method, "/{rest:path}", self._nothing_here) for method in ("GET", "POST", "PUT", "DELETE")),
        ]

    def _stranger(self, request: Request, key: str | None) -> Refusal:
        return ApiError(401)

    async def _submit(self, request: Request, caller: str) -> Any:
        wanted = read_workflow(await _json(request))
        if request.query_params.get("whatif") == "true":
            self._estimates += 1
            return {"status": "unassigned", "steps": [], "cost": views.cost(cost_of(wanted.input))}
        if caller == BROKE_TOKEN:
            raise ApiError(402, "You do not have enough Buzz to run this workflow.")
        run = self._runs.add(self._begin(request, caller, wanted))
        for callback in wanted.callbacks:
            self._announce(run, callback)
        return await self._waited(request, run)

    def _begin(self, request: Request, caller: str, wanted: Wanted) -> Run:
        now, given = self._clock(), wanted.input
        starts_at = now + self.behaviour.queue_seconds
        metadata_key = wanted.metadata.get("atelier") if isinstance(wanted.metadata, dict) else None
        return Run(
            id=f"wf_{secrets.token_hex(13).upper()}",
            model=given["model"],
            asked=given,
            prompt=given["prompt"],
            seed=given.get("seed", secrets.randbelow(2**31)),
            width=given.get("width", 1024),
            height=given.get("height", 1024),
            images=given.get("quantity", 1),
            caller=caller,
            created_at=now,
            starts_at=starts_at,
            ends_at=starts_at + self.behaviour.seconds,
            base_url=root_of(request),
            key=metadata_key,
            kind="JPEG",
            more={
                "tags": wanted.tags,
                "metadata": wanted.metadata,
                "step_name": wanted.step_name,
                "job_id": str(uuid.uuid4()),
                "cost": cost_of(given),
            },
        )

    async def _waited(self, request: Request, run: Run) -> Response:
        wait = request.query_params.get("wait", "0")
        if wait.isdecimal() and int(wait):
            await self._runs.until_over(run, at_most=min(float(wait), LONGEST_WAIT_SECONDS))
        is_late = wait != "0" and not views.is_final(views.status_of(run, self._clock()))
        return JSONResponse(self._shown(run), 202 if is_late else 200)

    async def _list(self, request: Request, caller: str) -> Any:
        rows = [run for run in self._runs.of(caller) if _fits(run, request.query_params)]
        if request.query_params.get("ascending") == "true":
            rows.reverse()
        offset = int(request.query_params.get("cursor") or 0)
        size = min(int(request.query_params.get("take", "100")), self.behaviour.page_size)
        more = str(offset + size) if len(rows) > offset + size else None
        return {"next": more, "items": [self._shown(run) for run in rows[offset : offset + size]]}

    async def _get(self, request: Request, caller: str) -> Any:
        return await self._waited(request, self._run(request, caller))

    async def _update(self, request: Request, caller: str) -> Any:
        run, body = self._run(request, caller), await _json(request)
        status = body.get("status") if isinstance(body, dict) else None
        if status not in {None, "canceled"}:
            raise errors.wrong("status", f"The value '{status}' is not valid for status.")
        if status == "canceled" and not run.cancel(self._clock()):
            raise ApiError(400, "The workflow has already completed.")
        return Response(status_code=204)

    async def _delete(self, request: Request, caller: str) -> Any:
        self._run(request, caller).cancel(self._clock())
        return Response(status_code=204)

    async def _step(self, request: Request, caller: str) -> Any:
        run = self._run(request, caller)
        if request.path_params["name"] != run.more["step_name"]:
            raise ApiError(404)
        return views.step(run, self._clock(), self.behaviour.output_seconds)

    def _run(self, request: Request, caller: str) -> Run:
        run = self._runs.find(request.path_params["id"], caller)
        if run is None or self.behaviour.forgets_runs:
            raise ApiError(404)
        return run

    def _shown(self, run: Run) -> JsonDict:
        return views.workflow(run, self._clock(), self.behaviour.output_seconds)

    async def _upload_place(self, request: Request, caller: str) -> Any:
        expires = int(self._clock()) + UPLOAD_SECONDS
        return {"uploadUrl": blobs.address(root_of(request), UPLOAD, expires), "expiresAt": iso(expires)}

    async def _upload(self, request: Request) -> Response:
        """With a key, or by an address that was signed."""
        query = request.query_params
        if not is_signed(UPLOAD, query.get("exp", ""), query.get("sig", ""), self._clock()):
            self._let_in(request)
        content = await request.body()
        if size_of(content) is None:
            raise errors.wrong("$", "The content is not of a supported type.")
        return JSONResponse(blobs.upload_json(self._blobs.add(content, self._clock()), root_of(request)), 201)

    async def _refresh(self, request: Request, caller: str) -> Any:
        blob_id = request.path_params["id"]
        run = self._run_of(blob_id)
        if run is None or run.caller != caller:
            raise ApiError(404)
        expires = int(self._clock() + self.behaviour.output_seconds) + 1
        return {"type": "image", "id": blob_id, "url": blobs.signed(root_of(request), blob_id, expires)}

    async def _blob(self, request: Request) -> Response:
        """A blob's signed address, which leads on to its content."""
        blob_id, query, now = request.path_params["id"], request.query_params, self._clock()
        if not is_signed(f"{UPLOAD}/{blob_id}", query.get("exp", ""), query.get("sig", ""), now):
            return ApiError(403).response()
        run = self._run_of(blob_id)
        if run is not None and now >= run.ends_at + self.behaviour.output_seconds:
            return ApiError(403).response()
        return RedirectResponse(blobs.address(root_of(request), f"/content/{blob_id}", int(now) + 60), 302)

    async def _content(self, request: Request) -> Response:
        blob_id, query = request.path_params["id"], request.query_params
        upload, run = self._blobs.find(blob_id), self._run_of(blob_id)
        if not is_signed(f"/content/{blob_id}", query.get("exp", ""), query.get("sig", ""), self._clock()):
            return PlainTextResponse("AccessDenied", 403)
        if upload is not None:
            return Response(upload.content, media_type="image/png")
        if run is None:
            return PlainTextResponse("NoSuchKey", 404)
        return await result(run, views.blob_ids(run).index(blob_id))

    def _run_of(self, blob_id: str) -> Run | None:
        run = self._runs.by_id(views.run_id_of(blob_id))
        return run if run is not None and blob_id in views.blob_ids(run) else None

    async def _nothing_here(self, request: Request, caller: str) -> Any:
        raise ApiError(404)

    def _announce(self, run: Run, callback: JsonDict) -> None:
        self._deliveries.post(
            run.id,
            "workflow",
            after=partial(self._runs.until_over, run),
            make=lambda: self._message(run, callback),
            tries=self.behaviour.webhook_tries,
        )

    def _message(self, run: Run, callback: JsonDict) -> Message | None:
        """Nothing signs it: its address is the only secret."""
        status = views.status_of(run, self._clock())
        is_wanted = not {"workflow:*", f"workflow:{status}"}.isdisjoint(callback["type"])
        if not self.behaviour.sends_webhooks or not is_wanted:
            return None
        body = {"$type": "workflow", "workflowId": run.id, "status": status, "timestamp": iso(self._clock())}
        detail = self._shown(run) if callback.get("detailed") else {}
        return Message(callback["url"], {"Content-Type": "application/json"}, json.dumps({**detail, **body}).encode())


def _fits(run: Run, query: QueryParams) -> bool:
    tags = set(query.getlist("tags"))
    is_late_enough = is_since(run, query.get("fromDate"))
    is_excluded = query.get("excludeFailed") == "true" and run.standing(run.ends_at) is Standing.CANCELLED
    return tags <= set(run.more["tags"]) and is_late_enough and not is_excluded


async def _json(request: Request) -> Any:
    try:
        return await request.json()
    except ValueError as error:
        raise errors.wrong("$", "The body is not valid JSON.") from error
