"""How fal says no: ``detail`` is a sentence or a list of typed errors; requests that broke have an ``error_type``."""

from typing import Any

from starlette.responses import JSONResponse, Response

from core.errors import AtelierError
from core.sandbox.faults import FaultKind, FaultRule
from core.sandbox.store import JsonDict
from core.sandbox.traffic import page


class ApiError(AtelierError):
    """An answer other than success. ``error_type`` is of requests that broke, not of the model."""

    def __init__(self, status: int, detail: Any, *, error_type: str | None = None, retryable: bool = False) -> None:
        super().__init__(str(detail))
        self.status = status
        self.detail = detail
        self.error_type = error_type
        self.retryable = retryable

    def body(self) -> JsonDict:
        return {"detail": self.detail, **({"error_type": self.error_type} if self.error_type else {})}

    def response(self) -> Response:
        named = {"X-Fal-Error-Type": self.error_type} if self.error_type else {}
        headers = {"X-Fal-Retryable": "true" if self.retryable else "false", **named}
        return JSONResponse(self.body(), self.status, headers=headers)


def unauthenticated(app: str) -> ApiError:
    return ApiError(401, f"Cannot access application '{app}'. Authentication is required to access this application.")


def locked() -> ApiError:
    return ApiError(403, "User is locked. Reason: Exhausted balance. Top up your balance at fal.ai/dashboard/billing.")


def no_application(app: str) -> ApiError:
    return ApiError(404, f"Application '{app}' not found")


def no_request() -> ApiError:
    return ApiError(404, "Request not found")


def model_error(status: int, kind: str, message: str, *, loc: tuple[str, ...] = ("body",), **ctx: Any) -> ApiError:
    """One typed error of a model."""
    detail = {"loc": list(loc), "msg": message, "type": kind, "url": f"https://docs.fal.ai/errors#{kind}"}
    return ApiError(status, [{**detail, **({"ctx": ctx} if ctx else {})}])


def throttled(retry_after: int | None) -> Response:
    answer = ApiError(429, "Too many requests. Please slow down.", retryable=True).response()
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
    return ApiError(rule.status, rule.error_description or "Something went wrong.", error_type=rule.error).response()
