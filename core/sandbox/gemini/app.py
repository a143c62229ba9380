"""The routes of the imitated Gemini API, below ``/v1beta``."""

import asyncio
import base64
import re
import secrets
from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from core.sandbox.faults import FaultRule
from core.sandbox.gemini import errors
from core.sandbox.gemini.errors import ApiError
from core.sandbox.gemini.requests import MODELS, PictureModel, Wanted, read_request
from core.sandbox.keyed import Keyed
from core.sandbox.ledger import Ledger
from core.sandbox.pictures import paint
from core.sandbox.refusals import Refusal
from core.sandbox.store import JsonDict

BROKE_KEY = "AIza-sandbox-broke"
# In a prompt: ``sandbox:IMAGE_SAFETY`` ends that way, ``sandbox:block:OTHER`` is not begun, ``sandbox:text`` is talk.
ENDING = re.compile(r"sandbox:(block:)?([A-Z_]+|text)")
IMAGE_TOKENS_IN = 258
THOUGHT_TOKENS = 180


class Behaviour(BaseModel):
    """How it is set; durations in seconds."""

    model_config = ConfigDict(extra="forbid")

    seconds: float = Field(0.3, ge=0, le=600)  # an answer takes this long
    side: int | None = Field(None, ge=16, le=4096)  # pixels across a square picture, in place of the model's own


class Gemini(Keyed[Behaviour]):
    """The stand-in as the sandbox holds it."""

    name = "gemini"
    good_key = "AIza-sandbox"

    def __init__(self) -> None:
        super().__init__(Behaviour())
        self._ledger = Ledger()

    def reset(self) -> None:
        super().reset()
        self._ledger.clear()

    def report(self) -> JsonDict:
        return self._ledger.report()

    def key_in(self, headers: Headers) -> str | None:
        # The real one also takes the key in the address, where it would end up in logs: not here.
        return headers.get("x-goog-api-key")

    def answer(self, rule: FaultRule) -> Response:
        return errors.fault_answer(rule)

    def too_many_requests(self, retry_after: int | None) -> Response:
        return errors.exhausted(retry_after).response()

    def routes(self) -> Sequence[BaseRoute]:
        return [
            self._route("POST", "/v1beta/models/{name}:generateContent", self._generate),
            self._route("GET", "/v1beta/models", self._list_models),
            self._route("GET", "/v1beta/models/{name}", self._show_model),
            self._route("GET", "/{rest:path}", self._nothing_here),
            self._route("POST", "/{rest:path}", self._nothing_here),
        ]

    def _stranger(self, request: Request, key: str | None) -> Refusal:
        return errors.no_key() if key is None else errors.wrong_key()

    async def _generate(self, request: Request, caller: str) -> Any:
        wanted = await read_request(request, request.path_params["name"])
        if caller == BROKE_KEY:
            raise errors.exhausted(None, quota_value="0")
        ending = ENDING.search(wanted.prompt)
        if ending is not None and ending[1]:
            return {"promptFeedback": {"blockReason": ending[2]}, **_answered(wanted, images=0)}
        makes_picture = wanted.wants_image and ending is None
        row = self._ledger.begin(key=None, asked=wanted.asked, model=wanted.model.name, images=int(makes_picture))
        await asyncio.sleep(self.behaviour.seconds)
        if not makes_picture:
            return {"candidates": [_without_picture(ending)], **_answered(wanted, images=0)}
        seed = row.seq if wanted.seed is None else wanted.seed
        picture = await run_in_threadpool(_paint, wanted, seed, self.behaviour.side)
        data = {"mimeType": "image/png", "data": base64.b64encode(picture).decode()}
        parts = [{"text": "Here is your picture."}, {"inlineData": data}]
        candidate = {"content": {"parts": parts, "role": "model"}, "finishReason": "STOP", "index": 0}
        return {"candidates": [candidate], **_answered(wanted, images=1)}

    async def _list_models(self, request: Request, caller: str) -> Any:
        chat = {"name": "models/gemini-2.5-flash", "supportedGenerationMethods": ["generateContent"]}
        return {"models": [*(_model(model) for model in MODELS.values()), chat]}

    async def _show_model(self, request: Request, caller: str) -> Any:
        model = MODELS.get(request.path_params["name"])
        if model is None:
            raise errors.model_not_found(request.path_params["name"])
        return _model(model)

    async def _nothing_here(self, request: Request, caller: str) -> Any:
        raise ApiError(404, "Not Found")


def _model(model: PictureModel) -> JsonDict:
    return {
        "name": f"models/{model.name}",
        "version": "001",
        "displayName": model.title,
        "inputTokenLimit": 32_768,
        "outputTokenLimit": 32_768,
        "supportedGenerationMethods": ["generateContent", "countTokens"],
    }


def _without_picture(ending: re.Match[str] | None) -> JsonDict:
    if ending is None or ending[2] == "text":
        parts = [{"text": "I can only describe that picture."}]
        return {"content": {"parts": parts, "role": "model"}, "finishReason": "STOP", "index": 0}
    return {"finishReason": ending[2], "index": 0}


def _paint(wanted: Wanted, seed: int, side: int | None) -> bytes:
    width, height = wanted.pixels(side)
    return paint(f"{wanted.prompt}:{len(wanted.pictures)}", seed=seed, width=width, height=height)


def _answered(wanted: Wanted, *, images: int) -> JsonDict:
    text, pictures = max(1, len(wanted.prompt) // 4), len(wanted.pictures) * IMAGE_TOKENS_IN
    details = [{"modality": "TEXT", "tokenCount": text}]
    if pictures:
        details.append({"modality": "IMAGE", "tokenCount": pictures})
    usage: JsonDict = {"promptTokenCount": text + pictures, "promptTokensDetails": details}
    made = images * wanted.tokens_a_picture
    if made:
        usage["candidatesTokenCount"] = made
        usage["candidatesTokensDetails"] = [{"modality": "IMAGE", "tokenCount": made}]
    thoughts = THOUGHT_TOKENS if made and wanted.model.thinks else 0
    if thoughts:
        usage["thoughtsTokenCount"] = thoughts
    usage["totalTokenCount"] = text + pictures + made + thoughts
    return {"usageMetadata": usage, "modelVersion": wanted.model.name, "responseId": secrets.token_urlsafe(16)}
