"""The routes of the imitated Replicate, below ``/v1``, and where results are delivered from."""

import re
import secrets
from collections.abc import Callable, Sequence
from typing import Any

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from core.sandbox.faults import FaultRule
from core.sandbox.keyed import Handler, Keyed
from core.sandbox.refusals import Refusal
from core.sandbox.replicate import errors, views
from core.sandbox.replicate.errors import ApiError
from core.sandbox.replicate.files import Files
from core.sandbox.replicate.models import Model, find_model, find_version
from core.sandbox.replicate.requests import Wanted, check_input, read_body, seconds_of, size_of
from core.sandbox.replicate.webhooks import SECRET, Webhooks
from core.sandbox.runs import Behaviour, Run, Runs, is_signed, key_in, result
from core.sandbox.standin import root_of
from core.sandbox.store import JsonDict

BROKE_TOKEN = "r8_sandbox_broke"  # noqa: S105 - an account without credit
KINDS = {"png": "PNG", "jpg": "JPEG", "webp": "WEBP"}


class Replicate(Keyed[Behaviour]):
    """The stand-in as the sandbox holds it; ``clock`` gives Unix seconds."""

    name = "replicate"
    good_key = "r8_sandbox"

    def __init__(self, clock: Callable[[], float]) -> None:
        super().__init__(Behaviour())
        self._clock = clock
        self._runs = Runs(clock)
        self._files = Files()
        self._webhooks = Webhooks(self._runs)

    def reset(self) -> None:
        super().reset()
        self._runs.clear()
        self._files.clear()
        self._webhooks.clear()

    def report(self) -> JsonDict:
        return {**self._runs.report(), "uploads": len(self._files), "webhooks": self._webhooks.report()}

    def answer(self, rule: FaultRule) -> Response:
        return errors.fault_answer(rule)

    def too_many_requests(self, retry_after: int | None) -> Response:
        return errors.throttled(retry_after)

    def routes(self) -> Sequence[BaseRoute]:
        table: tuple[tuple[str, str, Handler], ...] = (
            ("GET", "/account", self._account),
            ("POST", "/predictions", self._create_by_version),
            ("GET", "/predictions", self._list),
            ("GET", "/predictions/{id}", self._get),
            ("POST", "/predictions/{id}/cancel", self._cancel),
            ("GET", "/models/{owner}/{name}", self._model),
            ("GET", "/models/{owner}/{name}/versions", self._versions),
            ("GET", "/models/{owner}/{name}/versions/{version}", self._version),
            ("POST", "/models/{owner}/{name}/predictions", self._create_official),
            ("POST", "/files", self._upload),
            ("GET", "/files/{id}", self._file),
            ("DELETE", "/files/{id}", self._delete_file),
            ("GET", "/webhooks/default/secret", self._webhook_secret),
        )
        return [
            *(self._route(method, f"/v1{path}", handler) for method, path, handler in table),
            Route("/delivery/{id}/{name}", self._deliver),
            *(self._route(method, "/{rest:path}", self._nothing_here) for method in ("GET", "POST", "PUT", "DELETE")),
        ]

    def _stranger(self, request: Request, key: str | None) -> Refusal:
        return errors.unauthenticated(has_token=key is not None)

    async def _account(self, request: Request, caller: str) -> Any:
        return {"type": "user", "username": "sandbox-artist", "name": "Sandbox Artist", "github_url": None}

    async def _create_by_version(self, request: Request, caller: str) -> Any:
        wanted = read_body(await _json(request), needs_version=True)
        model = find_version(wanted.version or "")
        if model is None:
            raise errors.no_version()
        return await self._create(request, caller, model, wanted)

    async def _create_official(self, request: Request, caller: str) -> Any:
        model = _model_of(request)
        if not model.is_official:
            raise errors.not_found()  # others need their version
        return await self._create(request, caller, model, read_body(await _json(request), needs_version=False))

    async def _create(self, request: Request, caller: str, model: Model, wanted: Wanted) -> Response:
        check_input(model, wanted.input)
        if caller == BROKE_TOKEN:
            raise errors.no_credit()
        run = self._runs.add(self._begin(request, caller, model, wanted))
        if wanted.webhook is not None:
            self._webhooks.announce(run, wanted.webhook, wanted.events, self.behaviour, self._shown)
        wait = seconds_of(request.headers.get("prefer"))
        if wait is not None:
            await self._runs.until_over(run, at_most=min(max(wait, 1.0), 60.0))
        return JSONResponse(self._shown(run), 201)

    def _begin(self, request: Request, caller: str, model: Model, wanted: Wanted) -> Run:
        now, given = self._clock(), wanted.input
        width, height = size_of(model, given)
        starts_at = now + self.behaviour.queue_seconds
        run = Run(
            id=secrets.token_hex(13),
            model=model.path,
            asked=given,
            prompt=str(given.get("prompt", model.properties["prompt"].get("default", ""))),
            seed=given.get("seed", secrets.randbelow(2**31)),
            width=width,
            height=height,
            images=given.get("num_outputs", 1),
            caller=caller,
            created_at=now,
            starts_at=starts_at,
            ends_at=starts_at + self.behaviour.seconds,
            base_url=root_of(request),
            key=key_in(wanted.webhook),
            kind=KINDS[given.get("output_format", "webp" if "output_format" in model.properties else "png")],
            more={"version": model.version, "gives_list": model.gives_list},
        )
        self._set_deadline(run, seconds_of(request.headers.get("cancel-after")))
        return run

    @staticmethod
    def _set_deadline(run: Run, seconds: float | None) -> None:
        if seconds is None or run.created_at + seconds >= run.ends_at:
            return
        run.cancelled_at = run.created_at + seconds
        run.more["is_aborted"] = run.cancelled_at < run.starts_at

    async def _list(self, request: Request, caller: str) -> Any:
        offset = int(request.query_params.get("cursor", "0") or 0)
        rows, size = self._runs.of(caller), self.behaviour.page_size
        here = f"{root_of(request)}/v1/predictions?cursor="
        return {
            "previous": f"{here}{max(offset - size, 0)}" if offset else None,
            "next": f"{here}{offset + size}" if len(rows) > offset + size else None,
            "results": [self._shown(run) for run in rows[offset : offset + size]],
        }

    async def _get(self, request: Request, caller: str) -> Any:
        return self._shown(self._run(request, caller))

    async def _cancel(self, request: Request, caller: str) -> Any:
        run = self._run(request, caller)
        run.cancel(self._clock())
        return self._shown(run)

    def _run(self, request: Request, caller: str) -> Run:
        run = self._runs.find(request.path_params["id"], caller)
        if run is None or self.behaviour.forgets_runs:
            raise errors.not_found()
        return run

    def _shown(self, run: Run) -> JsonDict:
        return views.prediction(run, self._clock(), self.behaviour.output_seconds)

    async def _model(self, request: Request, caller: str) -> Any:
        return views.model_json(_model_of(request))

    async def _versions(self, request: Request, caller: str) -> Any:
        return {"previous": None, "next": None, "results": [views.version_json(_model_of(request))]}

    async def _version(self, request: Request, caller: str) -> Any:
        model = _model_of(request)
        if request.path_params["version"] != model.version:
            raise errors.not_found()
        return views.version_json(model)

    async def _upload(self, request: Request, caller: str) -> Any:
        if not request.headers.get("content-type", "").startswith("multipart/form-data"):
            raise ApiError(400, "Bad request", "The request body must be multipart/form-data.")
        async with request.form() as form:
            given = form.get("content")
            if not isinstance(given, UploadFile):
                raise ApiError(400, "Missing content", "Missing content")
            name, kind, content = given.filename, given.content_type, await given.read()
        row = self._files.add(caller, name or "file", kind or "application/octet-stream", content, self._clock())
        return JSONResponse(row.as_json(root_of(request)), 201)

    async def _file(self, request: Request, caller: str) -> Any:
        row = self._files.find(request.path_params["id"], caller, self._clock())
        if row is None:
            raise errors.not_found()
        return row.as_json(root_of(request))

    async def _delete_file(self, request: Request, caller: str) -> Any:
        await self._file(request, caller)
        self._files.delete(request.path_params["id"])
        return Response(status_code=204)

    async def _webhook_secret(self, request: Request, caller: str) -> Any:
        return {"key": SECRET}

    async def _nothing_here(self, request: Request, caller: str) -> Any:
        raise errors.not_found()

    async def _deliver(self, request: Request) -> Response:
        """A result: no key is asked, the address itself is the right to it."""
        run = self._runs.by_id(request.path_params["id"])
        path = f"/delivery/{request.path_params['id']}/{request.path_params['name']}"
        query, now = request.query_params, self._clock()
        is_good = is_signed(path, query.get("expires", ""), query.get("sig", ""), now)
        if run is None or not is_good or now >= run.ends_at + self.behaviour.output_seconds:
            return PlainTextResponse("Not Found", 404)
        index = re.match(r"out-(\d+)", request.path_params["name"])
        return await result(run, int(index[1]) if index else 0)


def _model_of(request: Request) -> Model:
    model = find_model(request.path_params["owner"], request.path_params["name"])
    if model is None:
        raise errors.not_found()
    return model


async def _json(request: Request) -> Any:
    try:
        return await request.json()
    except ValueError as error:
        raise ApiError(400, "Bad request", "The request body is not valid JSON.") from error
