"""How fal says no: ``detail`` is a sentence or a list of typed errors; requests that broke have an ``error_type``."""

from typing import Any

from starlette.responses import Response

from core.sandbox.faults import FaultRule
from core.sandbox.refusals import Refusal, told_in_detail


class ApiError(Refusal):
    """An answer other than success. ``error_type`` is of requests that broke, not of the model."""

    def __init__(self, status: int, detail: Any, *, error_type: str | None = None, retryable: bool = False) -> None:
        headers = {"X-Fal-Retryable": "true" if retryable else "false"}
        if error_type:
            headers["X-Fal-Error-Type"] = error_type
        body = {"detail": detail, **({"error_type": error_type} if error_type else {})}
        super().__init__(status, str(detail), body, headers=headers)
        self.error_type = error_type


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
    return ApiError(429, "Too many requests. Please slow down.", retryable=True).response(retry_after)


def fault_answer(rule: FaultRule) -> Response:
    """The answer a fault rule asks for."""
    detail = rule.error_description or "Something went wrong."
    return told_in_detail(rule) or ApiError(rule.status, detail, error_type=rule.error).response()
