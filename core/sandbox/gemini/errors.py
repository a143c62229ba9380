"""What the Gemini API answers when it refuses, fails or is overloaded.

Refusal
└── ApiError    becomes ``{"error": {code, message, status, details}}``

Shapes from https://ai.google.dev/gemini-api/docs/troubleshooting and google.rpc's error details.
"""

from collections.abc import Sequence

from starlette.responses import HTMLResponse, PlainTextResponse, Response

from core.sandbox.faults import FaultKind, FaultRule
from core.sandbox.refusals import Refusal
from core.sandbox.store import JsonDict

RPC = "type.googleapis.com/google.rpc."
STATUSES = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}


class ApiError(Refusal):
    """A refusal in the provider's words."""

    def __init__(self, code: int, message: str, details: Sequence[JsonDict] = (), *, status: str | None = None) -> None:
        error: JsonDict = {"code": code, "message": message, "status": status or STATUSES.get(code, "UNKNOWN")}
        if details:
            error["details"] = list(details)
        super().__init__(code, message, {"error": error})


def no_key() -> ApiError:
    message = "Method doesn't allow unregistered callers (callers without established identity). Please use API Key."
    return ApiError(403, message)


def wrong_key() -> ApiError:
    info = {"@type": f"{RPC}ErrorInfo", "reason": "API_KEY_INVALID", "domain": "googleapis.com", "metadata": {}}
    return ApiError(400, "API key not valid. Please pass a valid API key.", [info])


def invalid(message: str) -> ApiError:
    return ApiError(400, message)


def unknown_field(name: str, where: str) -> ApiError:
    text = f"Invalid JSON payload received. Unknown name \"{name}\" at '{where}': Cannot find field."
    violation = {"field": where, "description": text}
    return ApiError(400, text, [{"@type": f"{RPC}BadRequest", "fieldViolations": [violation]}])


def model_not_found(name: str) -> ApiError:
    return ApiError(404, f"models/{name} is not found for API version v1beta.")


def exhausted(retry_after: float | None, *, quota_value: str = "10") -> ApiError:
    """``quota_value`` of 0: the plan has no such thing at all."""
    violation = {
        "quotaMetric": "generativelanguage.googleapis.com/generate_content_requests",
        "quotaId": "GenerateRequestsPerMinutePerProjectPerModel",
        "quotaValue": quota_value,
    }
    details: list[JsonDict] = [{"@type": f"{RPC}QuotaFailure", "violations": [violation]}]
    if retry_after is not None:
        details.append({"@type": f"{RPC}RetryInfo", "retryDelay": f"{retry_after:g}s"})
    return ApiError(429, "You exceeded your current quota, please check your plan and billing details.", details)


def fault_answer(rule: FaultRule) -> Response:
    """The answer a fault rule asks for."""
    if rule.kind is FaultKind.HTML_403:
        return HTMLResponse("<html><head><title>Error 403 (Forbidden)!!1</title></head></html>", 403)
    if rule.kind is FaultKind.OK_WITH_ERROR_BODY:
        return PlainTextResponse("upstream connect error or disconnect/reset before headers", 200)
    message = rule.error_description or "An internal error has occurred."
    return ApiError(rule.status, message, status=rule.error).response()
