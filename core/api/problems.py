"""Every failure as a problem (RFC 9457): what happened, what to do, and the correlation id the log has too.

``type`` is a name of ours, ``urn:atelier:problem:<code>``; docs/reference/api.md lists them. What a service raises
becomes a problem by its kind; the service's sentence is the ``detail``.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from core.errors import AtelierError, ConflictError, InvalidInputError, NotFoundError, UnavailableError
from core.logs import correlation_id
from core.media.errors import FileTooLarge, StorageFull, UnknownFileType
from core.system.idempotency import KeyReused, StillServed

log = structlog.get_logger(__name__)
MEDIA_TYPE = "application/problem+json"
TYPE_PREFIX = "urn:atelier:problem:"

# What can go wrong, by code: the status, and a title that never changes.
PROBLEMS: dict[str, tuple[int, str]] = {
    "key-refused": (401, "No valid API key"),
    "scope-missing": (403, "The key may not do this"),
    "not-found": (404, "There is no such thing"),
    "method-not-allowed": (405, "Not with this method"),
    "body-too-slow": (408, "The request came too slowly"),
    "conflict": (409, "Not in this state"),
    "still-served": (409, "The first request with this key is not answered yet"),
    "too-large": (413, "Too large"),
    "type-not-taken": (415, "This type is not taken"),
    "invalid": (422, "The request cannot be used as it is"),
    "key-reused": (422, "The Idempotency-Key belongs to another request"),
    "too-many-requests": (429, "Too many requests"),
    "unexpected": (500, "Something went wrong here"),
    "unavailable": (503, "Not available right now"),
}
# The first kind that fits decides.
_KINDS: dict[type[AtelierError], str] = {
    StillServed: "still-served",
    KeyReused: "key-reused",
    UnknownFileType: "type-not-taken",
    FileTooLarge: "too-large",
    NotFoundError: "not-found",
    ConflictError: "conflict",
    InvalidInputError: "invalid",
    UnavailableError: "unavailable",
}
RETRY_SECONDS = {"unavailable": 5, "still-served": 1}
# A full disk is not emptied in a moment.
FULL_RETRY_SECONDS = 60


class FieldProblem(BaseModel):
    """One field that cannot be used."""

    field: str
    message: str


class ProblemOut(BaseModel):
    """What went wrong. ``correlation_id`` names the log lines of the request."""

    type: str = Field(examples=[f"{TYPE_PREFIX}invalid"])
    title: str
    status: int
    detail: str
    correlation_id: str | None = None
    scope: str | None = Field(default=None, description="The scope that the key lacks.")
    errors: list[FieldProblem] | None = Field(default=None, description="Each field that cannot be used.")


class Problem(HTTPException):
    """A failure of the door itself; ``more`` goes into the answer beside the usual members."""

    def __init__(
        self, code: str, detail: str, *, headers: Mapping[str, str] | None = None, more: dict[str, Any] | None = None
    ) -> None:
        super().__init__(PROBLEMS[code][0], detail, dict(headers or {}))
        self.code = code
        self.more = more or {}

    def response(self) -> Response:
        """The answer."""
        status, title = PROBLEMS[self.code]
        body = {
            "type": TYPE_PREFIX + self.code, "title": title, "status": status, "detail": self.detail,
            "correlation_id": correlation_id(),
        }  # fmt: skip
        return JSONResponse(body | self.more, status, {"Cache-Control": "no-store", **(self.headers or {})}, MEDIA_TYPE)


def invalid(field: str, message: str) -> Problem:
    """One field cannot be used."""
    return Problem("invalid", f"{field}: {message}", more={"errors": [{"field": field, "message": message}]})


def problem_of(error: AtelierError) -> Problem:
    """What an expected error of a service is to a program."""
    code = next((code for kind, code in _KINDS.items() if isinstance(error, kind)), "conflict")
    seconds = FULL_RETRY_SECONDS if isinstance(error, StorageFull) else RETRY_SECONDS.get(code)
    return Problem(code, str(error), headers=retry_after(seconds) if seconds else None)


def retry_after(seconds: float) -> dict[str, str]:
    """The header that says when to come back: whole seconds, at least one."""
    return {"Retry-After": str(max(1, math.ceil(seconds)))}


def add_handlers(app: FastAPI) -> None:
    """Answer every expected failure of an endpoint with a problem."""

    async def on_problem(_request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        return (error if isinstance(error, Problem) else _of_framework(error)).response()

    async def on_atelier_error(_request: Request, error: Exception) -> Response:
        assert isinstance(error, AtelierError)
        if isinstance(error, UnavailableError):
            log.warning("A program's request could not be served.", error=str(error))
        return problem_of(error).response()

    async def on_validation(_request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        return refused(error.errors()).response()

    app.add_exception_handler(HTTPException, on_problem)
    app.add_exception_handler(AtelierError, on_atelier_error)
    app.add_exception_handler(RequestValidationError, on_validation)


def _of_framework(error: HTTPException) -> Problem:
    """What FastAPI itself refuses."""
    match error.status_code:
        case 404:
            return Problem("not-found", "There is nothing at this address. See /api/v1/docs.")
        case 405:
            return Problem("method-not-allowed", "This address takes another method.", headers=error.headers)
        case 413:
            return Problem("too-large", "The body of this request is too large.")
        case _:
            return Problem("invalid", "The body of this request cannot be read.")


def refused(errors: Any, known: Sequence[str] = ()) -> Problem:
    """What pydantic found wrong with each field; ``known`` are the fields there are."""
    found = [{"field": _place(one["loc"]), "message": _sentence(one, known)} for one in errors]
    detail = " ".join(f"{one['field']}: {one['message']}" for one in found)
    return Problem("invalid", detail, more={"errors": found})


def _place(location: tuple[Any, ...]) -> str:
    parts = [str(part) for part in location if part not in {"body", "query", "path", "header"}]
    return ".".join(parts) or "body"


def _sentence(error: Any, known: Sequence[str]) -> str:
    if error["type"] == "extra_forbidden":
        return f"There is no such field. There are: {', '.join(known)}."
    if error["type"] == "string_unicode":
        return "This holds half a character."
    if error["type"] in {"too_long", "string_too_long"}:
        what = "characters" if isinstance(error["input"], str) else "values"
        return f"Use at most {error['ctx']['max_length']} {what}."
    message: str = error["msg"]
    return message.removeprefix("Value error, ").rstrip(".") + "."
