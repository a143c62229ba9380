"""The routes of the imitated OpenAI, below ``/v1``."""

import asyncio
import base64
import re
import secrets
import time
from collections.abc import Callable, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from core.sandbox.faults import FaultRule
from core.sandbox.keyed import Handler, Keyed
from core.sandbox.ledger import Ledger
from core.sandbox.openai import errors
from core.sandbox.openai.errors import ApiError
from core.sandbox.openai.models import INPUT_IMAGE_TOKENS, MODELS, output_tokens, pixels_of
from core.sandbox.openai.requests import Wanted, read_edit, read_generation
from core.sandbox.pictures import paint
from core.sandbox.refusals import Endpoint, Refusal
from core.sandbox.standin import root_of
from core.sandbox.store import JsonDict

BROKE_KEY, UNVERIFIED_KEY = "sk-sandbox-broke", "sk-sandbox-unverified"
MOST_RESULTS = 200  # held in memory; older addresses end before their hour
BLOCKED_WORDS = re.compile(r"sandbox:blocked")  # in a prompt: what the safety system stops


class Behaviour(BaseModel):
    """How it is set; durations in seconds."""

    model_config = ConfigDict(extra="forbid")

    seconds: float = Field(0.3, ge=0, le=600)  # an answer takes this long
    url_seconds: float = Field(3600, ge=0)  # how long an address of a result is good
    requests_a_minute: int = Field(500, ge=1)  # as the headers say; the control API's rate limit enforces


