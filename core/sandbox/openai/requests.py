"""Reading a request for pictures: what nobody declared is refused, and so is what the model cannot do."""

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from PIL import Image, UnidentifiedImageError
from starlette.datastructures import FormData
from starlette.requests import Request

from core.sandbox.openai.errors import ApiError, invalid_value, missing, unknown_parameter
from core.sandbox.openai.models import ImageModel, find_model
from core.sandbox.store import JsonDict

MOST_INPUT_BYTES = 50 * 1024 * 1024
MOST_INPUTS = 16
INPUT_TYPES = ("PNG", "WEBP", "JPEG")
BOTH = frozenset({"model", "prompt", "n", "size", "quality", "user", "stream", "partial_images"})
TOKENS_ONLY = frozenset({"background", "output_format", "output_compression", "moderation"})
URLS_ONLY = frozenset({"response_format", "style"})


@dataclass
class Wanted:
    """A request that can be carried out."""

    model: ImageModel
    prompt: str
    n: int
    size: str
    quality: str
    background: str
    output_format: str
    response_format: str
    fidelity: str
    inputs: list[bytes] = field(default_factory=list)

    @property
    def asked(self) -> JsonDict:
        return {**vars(self), "model": self.model.name}


async def read_generation(request: Request) -> Wanted:
    """``POST /images/generations``: a JSON body."""
    try:
        body = json.loads(await request.body())
    except ValueError as error:
        raise ApiError(400, "We could not parse the JSON body of your request.") from error
    if not isinstance(body, dict):
        raise ApiError(400, "We expected an object.")
    return _read(body, allowed=BOTH | TOKENS_ONLY | URLS_ONLY, inputs=[])


async def read_edit(request: Request) -> Wanted:
    """``POST /images/edits``: a form with files."""
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise ApiError(400, "Invalid Content-Type. Use multipart/form-data.", code="unsupported_content_type")
    async with request.form() as form:
        body, inputs = await _parts(form)
    if not inputs:
        raise missing("image")
    if len(inputs) > MOST_INPUTS:
        message = f"At most {MOST_INPUTS} images can be edited."
        raise ApiError(400, message, param="image", code="array_above_max_length")
    wanted = _read(body, allowed=BOTH | TOKENS_ONLY | {"input_fidelity", "response_format"}, inputs=inputs)
    if not wanted.model.edits:
        raise invalid_value("model", wanted.model.name, "'gpt-image-1' and its like, 'dall-e-2'")
    return wanted


async def _parts(form: FormData) -> tuple[JsonDict, list[bytes]]:
    """The fields, and the pictures without the mask."""
    body: JsonDict = {}
    inputs: list[bytes] = []
    for name, value in form.multi_items():
        if isinstance(value, str):
            body[name] = int(value) if name in {"n", "output_compression"} and value.isdecimal() else value
            continue
        if name not in {"image", "image[]", "mask"}:
            raise unknown_parameter(name)
        content = _picture(name, await value.read())
        if name != "mask":
            inputs.append(content)
    return body, inputs


def _read(body: Mapping[str, Any], *, allowed: frozenset[str], inputs: list[bytes]) -> Wanted:
    model = find_model(str(body.get("model", "dall-e-2")))
    fitting = allowed - (URLS_ONLY if model.makes_tokens else TOKENS_ONLY)
    for name in body:
        if name not in fitting or (name == "input_fidelity" and not model.sets_fidelity):
            raise unknown_parameter(name)
    if body.get("stream") in (True, "true"):
        raise ApiError(400, "Streaming is not served here.", param="stream", code="unsupported_value")
    size = _choice(body, "size", None, model.sizes[-1] if model.makes_tokens else "1024x1024")
    model.check_size(size)
    return Wanted(
        model,
        _prompt(body, model),
        _count(body, model),
        size,
        _choice(body, "quality", model.qualities, "auto" if model.makes_tokens else "standard"),
        _background(body),
        _choice(body, "output_format", ("png", "jpeg", "webp"), "png"),
        _choice(body, "response_format", ("url", "b64_json"), "b64_json" if model.makes_tokens else "url"),
        _choice(body, "input_fidelity", ("low", "high"), "low"),
        inputs,
    )


def _prompt(body: Mapping[str, Any], model: ImageModel) -> str:
    prompt = body.get("prompt")
    if not isinstance(prompt, str) or not prompt:
        raise missing("prompt")
    if len(prompt) > model.prompt_limit:
        message = f"Invalid 'prompt': string too long. Expected at most {model.prompt_limit} characters."
        raise ApiError(400, message, param="prompt", code="string_above_max_length")
    return prompt


def _count(body: Mapping[str, Any], model: ImageModel) -> int:
    n = body.get("n", 1)
    if not isinstance(n, int) or isinstance(n, bool):
        raise ApiError(400, "Invalid type for 'n': expected an integer.", param="n", code="invalid_type")
    if not 1 <= n <= model.most_images:
        code = "integer_below_min_value" if n < 1 else "integer_above_max_value"
        raise ApiError(400, f"Invalid 'n': expected 1 to {model.most_images}, got {n}.", param="n", code=code)
    return n


def _background(body: Mapping[str, Any]) -> str:
    background = _choice(body, "background", ("transparent", "opaque", "auto"), "auto")
    if background == "transparent" and body.get("output_format", "png") == "jpeg":
        raise ApiError(400, "Transparent background is not supported for JPEG output format.", param="background")
    compression = body.get("output_compression", 100)
    if not isinstance(compression, int) or not 0 <= compression <= 100:
        raise invalid_value("output_compression", compression, "0 to 100")
    if compression != 100 and body.get("output_format", "png") == "png":
        raise ApiError(400, "Compression less than 100 is not supported for PNG.", param="output_compression")
    _choice(body, "moderation", ("low", "auto"), "auto")
    return background


def _choice(body: Mapping[str, Any], name: str, choices: tuple[str, ...] | None, default: str) -> str:
    value = body.get(name, default)
    if not isinstance(value, str) or (choices is not None and value not in choices):
        raise invalid_value(name, value, ", ".join(f"'{one}'" for one in choices or ()))
    return value


def _picture(name: str, content: bytes) -> bytes:
    if len(content) > MOST_INPUT_BYTES:
        raise ApiError(413, "An image may have at most 50 MB.", param=name, code="image_too_large")
    try:
        with Image.open(io.BytesIO(content)) as image:
            if image.format in INPUT_TYPES:
                return content
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError):
        pass
    raise ApiError(400, "Invalid image file or mode for image.", param=name, code="invalid_image_file")
