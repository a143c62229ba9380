"""What DeviantArt answers when it refuses, fails or is overloaded.

Refusal
└── ApiError    becomes the JSON error body with its status

Shapes from https://www.deviantart.com/developers (errors); texts seen in its issue tracker where there are any.
"""

from collections.abc import Mapping

from starlette.responses import HTMLResponse, Response

from core.sandbox.faults import FaultKind, FaultRule
from core.sandbox.refusals import Refusal
from core.sandbox.store import JsonDict

AGREE_SUBMISSION, AGREE_TERMS = 0, 1
INVALID_LICENCE, INVALID_RESOLUTION = 4, 5
PUBLICATION_FAILED, ITEM_NOT_FOUND, PREVIEW_REQUIRED, ALREADY_PUBLISHED = 6, 7, 8, 9


class ApiError(Refusal):
    """A refusal in the provider's words."""

    def __init__(
        self,
        status: int,
        error: str,
        description: str,
        *,
        details: Mapping[str, str] | None = None,
        code: int | None = None,
    ) -> None:
        body: JsonDict = {"status": "error", "error": error, "error_description": description}
        if details:
            body["error_details"] = dict(details)
        if code is not None:
            body["error_code"] = code
        super().__init__(status, description, body)


def invalid_fields(details: Mapping[str, str], code: int | None = None) -> ApiError:
    return ApiError(400, "invalid_request", "Request field validation failed.", details=details, code=code)


def invalid_request(description: str, code: int | None = None) -> ApiError:
    return ApiError(400, "invalid_request", description, code=code)


def unknown_endpoint() -> ApiError:
    return ApiError(404, "invalid_request", "Api endpoint not found.")


def invalid_token(description: str) -> ApiError:
    return ApiError(401, "invalid_token", description)


def insufficient_scope(missing: list[str]) -> ApiError:
    return ApiError(403, "insufficient_scope", f"The token lacks the required scope: {' '.join(missing)}.")


def server_error() -> ApiError:
    return ApiError(500, "server_error", "Internal Server Error.")


def blocked() -> Response:
    """The front gate's refusal: HTML, not JSON."""
    return HTMLResponse(
        "<!DOCTYPE html><html><head><title>403 Forbidden</title></head><body><h1>403 ERROR</h1>"
        "<p>The request could not be satisfied. Request blocked.</p></body></html>",
        403,
    )


def too_many_requests(retry_after: int | None) -> Response:
    return ApiError(429, "user_api_threshold", "User request limit reached.").response(retry_after)


def fault_answer(rule: FaultRule) -> Response:
    """The answer a fault rule asks for."""
    if rule.kind is FaultKind.HTML_403:
        return blocked()
    if rule.kind is FaultKind.ACCESS_REVOKED:
        return invalid_token("The token was revoked.").response()
    status = 200 if rule.kind is FaultKind.OK_WITH_ERROR_BODY else rule.status
    error = rule.error or ("server_error" if rule.status >= 500 else "invalid_request")
    description = rule.error_description or ("Internal Server Error." if rule.status >= 500 else "Request refused.")
    return ApiError(status, error, description, code=rule.error_code).response()
