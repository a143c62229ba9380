"""How Civitai says no: problem JSON (RFC 7807), with ``errors`` by path for a body that does not fit."""

from starlette.responses import Response

from core.sandbox.faults import FaultRule
from core.sandbox.refusals import Refusal, told_in_detail
from core.sandbox.store import JsonDict

TITLES = {
    400: "Bad Request",
    401: "Unauthorized",
    402: "Payment Required",
    403: "Forbidden",
    404: "Not Found",
    429: "Too Many Requests",
    500: "An error occurred while processing your request.",
}


class ApiError(Refusal):
    """An answer other than success."""

    def __init__(self, status: int, detail: str | None = None, *, errors: dict[str, list[str]] | None = None) -> None:
        title = TITLES.get(status, "Error")
        body: JsonDict = {
            "type": "https://tools.ietf.org/html/rfc9110#section-15",
            "title": "One or more validation errors occurred." if errors else title,
            "status": status,
            **({"detail": detail} if detail else {}),
            **({"errors": errors} if errors else {}),
        }
        super().__init__(status, detail or title, body, media_type="application/problem+json")


def wrong(path: str, message: str) -> ApiError:
    """One value that does not fit."""
    return ApiError(400, errors={path: [message]})


def throttled(retry_after: int | None) -> Response:
    return ApiError(429, "Too many requests.").response(retry_after)


def fault_answer(rule: FaultRule) -> Response:
    """The answer a fault rule asks for."""
    return told_in_detail(rule) or ApiError(rule.status, rule.error_description).response()
