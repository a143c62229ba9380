"""Requests for pictures as OpenAI's protocol has them, and reading what comes back.

Written from https://platform.openai.com/docs/api-reference/images (version 2020-10-01 of the API).
"""

import time
from collections.abc import Mapping
from typing import Any

import httpx

from core.adapters.images.at_once import ANSWER_BYTES
from core.adapters.images.calls import whole
from core.adapters.images.http import Line
from core.adapters.images.inputs import read_input, refused, require_inputs
from core.adapters.images.refusals import Dialect
from core.studio.providers import (
    Connection,
    Consumption,
    ErrorCategory,
    GenerationError,
    GenerationRequest,
    Handle,
    InputFile,
    Outcome,
    Output,
    Submitted,
)

MOST_INPUT_BYTES = 50 * 1024**2
MOST_INPUTS = 16
MASK = "mask"
WHOLE = ("http://", "https://", "data:")  # what an address begins with that stands by itself
MEDIA_TYPES = {"png": "image/png", "jpeg": "image/jpeg", "webp": "image/webp"}
# Said about the answer as a whole; what a picture was made with, as far as the provider tells.
RETURNED = ("created", "size", "quality", "background", "output_format")

CODES: dict[str, ErrorCategory] = {
    "insufficient_quota": ErrorCategory.QUOTA,
    "billing_hard_limit_reached": ErrorCategory.QUOTA,
    "billing_not_active": ErrorCategory.QUOTA,
    "rate_limit_exceeded": ErrorCategory.RATE_LIMITED,
    "moderation_blocked": ErrorCategory.CONTENT_POLICY,
    "content_policy_violation": ErrorCategory.CONTENT_POLICY,
    "invalid_api_key": ErrorCategory.AUTHENTICATION,
    "account_deactivated": ErrorCategory.AUTHENTICATION,
}


def dialect(name: str) -> Dialect:
    """How a server of this protocol says no: ``{"error": {message, type, param, code}}``."""
    return Dialect(name, code_of=_code, detail_of=_detail, codes=CODES)


def headers_of(connection: Connection, request: GenerationRequest | None = None) -> dict[str, str]:
    """The key, if there is one, and our own name of the call for the provider's logs."""
    headers = {"Authorization": f"Bearer {connection.api_key}"} if connection.api_key else {}
    return {**headers, "X-Client-Request-Id": request.key} if request else headers


def model_names(body: Any) -> list[str]:
    """The ids of ``GET /models``, whether the list stands alone or under ``data``."""
    listed = body.get("data") or body.get("models") if isinstance(body, Mapping) else body
    rows = listed if isinstance(listed, list) else ()
    names = (row.get("id") or row.get("name") if isinstance(row, Mapping) else row for row in rows)
    return list(dict.fromkeys(name for name in names if isinstance(name, str) and name))


def make(line: Line, root: str, connection: Connection, request: GenerationRequest, *, seconds: float) -> Submitted:
    """One call: ``/images/edits`` when pictures go in, ``/images/generations`` otherwise."""
    if not request.parameters.get("prompt"):
        raise refused("A prompt is needed. Write what the picture is to show.")
    kind = "edits" if request.inputs else "generations"
    fields = _fields(request, line.dialect)
    sent = _form(request, fields) if request.inputs else {"json": fields}
    started = time.monotonic()
    answer = line.call(
        "POST",
        f"{root}/images/{kind}",
        endpoint=f"images/{kind}",
        headers=headers_of(connection, request),
        has_effect=True,
        timeout_seconds=seconds,
        max_bytes=ANSWER_BYTES,
        **sent,
    )
    outcome = read_answer(line.dialect, root, answer.body, request)
    request_id = answer.headers.get("x-request-id") or request.key
    returned = {**outcome.returned, "request_id": request_id, "seconds": round(time.monotonic() - started, 1)}
    return Submitted(
        Handle(request_id),
        Outcome(outcome.outputs, returned, outcome.consumption, outcome.model_answered),
    )


def _fields(request: GenerationRequest, dialect: Dialect) -> dict[str, Any]:
    given = {name: value for name, value in request.parameters.items() if value is not None and value != ""}
    if "seed" in given:
        given["seed"] = whole(given["seed"], dialect)
    return {**given, "model": request.model.model_id, "n": request.images}


def _form(request: GenerationRequest, fields: Mapping[str, Any]) -> dict[str, Any]:
    require_inputs(request.inputs, MOST_INPUTS)
    pictures = [given for given in request.inputs if given.parameter != MASK]
    into = {given.parameter for given in request.inputs}
    data = {name: _text(value) for name, value in fields.items() if name not in into}
    files = [_part("image" if len(pictures) == 1 else "image[]", given) for given in pictures]
    files += [_part(MASK, given) for given in request.inputs if given.parameter == MASK]
    return {"data": data, "files": files}


