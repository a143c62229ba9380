"""Logging: a sentence plus fields; a correlation id follows the work from request to provider call."""

import logging
import re
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import structlog

# Fields that must never be written, whoever passes them by mistake.
PRIVATE = frozenset(
    {"token", "access_token", "refresh_token", "password", "secret", "client_secret", "code", "code_verifier", "cookie",
     "authorization", "prompt", "email", "address"}
)  # fmt: skip
# PostgreSQL repeats the row that was refused, which may hold anything.
_ROW = re.compile(r"^DETAIL:.*?(?=\n\[SQL|\n\nThe above|\n\nDuring|\Z)", re.DOTALL | re.MULTILINE)


def configure_logging(*, level: str = "info", as_json: bool = False) -> None:
    """Set up structlog and send the standard library's loggers through it."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _hide_private,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    last = structlog.processors.JSONRenderer() if as_json else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                _hide_rows,
                last,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    # Each provider call is logged by its adapter, without the address and its query.
    for noisy in ("httpx", "httpcore", "apscheduler", "alembic", "botocore", "PIL", "procrastinate", "pyvips"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def _hide_private(_logger: object, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    for key, value in event.items():
        event[key] = "[hidden]" if key in PRIVATE else _without_private(value)
    return event


def _without_private(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: "[hidden]" if key in PRIVATE else _without_private(one) for key, one in value.items()}
    return [_without_private(one) for one in value] if isinstance(value, list) else value


def _hide_rows(_logger: object, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    if isinstance(text := event.get("exception"), str):
        event["exception"] = _ROW.sub("DETAIL: [hidden]", text)
    return event


@contextmanager
def correlated(value: str | None = None) -> Iterator[str]:
    """Give the work inside the block one correlation id: the given one, or a fresh one."""
    chosen = value or secrets.token_hex(8)
    with structlog.contextvars.bound_contextvars(correlation_id=chosen):
        yield chosen


def correlation_id() -> str | None:
    """The id of the work under way, if any."""
    return structlog.contextvars.get_contextvars().get("correlation_id")
