"""How Civitai says no: problem JSON (RFC 7807), with ``errors`` by path for a body that does not fit."""

from starlette.responses import JSONResponse, Response

from core.errors import AtelierError
from core.sandbox.faults import FaultKind, FaultRule
from core.sandbox.store import JsonDict
from core.sandbox.traffic import page

TITLES = {
    400: "Bad Request",
    401: "Unauthorized",
    402: "Payment Required",
    403: "Forbidden",
    404: "Not Found",
    429: "Too Many Requests",
    500: "An error occurred while processing your request.",
}


class ApiError(AtelierError):
    """An answer other than success."""

    def __init__(self, status: int, detail: str | None = None, *, errors: dict[str, list[str]] | None = None) -> None:
        super().__init__(detail or TITLES.get(status, "Error"))
        self.status = status
        self.body: JsonDict = {
            "type": "https://tools.ietf.org/html/rfc9110#section-15",
            "title": "One or more validation errors occurred." if errors else TITLES.get(status, "Error"),
            "status": status,
            **({"detail": detail} if detail else {}),
            **({"errors": errors} if errors else {}),
        }

    def response(self) -> Response:
        return JSONResponse(self.body, self.status, media_type="application/problem+json")


def wrong(path: str, message: str) -> ApiError:
    """One value that does not fit."""
    return ApiError(400, errors={path: [message]})


def throttled(retry_after: int | None) -> Response:
    answer = ApiError(429, "Too many requests.").response()
    if retry_after is not None:
        answer.headers["Retry-After"] = str(retry_after)
    return answer


def fault_answer(rule: FaultRule) -> Response:
    """The answer a fault rule asks for."""
    if rule.kind is FaultKind.RATE_LIMIT:
        return throttled(rule.retry_after)
    if rule.kind is FaultKind.OK_WITH_ERROR_BODY:
        return JSONResponse({"detail": "Something went wrong."})
    if rule.kind is FaultKind.HTML_403:
        return page(403)
    return ApiError(rule.status, rule.error_description).response()
