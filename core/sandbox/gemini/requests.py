"""Reading ``generateContent``: fields in snake or camel case, and nothing that nobody declared."""

import base64
import binascii
import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request

from core.sandbox.gemini.errors import ApiError, invalid, model_not_found, unknown_field
from core.sandbox.pictures import size_of
from core.sandbox.store import JsonDict

MOST_REQUEST_BYTES = 20 * 1024 * 1024
RATIOS = ("1:1", "2:3", "3:2", "3:4", "4:3", "4:5", "5:4", "9:16", "16:9", "21:9")
MODALITIES = ("TEXT", "IMAGE")
PICTURE_TYPES = ("image/png", "image/jpeg", "image/webp", "image/heic", "image/heif")
# Pixels across a square, and the tokens one picture costs (https://ai.google.dev/gemini-api/docs/image-generation).
SIZES = {"1K": (1024, 1120), "2K": (2048, 1120), "4K": (4096, 2000)}

TOP = ("contents", "generationConfig", "systemInstruction", "safetySettings", "tools", "toolConfig", "cachedContent")
CONFIG = (
    "responseModalities", "imageConfig", "temperature", "topP", "topK", "seed", "candidateCount", "maxOutputTokens",
    "responseMimeType", "responseSchema", "stopSequences", "thinkingConfig",
)  # fmt: skip


@dataclass(frozen=True)
class PictureModel:
    """A model that makes pictures; ``sizes`` beyond the first can be asked for."""

    name: str
    title: str
    sizes: tuple[str, ...]
    tokens: int | None = None  # of one picture; by size where it is not said
    thinks: bool = False


MODELS = {
    model.name: model
    for model in (
        PictureModel("gemini-2.5-flash-image", "Nano Banana", ("1K",), tokens=1290),
        PictureModel("gemini-3-pro-image-preview", "Nano Banana Pro", ("1K", "2K", "4K"), thinks=True),
    )
}


@dataclass
class Wanted:
    """A request that can be carried out."""

    model: PictureModel
    texts: list[str]
    ratio: str | None
    size: str
    wants_image: bool
    seed: int | None
    pictures: list[bytes] = field(default_factory=list)

    @property
    def prompt(self) -> str:
        return "\n".join(self.texts)

    @property
    def asked(self) -> JsonDict:
        return {**vars(self), "model": self.model.name}

    def pixels(self, side: int | None = None) -> tuple[int, int]:
        """Without a ratio the answer follows the last picture that came in. ``side``: of a square, if not its own."""
        side = side or SIZES[self.size][0]
        across, down = (int(part) for part in self.ratio.split(":")) if self.ratio else self._followed()
        scale = (side * side / (across * down)) ** 0.5
        return max(round(across * scale / 16), 1) * 16, max(round(down * scale / 16), 1) * 16

    @property
    def tokens_a_picture(self) -> int:
        return self.model.tokens or SIZES[self.size][1]

    def _followed(self) -> tuple[int, int]:
        return (size_of(self.pictures[-1]) if self.pictures else None) or (1, 1)


async def read_request(request: Request, name: str) -> Wanted:
    """Raises ``ApiError`` in Google's words."""
    content = await request.body()
    if len(content) > MOST_REQUEST_BYTES:
        raise invalid("Request payload size exceeds the limit: 20971520 bytes.")
    model = MODELS.get(name)
    if model is None:
        raise model_not_found(name)
    try:
        body = json.loads(content)
    except ValueError as error:
        raise invalid("Invalid JSON payload received.") from error
    body = _fields(body, TOP, "")
    config = _fields(body.get("generationConfig", {}), CONFIG, "generation_config")
    image = _fields(config.get("imageConfig", {}), ("aspectRatio", "imageSize"), "generation_config.image_config")
    texts, pictures = _parts(body.get("contents"))
    return Wanted(
        model,
        texts,
        _ratio(image.get("aspectRatio")),
        _size(model, image.get("imageSize")),
        "IMAGE" in _modalities(config.get("responseModalities", ["TEXT", "IMAGE"])),
        config.get("seed"),
        pictures,
    )


def _fields(found: Any, known: Collection[str], where: str) -> JsonDict:
    if not isinstance(found, Mapping):
        raise invalid(f"Invalid value at '{where or 'request'}'.")
    read = {camel(name): value for name, value in found.items()}
    for name in read:
        if name not in known:
            raise unknown_field(name, where)
    return read


def camel(name: str) -> str:
    """``inline_data`` and ``inlineData`` are the same field."""
    return re.sub(r"_([a-z])", lambda match: match[1].upper(), name)


def _parts(contents: Any) -> tuple[list[str], list[bytes]]:
    if not isinstance(contents, list) or not contents:
        raise invalid("* GenerateContentRequest.contents: contents is not specified")
    texts: list[str] = []
    pictures: list[bytes] = []
    for turn in contents:
        turn = _fields(turn, ("role", "parts"), "contents")
        if turn.get("role", "user") not in {"user", "model"}:
            raise invalid("Please use a valid role: user, model.")
        for part in turn.get("parts") or []:
            part = _fields(part, ("text", "inlineData", "fileData", "thought", "thoughtSignature"), "contents.parts")
            if "text" in part:
                texts.append(str(part["text"]))
            if "inlineData" in part:
                pictures.append(_picture(part["inlineData"]))
    if not texts and not pictures:
        raise invalid("* GenerateContentRequest.contents[0].parts: contents.parts must not be empty.")
    return texts, pictures


def _picture(data: Any) -> bytes:
    data = _fields(data, ("mimeType", "data"), "contents.parts.inline_data")
    if data.get("mimeType") not in PICTURE_TYPES:
        raise invalid(f"Unsupported MIME type: {data.get('mimeType')}")
    try:
        content = base64.b64decode(str(data.get("data", "")), validate=True)
    except binascii.Error as error:
        raise invalid(
            "Invalid value at 'contents[0].parts[0].inline_data.data' (TYPE_BYTES), Base64 decoding."
        ) from error
    if size_of(content) is None:
        raise invalid("Unable to process input image. Please retry or report.")
    return content


def _ratio(value: Any) -> str | None:
    if value is None:
        return None
    if value not in RATIOS:
        raise invalid(f"Invalid aspect ratio: {value}. Supported: {', '.join(RATIOS)}.")
    return str(value)


def _size(model: PictureModel, value: Any) -> str:
    if value is None:
        return model.sizes[0]
    if value not in model.sizes or len(model.sizes) == 1:
        raise invalid(f"Image size {value} is not supported for this model.")
    return str(value)


def _modalities(value: Any) -> list[str]:
    if not isinstance(value, list) or any(one not in MODALITIES for one in value):
        raise ApiError(400, "Invalid value at 'generation_config.response_modalities'.")
    return value