class OpenAi(Keyed[Behaviour]):
    """The stand-in as the sandbox holds it; ``clock`` gives Unix seconds."""

    name = "openai"
    good_key = "sk-sandbox"

    def __init__(self, clock: Callable[[], float]) -> None:
        super().__init__(Behaviour())
        self._clock = clock
        self._ledger = Ledger()
        self._results: dict[str, tuple[float, bytes]] = {}
        self._requests = 0

    def reset(self) -> None:
        super().reset()
        self._ledger.clear()
        self._results.clear()

    def report(self) -> JsonDict:
        return self._ledger.report()

    def key_in(self, headers: Headers) -> str | None:
        kind, _, key = headers.get("authorization", "").partition(" ")
        return key.strip() or None if kind.lower() == "bearer" else None

    def answer(self, rule: FaultRule) -> Response:
        return errors.fault_answer(rule)

    def too_many_requests(self, retry_after: int | None) -> Response:
        return errors.rate_limited(retry_after)

    def routes(self) -> Sequence[BaseRoute]:
        return [
            self._route("POST", "/v1/images/generations", self._generate),
            self._route("POST", "/v1/images/edits", self._edit),
            self._route("GET", "/v1/models", self._list_models),
            self._route("GET", "/v1/models/{name}", self._show_model),
            Route("/results/{name}", self._result),
            self._route("GET", "/{rest:path}", self._nothing_here),
            self._route("POST", "/{rest:path}", self._nothing_here),
        ]

    def _stranger(self, request: Request, key: str | None) -> Refusal:
        return errors.no_key() if key is None else errors.wrong_key(key)

    def _endpoint(self, handler: Handler) -> Endpoint:
        answer = super()._endpoint(handler)

        async def serve(request: Request) -> Response:
            started = time.perf_counter()
            response = await answer(request)
            response.headers.update(self._headers(time.perf_counter() - started))
            return response

        return serve

    def _headers(self, seconds: float) -> dict[str, str]:
        self._requests += 1
        most = self.behaviour.requests_a_minute
        return {
            "x-request-id": f"req_{secrets.token_hex(16)}",
            "openai-version": "2020-10-01",
            "openai-processing-ms": str(round(seconds * 1000)),
            "x-ratelimit-limit-requests": str(most),
            "x-ratelimit-remaining-requests": str(most - self._requests % most),
            "x-ratelimit-reset-requests": "120ms",
            "x-ratelimit-limit-tokens": "250000",
            "x-ratelimit-remaining-tokens": "249000",
            "x-ratelimit-reset-tokens": "6m0s",
        }

    async def _generate(self, request: Request, caller: str) -> Any:
        return await self._make(request, caller, await read_generation(request))

    async def _edit(self, request: Request, caller: str) -> Any:
        return await self._make(request, caller, await read_edit(request))

    async def _make(self, request: Request, caller: str, wanted: Wanted) -> JsonDict:
        if caller == BROKE_KEY:
            raise errors.out_of_quota()
        if caller == UNVERIFIED_KEY and wanted.model.makes_tokens:
            raise errors.not_verified(wanted.model.name)
        if BLOCKED_WORDS.search(wanted.prompt):
            raise errors.blocked("moderation_blocked" if wanted.model.makes_tokens else "content_policy_violation")
        row = self._ledger.begin(
            key=request.headers.get("x-client-request-id"), asked=wanted.asked, model=wanted.model.name, images=wanted.n
        )
        pictures = await run_in_threadpool(_paint, wanted, row.content if wanted.inputs else str(row.seq))
        await asyncio.sleep(self.behaviour.seconds)
        data = [self._item(request, wanted, content) for content in pictures]
        return {"created": int(self._clock()), "data": data, **(_used(wanted) if wanted.model.makes_tokens else {})}

    def _item(self, request: Request, wanted: Wanted, content: bytes) -> JsonDict:
        revised = {"revised_prompt": f"A picture of {wanted.prompt}"} if wanted.model.name == "dall-e-3" else {}
        if wanted.response_format == "b64_json":
            return {"b64_json": base64.b64encode(content).decode(), **revised}
        name = f"img-{secrets.token_hex(12)}.png"
        self._results[name] = (self._clock() + self.behaviour.url_seconds, content)
        while len(self._results) > MOST_RESULTS:
            del self._results[next(iter(self._results))]
        return {"url": f"{root_of(request)}/results/{name}", **revised}

    async def _result(self, request: Request) -> Response:
        """Whoever has the address has the picture, for an hour."""
        expires, content = self._results.get(request.path_params["name"], (0.0, b""))
        if expires <= self._clock():
            return Response("AuthenticationFailed: Signature not valid in the specified time frame", 403)
        return Response(content, media_type="image/png")

    async def _list_models(self, request: Request, caller: str) -> Any:
        return {"object": "list", "data": [_model(name) for name in (*MODELS, "gpt-5", "text-embedding-3-small")]}

    async def _show_model(self, request: Request, caller: str) -> Any:
        name = request.path_params["name"]
        if name not in MODELS:
            raise ApiError(404, f"The model '{name}' does not exist.", param="model", code="model_not_found")
        return _model(name)

    async def _nothing_here(self, request: Request, caller: str) -> Any:
        raise ApiError(404, f"Invalid URL ({request.method} {request.url.path}).")


def _model(name: str) -> JsonDict:
    return {"id": name, "object": "model", "created": 1_745_517_030, "owned_by": "system"}


def _paint(wanted: Wanted, salt: str) -> list[bytes]:
    width, height = pixels_of(wanted.size)
    kind = wanted.output_format.upper()
    words = f"{wanted.prompt}:{salt}"
    return [paint(words, seed=index, width=width, height=height, kind=kind) for index in range(wanted.n)]


def _used(wanted: Wanted) -> JsonDict:
    """What the newer family says about its answer."""
    text = max(1, len(wanted.prompt) // 4)
    image = len(wanted.inputs) * INPUT_IMAGE_TOKENS[wanted.fidelity]
    made = wanted.n * output_tokens(wanted.size, wanted.quality)
    width, height = pixels_of(wanted.size)
    return {
        "size": f"{width}x{height}",
        "quality": "medium" if wanted.quality == "auto" else wanted.quality,
        "background": "opaque" if wanted.background == "auto" else wanted.background,
        "output_format": wanted.output_format,
        "usage": {
            "input_tokens": text + image,
            "input_tokens_details": {"text_tokens": text, "image_tokens": image},
            "output_tokens": made,
            "output_tokens_details": {"text_tokens": 0, "image_tokens": made},
            "total_tokens": text + image + made,
        },
    }
