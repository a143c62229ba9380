"""How Replicate says no: problem JSON with ``title``, ``detail`` and ``status``."""

from typing import Any

from starlette.responses import Response

from core.sandbox.faults import FaultRule
from core.sandbox.refusals import Refusal, told_in_detail
from core.sandbox.store import JsonDict


class ApiError(Refusal):
    """An answer other than success."""

    def __init__(self, status: int, title: str | None, detail: str, **more: Any) -> None:
        named = {"title": title} if title else {}
        body: JsonDict = {**named, "detail": detail, "status": status, **more}
        super().__init__(status, detail, body, media_type="application/problem+json")


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
    return ApiError(429, None, f"Request was throttled. Your rate limit resets in ~{wait}s.").response(retry_after)


def fault_answer(rule: FaultRule) -> Response:
    """The answer a fault rule asks for."""
    title = rule.error or ("Internal server error" if rule.status >= 500 else "Refused")
    detail = rule.error_description or "Something went wrong."
    return told_in_detail(rule) or ApiError(rule.status, title, detail).response()
