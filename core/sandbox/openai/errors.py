"""What OpenAI answers when it refuses, fails or is overloaded.

Refusal
└── ApiError    becomes ``{"error": {message, type, param, code}}`` with its status

Shapes from https://platform.openai.com/docs/guides/error-codes.
"""

from starlette.responses import HTMLResponse, PlainTextResponse, Response

from core.sandbox.faults import FaultKind, FaultRule
from core.sandbox.refusals import Refusal

INVALID = "invalid_request_error"


class ApiError(Refusal):
    """A refusal in the provider's words."""

    def __init__(
        self, status: int, message: str, *, kind: str = INVALID, param: str | None = None, code: str | None = None
    ) -> None:
        error = {"message": message, "type": kind, "param": param, "code": code}
        super().__init__(status, message, {"error": error})


def no_key() -> ApiError:
    message = "You didn't provide an API key. Provide it in an Authorization header using Bearer auth."
    return ApiError(401, message)


def wrong_key(key: str) -> ApiError:
    return ApiError(401, f"Incorrect API key provided: {key[:4]}***.", code="invalid_api_key")


def not_verified(model: str) -> ApiError:
    message = f"Your organization must be verified to use the model `{model}`."
    return ApiError(403, message)


def out_of_quota() -> ApiError:
    message = "You exceeded your current quota, please check your plan and billing details."
    return ApiError(429, message, kind="insufficient_quota", code="insufficient_quota")


def rate_limited(retry_after: int | None) -> Response:
    message = "Rate limit reached for images per minute. Please try again later."
    return ApiError(429, message, kind="requests", code="rate_limit_exceeded").response(retry_after)


def blocked(code: str) -> ApiError:
    kind = "image_generation_user_error" if code == "moderation_blocked" else INVALID
    return ApiError(400, "Your request was rejected by the safety system.", kind=kind, code=code)


def unknown_parameter(name: str) -> ApiError:
    return ApiError(400, f"Unknown parameter: '{name}'.", param=name, code="unknown_parameter")


def missing(name: str) -> ApiError:
    return ApiError(400, f"Missing required parameter: '{name}'.", param=name, code="missing_required_parameter")


def invalid_value(name: str, value: object, supported: str) -> ApiError:
    return ApiError(
        400, f"Invalid value: '{value}'. Supported values are: {supported}.", param=name, code="invalid_value"
    )


def fault_answer(rule: FaultRule) -> Response:
    """The answer a fault rule asks for."""
    if rule.kind is FaultKind.HTML_403:
        return HTMLResponse("<html><head><title>403 Forbidden</title></head><body>Cloudflare</body></html>", 403)
    if rule.kind is FaultKind.OK_WITH_ERROR_BODY:
        return PlainTextResponse("upstream connect error or disconnect/reset before headers", 200)
    message = rule.error_description or "The server had an error while processing your request."
    kind = "server_error" if rule.status >= 500 else INVALID
    return ApiError(rule.status, message, kind=kind, code=rule.error).response()
