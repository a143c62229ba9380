"""Reading what ``generateContent`` answers: pictures between words, usage by kind, and the many ways to give none.

Written from https://ai.google.dev/api/generate-content (v1beta).
"""

from collections.abc import Iterator, Mapping
from typing import Any

import httpx

from core.adapters.images.calls import rows_of
from core.adapters.images.refusals import Dialect
from core.studio.providers import Consumption, ErrorCategory, GenerationError, Outcome, Output

NAME = "Gemini"
NO_QUOTA = "RESOURCE_EXHAUSTED (limit 0)"  # not our rate: the plan has no such thing at all
MOST_WORDS = 500  # of what it said beside the picture

CODES: dict[str, ErrorCategory] = {
    "API_KEY_INVALID": ErrorCategory.AUTHENTICATION,
    "API_KEY_SERVICE_BLOCKED": ErrorCategory.AUTHENTICATION,
    "PERMISSION_DENIED": ErrorCategory.AUTHENTICATION,
    "UNAUTHENTICATED": ErrorCategory.AUTHENTICATION,
    "RESOURCE_EXHAUSTED": ErrorCategory.RATE_LIMITED,
    "FAILED_PRECONDITION": ErrorCategory.QUOTA,  # no free tier where this account is: billing must be switched on
    "BILLING_DISABLED": ErrorCategory.QUOTA,
    NO_QUOTA: ErrorCategory.QUOTA,
}


AGAINST_RULES = "what came out is against its rules ({}). Change the prompt or the pictures."
TOO_CLOSE = "what came out is too close to somebody's work ({}). Change the prompt."
OTHERWISE = "its reason is {}. Say more plainly what the picture shows, or try another prompt."
SAID_OF = {
    "STOP": "it answered in words only. Say more plainly that a picture is wanted, and what it shows.",
    "SAFETY": AGAINST_RULES,
    "IMAGE_SAFETY": AGAINST_RULES,
    "PROHIBITED_CONTENT": AGAINST_RULES,
    "IMAGE_PROHIBITED_CONTENT": AGAINST_RULES,
    "RECITATION": TOO_CLOSE,
    "IMAGE_RECITATION": TOO_CLOSE,
    "MAX_TOKENS": "it had no room left ({}). Shorten the prompt.",
}


def read_answer(body: Any) -> Outcome:
    """The pictures of an answer; raises ``GenerationError`` that names the reason when it has none."""
    body = body if isinstance(body, Mapping) else {}
    candidates = rows_of(body.get("candidates"))
    parts = [part for one in candidates for part in _parts(one)]
    outputs = [output for part in parts if (output := _picture(part))]
    images = len(outputs)
    consumption = consumption_of(body, images)
    if not outputs:
        raise _without_picture(body, candidates, consumption)
    returned: dict[str, Any] = {"finishReason": str(candidates[0].get("finishReason", ""))}
    words = " ".join(str(part["text"]) for part in parts if part.get("text"))
    if words:
        returned["text"] = words[:MOST_WORDS]
    for name in ("modelVersion", "responseId", "usageMetadata"):
        if body.get(name):
            returned[name] = body[name]
    version = body.get("modelVersion")
    return Outcome(outputs, returned, consumption, version if isinstance(version, str) else None)


def _parts(candidate: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """What it gave, without the drafts it thought in."""
    content = candidate.get("content")
    for part in rows_of(content.get("parts")) if isinstance(content, Mapping) else ():
        if not part.get("thought"):
            yield part


def _picture(part: Mapping[str, Any]) -> Output | None:
    data = part.get("inlineData") or part.get("inline_data")
    if not isinstance(data, Mapping) or not isinstance(data.get("data"), str) or not data["data"]:
        return None
    mime = data.get("mimeType") or data.get("mime_type") or "image/png"
    return Output(url=f"data:{mime};base64,{data['data']}")


def _without_picture(
    body: Mapping[str, Any], candidates: list[Mapping[str, Any]], consumption: Consumption
) -> GenerationError:
    feedback = body.get("promptFeedback")
    blocked = feedback.get("blockReason") if isinstance(feedback, Mapping) else None
    if blocked:
        return GenerationError(
            f"Gemini did not begin: the prompt is against its rules ({blocked}). Change the prompt or the pictures.",
            ErrorCategory.CONTENT_POLICY,
            http_status=200,
            provider_code=str(blocked),
            consumption=consumption,
        )
    reason = str(candidates[0].get("finishReason") or "NO_IMAGE") if candidates else "NO_IMAGE"
    return GenerationError(
        f"Gemini gave no picture: {SAID_OF.get(reason, OTHERWISE).format(reason)}",
        ErrorCategory.NO_IMAGE,
        http_status=200,
        provider_code=reason,
        consumption=consumption,
    )


def consumption_of(body: Mapping[str, Any], images: int) -> Consumption:
    """Tokens by kind; what is not said stays unknown."""
    found = body.get("usageMetadata")
    usage: Mapping[str, Any] = found if isinstance(found, Mapping) else {}
    into, out = _by_modality(usage, "promptTokensDetails"), _by_modality(usage, "candidatesTokensDetails")
    made = _count(usage, "candidatesTokenCount")
    return Consumption(
        images=images,
        tokens_in=into.get("TEXT", 0) if into else _count(usage, "promptTokenCount"),
        tokens_in_image=into.get("IMAGE", 0) if into else None,
        tokens_cached=_count(usage, "cachedContentTokenCount"),
        # Without details: a picture's tokens when there is one, words otherwise.
        tokens_out=out.get("TEXT", 0) if out else (None if images else made),
        tokens_out_image=out.get("IMAGE", 0) if out else (made if images else None),
        tokens_reasoning=_count(usage, "thoughtsTokenCount"),
    )


def _by_modality(usage: Mapping[str, Any], name: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for row in rows_of(usage.get(name)):
        count = _count(row, "tokenCount")
        if count is not None:
            kind = str(row.get("modality"))
            found[kind] = found.get(kind, 0) + count
    return found


def _count(found: Mapping[str, Any], name: str) -> int | None:
    value = found.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _error(body: Any) -> Mapping[str, Any]:
    body = body[0] if isinstance(body, list) and body else body
    error = body.get("error") if isinstance(body, Mapping) else None
    return error if isinstance(error, Mapping) else {}


def _code(response: httpx.Response | None, body: Any) -> str | None:
    error = _error(body)
    details = rows_of(error.get("details"))
    violations = [row for one in details for row in rows_of(one.get("violations"))]
    if any(str(row.get("quotaValue")) == "0" for row in violations):
        return NO_QUOTA
    reasons = [str(one["reason"]) for one in details if one.get("reason")]
    status = error.get("status")
    return next((reason for reason in reasons if reason in CODES), str(status) if status else None)


def _detail(body: Any) -> str | None:
    message = _error(body).get("message")
    return message if isinstance(message, str) else None


def _wait(body: Any) -> float | None:
    """Seconds of ``google.rpc.RetryInfo``, which says them as ``"17.5s"``."""
    for one in rows_of(_error(body).get("details")):
        delay = one.get("retryDelay")
        if isinstance(delay, str) and delay.endswith("s"):
            try:
                return max(float(delay[:-1]), 0.0)
            except ValueError:
                return None
    return None


# ``{"error": {code, message, status, details}}``
DIALECT = Dialect(NAME, code_of=_code, detail_of=_detail, wait_of=_wait, codes=CODES)
