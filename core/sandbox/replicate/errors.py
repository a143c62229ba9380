"""How Replicate says no: problem JSON with ``title``, ``detail`` and ``status``."""

from typing import Any

from starlette.responses import JSONResponse, Response

from core.errors import AtelierError
from core.sandbox.faults import FaultKind, FaultRule
from core.sandbox.store import JsonDict
from core.sandbox.traffic import page


class ApiError(AtelierError):
    """An answer other than success."""

    def __init__(self, status: int, title: str | None, detail: str, **more: Any) -> None:
        super().__init__(detail)
        self.status = status
        named = {"title": title} if title else {}
        self.body: JsonDict = {**named, "detail": detail, "status": status, **more}

    def response(self) -> Response:
        return JSONResponse(self.body, self.status, media_type="application/problem+json")


def unauthenticated(*, has_token: bool) -> ApiError:
    what = "You did not pass a valid authentication token" if has_token else "You did not pass an authentication token"
    return ApiError(401, "Unauthenticated", what)


def not_found() -> ApiError:
    return ApiError(404, None, "The requested resource could not be found.")


def no_credit() -> ApiError:
    return ApiError(
        402,
        "Insufficient credit",
        "You have insufficient credit to run this model. Go to https://replicate.com/account/billing#billing to "
        "purchase credit.",
    )


def no_version() -> ApiError:
    return ApiError(
        422,
        "Invalid version or not permitted",
        "The specified version does not exist (or perhaps you don't have permission to use it?)",
    )


def invalid(fields: list[JsonDict]) -> ApiError:
    """Wrong input; each of ``fields`` has ``type``, ``field`` and ``description``."""
    detail = "".join(f"- {one['field'] or 'body'}: {one['description']}\n" for one in fields)
    return ApiError(422, "Input validation failed", detail, invalid_fields=fields)


def throttled(retry_after: int | None) -> Response:
    wait = retry_after if retry_after is not None else 30
    answer = ApiError(429, None, f"Request was throttled. Your rate limit resets in ~{wait}s.").response()
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
    title = "Internal server error" if rule.status >= 500 else "Refused"
    return ApiError(rule.status, rule.error or title, rule.error_description or "Something went wrong.").response()