def _part(name: str, given: InputFile) -> tuple[str, tuple[str, bytes, str]]:
    ending = given.mime_type.rpartition("/")[2]
    content = read_input(given, max_bytes=MOST_INPUT_BYTES)
    return name, (f"{given.sha256[:16]}.{ending}", content, given.mime_type)


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def read_answer(dialect: Dialect, root: str, body: Any, request: GenerationRequest) -> Outcome:
    """The pictures of an answer; raises ``GenerationError`` with ``NO_IMAGE`` when it has none."""
    body = body if isinstance(body, Mapping) else {"data": body}
    data = body.get("data") if isinstance(body.get("data"), list) else body.get("images")
    media_type = MEDIA_TYPES.get(str(body.get("output_format") or request.parameters.get("output_format")), "image/png")
    outputs = [
        output for item in (data if isinstance(data, list) else ()) if (output := _output(root, item, media_type))
    ]
    consumption = _consumption(body, request, len(outputs))
    if not outputs:
        raise dialect.error(ErrorCategory.NO_IMAGE, http_status=200, consumption=consumption)
    returned: dict[str, Any] = {name: body[name] for name in RETURNED if body.get(name) is not None}
    revised = [item.details["revised_prompt"] for item in outputs if "revised_prompt" in item.details]
    if revised:
        returned["revised_prompt"] = revised[0]
    if isinstance(body.get("usage"), Mapping):
        returned["usage"] = body["usage"]
    model = body.get("model")
    return Outcome(outputs, returned, consumption, model if isinstance(model, str) else None)


def _output(root: str, item: Any, media_type: str) -> Output | None:
    """One picture: base64 under any of its usual names, or an address; bare text is either."""
    if isinstance(item, str):
        item = {"url": item} if item.startswith(WHOLE) else {"b64_json": item}
    if not isinstance(item, Mapping):
        return None
    revised = item.get("revised_prompt")
    details = {"revised_prompt": revised} if isinstance(revised, str) and revised else {}
    seed = item.get("seed")
    encoded = item.get("b64_json") or item.get("b64") or item.get("base64")
    url = f"data:{media_type};base64,{encoded}" if isinstance(encoded, str) else _address(root, item.get("url"))
    if url is None:
        return None
    return Output(url=url, seed=str(seed) if isinstance(seed, int | str) else None, details=details)


def _address(root: str, found: Any) -> str | None:
    """An address as a whole; ``None`` for what is none: the other pictures of a paid call must not be lost with it."""
    if not isinstance(found, str) or not found:
        return None
    if found.startswith(WHOLE):
        return found
    try:
        return str(httpx.URL(f"{root}/").join(found))
    except httpx.InvalidURL:
        return None


def _consumption(body: Mapping[str, Any], request: GenerationRequest, images: int) -> Consumption:
    usage = body.get("usage") if isinstance(body.get("usage"), Mapping) else {}
    assert isinstance(usage, Mapping)
    into, out = _details(usage, "input_tokens_details"), _details(usage, "output_tokens_details")
    made = _count(out, "image_tokens")
    return Consumption(
        images=images,
        # Without details all that goes in is words, and all that comes out is pictures.
        tokens_in=_count(into, "text_tokens") if into else _count(usage, "input_tokens"),
        tokens_in_image=_count(into, "image_tokens"),
        tokens_cached=_count(into, "cached_tokens"),
        tokens_out=_count(out, "text_tokens"),
        tokens_out_image=_count(usage, "output_tokens") if made is None else made,
        size=_said(body, request, "size"),
        quality=_said(body, request, "quality"),
    )


def _said(body: Mapping[str, Any], request: GenerationRequest, name: str) -> str | None:
    value = body.get(name) or request.parameters.get(name)
    return value if isinstance(value, str) and value else None


def _details(usage: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = usage.get(name)
    return found if isinstance(found, Mapping) else {}


def _count(found: Mapping[str, Any], name: str) -> int | None:
    """An explicit zero is a value; what is not said stays unknown."""
    value = found.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _error(body: Any) -> Mapping[str, Any]:
    error = body.get("error") if isinstance(body, Mapping) else None
    return error if isinstance(error, Mapping) else {}


def _code(response: httpx.Response | None, body: Any) -> str | None:
    error = _error(body)
    code = error.get("code") or error.get("type")
    return str(code) if code else None


def _detail(body: Any) -> str | None:
    message = _error(body).get("message")
    return message if isinstance(message, str) else None


def explained(error: GenerationError, name: str) -> GenerationError:
    """A 403 is about one model that the account may not use: the key and its other models are good."""
    if error.http_status != httpx.codes.FORBIDDEN or error.category is not ErrorCategory.AUTHENTICATION:
        return error
    return GenerationError(
        f"{name} does not let this account use the model. Verify the organisation there, or choose another model.",
        ErrorCategory.VALIDATION,
        http_status=error.http_status,
        provider_code=error.provider_code,
    )
