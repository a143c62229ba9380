"""Lines of the generation log: what happened to an item, for the person who ordered it."""

from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from core.db.ids import new_id
from core.logs import correlation_id
from core.studio.hooks.protocol import Skipped
from core.studio.orders.models import GenerationLog, LogLevel

_INSERT = insert(GenerationLog)


def write(
    session: Session,
    user_id: str,
    order_id: str,
    item_id: str | None,
    level: LogLevel,
    event: str,
    message: str,
    *,
    now: datetime,
    **details: Any,
) -> None:
    """One line, about an item or a whole order. ``details`` are JSON; no prompts, keys or addresses in them."""
    told = {key: value for key, value in details.items() if value is not None}
    session.execute(
        _INSERT,
        {
            "id": new_id("glg"),
            "user_id": user_id,
            "order_id": order_id,
            "order_item_id": item_id,
            "timestamp": now,
            "level": level,
            "event": event,
            "message": message,
            "details": told | {"correlation_id": correlation_id()},
        },
    )


def skipped_hook(session: Session, user_id: str, order_id: str, item_id: str, hook: Skipped, *, now: datetime) -> None:
    """A hook that was passed over."""
    message = f"The hook “{hook.name}” was skipped. {hook.reason}"
    write(session, user_id, order_id, item_id, LogLevel.WARNING, "hook_skipped", message, now=now, hook=hook.name)
