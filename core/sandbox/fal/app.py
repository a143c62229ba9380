"""The routes of the imitated fal: the queue, and below ``/-/`` its storage, keys, history and media."""

import secrets
import uuid
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from core.sandbox.deliveries import Deliveries, Message
from core.sandbox.fal import errors, views, webhooks
from core.sandbox.fal.errors import ApiError
from core.sandbox.fal.models import Application, check, find_application, size_of
from core.sandbox.fal.results import CANCELLED, failure_of, result_of
from core.sandbox.fal.storage import LIFECYCLE, Storage, places
from core.sandbox.faults import FaultRule
from core.sandbox.keyed import Keyed
from core.sandbox.refusals import Refusal
from core.sandbox.runs import Behaviour, Run, Runs, Standing, is_since, key_in, result
from core.sandbox.standin import root_of
from core.sandbox.store import JsonDict

BROKE_KEY = "fal_sandbox_broke"  # an account without balance


class Fal(Keyed[Behaviour]):
    """The stand-in as the sandbox holds it; ``clock`` gives Unix seconds."""

    name = "fal"
    good_key = "fal_sandbox"
    scheme = "Key"

    def __init__(self, clock: Callable[[], float]) -> None:
        super().__init__(Behaviour())
        self._clock = clock
        self._runs = Runs(clock)
        self._storage = Storage()
        self._deliveries = Deliveries()

    def reset(self) -> None:
        super().reset()
        self._runs.clear()
        self._storage.clear()
        self._deliveries.clear()

    def report(self) -> JsonDict:
        return {**self._runs.report(), "uploads": len(self._storage), "webhooks": self._deliveries.report()}

    def answer(self, rule: FaultRule) -> Response:
        return errors.fault_answer(rule)

    def too_many_requests(self, retry_after: int | None) -> Response:
        return errors.throttled(retry_after)

    def routes(self) -> Sequence[BaseRoute]:
        request = "/{owner}/{app}/requests/{id}"
        return [
            self._route("POST", "/-/rest/storage/upload/initiate", self._initiate),
            Route("/-/rest/.well-known/jwks.json", self._jwks),
            self._route("GET", "/-/platform/models/requests/by-endpoint", self._history),
            Route("/-/upload/{id}", self._upload, methods=["PUT"]),
            Route("/-/media/uploads/{id}/{name}", self._uploaded),
            Route("/-/media/files/{id}/{name}", self._media),
            self._route("GET", f"{request}/status", self._status),
            self._route("PUT", f"{request}/cancel", self._cancel),
            self._route("GET", request, self._result),
            self._route("POST", "/{endpoint:path}", self._submit),
            self._route("GET", "/{endpoint:path}", self._nothing_here),
        ]

    def _stranger(self, request: Request, key: str | None) -> Refusal:
        return errors.unauthenticated(request.path_params.get("endpoint", "fal"))

    async def _submit(self, request: Request, caller: str) -> Any:
        endpoint = request.path_params["endpoint"]
        application = find_application(endpoint)
        if application is None:
            raise errors.no_application(endpoint)
        if caller == BROKE_KEY:
            raise errors.locked()
        given = await _json(request)
        if not isinstance(given, dict):
            raise ApiError(422, [{"loc": ["body"], "msg": "Input should be an object", "type": "model_type"}])
        run = self._runs.add(self._begin(request, caller, application, given))
        if webhook := request.query_params.get("fal_webhook"):
            self._announce(run, webhook)
        return {**self._links(run), "status": "IN_QUEUE", "queue_position": 0}

    def _begin(self, request: Request, caller: str, application: Application, given: JsonDict) -> Run:
        now = self._clock()
        starts_at = now + self.behaviour.queue_seconds
        is_good = check(application, given) is None
        width, height = size_of(application, given) if is_good else (0, 0)
        webhook = request.query_params.get("fal_webhook", "")
        return Run(
            id=str(uuid.uuid4()),
            model=application.id,
            asked=given,
            prompt=str(given.get("prompt", "")),
            seed=given.get("seed", secrets.randbelow(2**31)) if is_good else 0,
            width=width,
            height=height,
            images=given.get("num_images", 1) if is_good else 0,
            caller=caller,
            created_at=now,
            starts_at=starts_at,
            ends_at=starts_at + self.behaviour.seconds,
            base_url=root_of(request),
            key=key_in(webhook),
            kind="PNG" if given.get("output_format") == "png" else "JPEG",
            more={"app": application.app},
        )

    def _links(self, run: Run) -> JsonDict:
        here = f"{run.base_url}/{run.more['app']}/requests/{run.id}"
        return {
            "request_id": run.id,
            "gateway_request_id": run.id,
            "response_url": here,
            "status_url": f"{here}/status",
            "cancel_url": f"{here}/cancel",
        }

    async def _status(self, request: Request, caller: str) -> Any:
        run, now = self._run(request, caller), self._clock()
        standing, links = run.standing(now), self._links(run)
        logs = {"logs": views.logs(run, now)} if request.query_params.get("logs") in {"1", "true"} else {}
        if standing is Standing.QUEUED:
            position = sum(1 for one in self._runs if one.standing(now) is Standing.QUEUED and one.id < run.id)
            return JSONResponse({**links, "status": "IN_QUEUE", "queue_position": position}, 202)
        if standing is Standing.RUNNING:
            return JSONResponse({**links, "status": "IN_PROGRESS", **logs}, 202)
        metrics = {"metrics": {"inference_time": round(run.over_at() - run.starts_at, 6)}}
        return {**links, "status": "COMPLETED", **metrics, **logs, **views.said(self._failure(run, now))}

    async def _result(self, request: Request, caller: str) -> Any:
        run, now = self._run(request, caller), self._clock()
        if run.standing(now) in {Standing.QUEUED, Standing.RUNNING}:
            raise ApiError(400, "Request is still in progress")
        failure = self._failure(run, now)
        if failure is not None:
            raise failure
        return result_of(run)

    @staticmethod
    def _failure(run: Run, now: float) -> ApiError | None:
        return CANCELLED if run.standing(now) is Standing.CANCELLED else failure_of(run)

    async def _cancel(self, request: Request, caller: str) -> Any:
        run = self._runs.find(request.path_params["id"], caller)
        if run is None:
            return JSONResponse({"status": "NOT_FOUND"}, 404)
        if not run.cancel(self._clock()):
            return JSONResponse({"status": "ALREADY_COMPLETED"}, 400)
        return JSONResponse({"status": "CANCELLATION_REQUESTED"}, 202)

    def _run(self, request: Request, caller: str) -> Run:
        run = self._runs.find(request.path_params["id"], caller)
        app = f"{request.path_params['owner']}/{request.path_params['app']}"
        if run is None or run.more["app"] != app or self.behaviour.forgets_runs:
            raise errors.no_request()
        return run

    async def _history(self, request: Request, caller: str) -> Any:
        query, now = request.query_params, self._clock()
        wanted = {one for value in query.getlist("endpoint_id") for one in value.split(",")}
        if not wanted:
            raise ApiError(422, [{"loc": ["query", "endpoint_id"], "msg": "Field required", "type": "missing"}])
        limit, offset = int(query.get("limit", "50")), int(query.get("cursor") or 0)
        rows = [  # what is over; what waits or runs is not part of the history
            run
            for run in self._runs.of(caller)
            if run.model in wanted and run.standing(now) is Standing.DONE and is_since(run, query.get("start"))
        ]
        page = rows[offset : offset + limit]
        more = len(rows) > offset + limit
        with_payloads = query.get("expand") == "payloads"
        return {
            "items": [views.item(run, with_payloads=with_payloads) for run in page],
            "next_cursor": str(offset + limit) if more else None,
            "has_more": more,
        }

    async def _initiate(self, request: Request, caller: str) -> Any:
        place = self._storage.initiate(await _json(request), request.headers.get(LIFECYCLE), self._clock())
        return places(root_of(request), place)

    async def _upload(self, request: Request) -> Response:
        place = self._storage.find(request.path_params["id"], self._clock())
        if place is None or request.headers.get("content-type") != place.content_type:
            return PlainTextResponse("SignatureDoesNotMatch", 403)
        place.content = await request.body()
        return Response()

    async def _uploaded(self, request: Request) -> Response:
        place = self._storage.find(request.path_params["id"], self._clock())
        if place is None or place.content is None:
            return PlainTextResponse("Not Found", 404)
        return Response(place.content, media_type=place.content_type)

    async def _media(self, request: Request) -> Response:
        """A result; its address cannot be guessed, and nothing else protects it."""
        run = self._runs.by_id(_as_uuid(request.path_params["id"]))
        if run is None or self._clock() >= run.ends_at + self.behaviour.output_seconds:
            return PlainTextResponse("Not Found", 404)
        number = request.path_params["name"].partition(".")[0]
        return await result(run, int(number) if number.isdecimal() else 0)

    async def _jwks(self, request: Request) -> Response:
        return JSONResponse(webhooks.jwks())

    async def _nothing_here(self, request: Request, caller: str) -> Any:
        raise ApiError(404, "Not Found")

    def _announce(self, run: Run, url: str) -> None:
        self._deliveries.post(
            run.id,
            "completed",
            after=partial(self._runs.until_over, run),
            make=lambda: self._message(run, url),
            tries=self.behaviour.webhook_tries,
        )

    def _message(self, run: Run, url: str) -> Message | None:
        if not self.behaviour.sends_webhooks:
            return None
        failure = self._failure(run, self._clock())
        outcome = {"status": "OK", "payload": result_of(run)} if failure is None else views.error_body(failure)
        body = {"request_id": run.id, "gateway_request_id": run.id, **outcome}
        return webhooks.message(url, run.id, body, self._clock())


def _as_uuid(digits: str) -> str:
    try:
        return str(uuid.UUID(digits))
    except ValueError:
        return ""


async def _json(request: Request) -> Any:
    try:
        return await request.json()
    except ValueError as error:
        raise ApiError(422, [{"loc": ["body"], "msg": "JSON decode error", "type": "json_invalid"}]) from error
