"""Gemini as a provider of pictures."""

import base64
import time
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from core.adapters.images.at_once import ANSWER_BYTES, AnswersAtOnce
from core.adapters.images.calls import base_of, whole
from core.adapters.images.catalogue.gemini import MODELS
from core.adapters.images.gemini.answers import read_answer
from core.adapters.images.inputs import read_input, refused
from core.adapters.images.refusals import Dialect
from core.studio.providers import (
    CatalogueModel,
    CheckedConnection,
    Connection,
    GenerationRequest,
    Handle,
    Outcome,
    ProviderKind,
    Submitted,
)

VERSION = "/v1beta"
MOST_REQUEST_BYTES = 20 * 1024**2  # the whole request; base64 makes three bytes four
MOST_INPUT_BYTES = MOST_REQUEST_BYTES * 3 // 4 - 64 * 1024
IMAGE_FIELDS = ("aspectRatio", "imageSize")
CONFIG_FIELDS = ("temperature", "seed", "topP", "topK")


class GeminiImages(AnswersAtOnce):
    """``generateContent``; ``root`` is the host, as ``https://generativelanguage.googleapis.com``."""

    kind = ProviderKind.GEMINI

    def root_of(self, connection: Connection) -> str:
        return base_of(connection, self._root, VERSION)

    def check(self, connection: Connection) -> CheckedConnection:
        url = f"{self.root_of(connection)}/models"
        answer = self._line.call("GET", url, endpoint="models", headers=_headers(connection), params={"pageSize": 1000})
        listed = answer.body.get("models") if isinstance(answer.body, Mapping) else None
        offered = {str(row.get("name")) for row in listed or () if isinstance(row, Mapping)}
        names = ", ".join(model.name for model in MODELS if f"models/{model.model_id}" in offered)
        return CheckedConnection(
            None,
            f"The key is good. Models of pictures: {names}." if names else "The key is good, for no model of ours.",
        )

    def models(self, connection: Connection) -> Sequence[CatalogueModel]:
        return MODELS

    def submit(self, connection: Connection, request: GenerationRequest) -> Submitted:
        started = time.monotonic()
        model = quote(request.model.model_id.removeprefix("models/"), safe="")
        answer = self._line.call(
            "POST",
            f"{self.root_of(connection)}/models/{model}:generateContent",
            endpoint="generateContent",
            headers=_headers(connection),
            has_effect=True,
            timeout_seconds=self._call_seconds,
            max_bytes=ANSWER_BYTES,
            json=_body(request, self._line.dialect),
        )
        outcome = read_answer(answer.body)
        returned = {**outcome.returned, "seconds": round(time.monotonic() - started, 1)}
        timed = Outcome(outcome.outputs, returned, outcome.consumption, outcome.model_answered)
        return Submitted(Handle(str(returned.get("responseId") or request.key)), timed)


def _headers(connection: Connection) -> dict[str, str]:
    return {"x-goog-api-key": connection.api_key or ""}


def _body(request: GenerationRequest, dialect: Dialect) -> dict[str, Any]:
    if request.images != 1:
        raise refused("Gemini makes one picture with each call. Order one picture per call.")
    if not request.parameters.get("prompt"):
        raise refused("A prompt is needed. Write what the picture is to show.")
    parts = [*_pictures(request), {"text": str(request.parameters["prompt"])}]
    given = {name: value for name, value in request.parameters.items() if value is not None and value != ""}
    config: dict[str, Any] = {"responseModalities": ["TEXT", "IMAGE"]}
    config |= {name: given[name] for name in CONFIG_FIELDS if name in given}
    if "seed" in config:
        config["seed"] = whole(config["seed"], dialect)
    image = {name: given[name] for name in IMAGE_FIELDS if name in given}
    if image:
        config["imageConfig"] = image
    return {"contents": [{"role": "user", "parts": parts}], "generationConfig": config}


def _pictures(request: GenerationRequest) -> list[dict[str, Any]]:
    left = MOST_INPUT_BYTES
    parts = []
    for given in request.inputs:
        content = read_input(given, max_bytes=MOST_INPUT_BYTES)
        left -= len(content)
        parts.append({"inlineData": {"mimeType": given.mime_type, "data": base64.b64encode(content).decode()}})
    if left < 0:
        raise refused("The pictures that go in have more than 15 MB together. Use fewer or smaller ones.")
    return parts
