"""Intents: an effect outside the database, written down before it is caused.

The caller commits between :func:`open_intent` and the call, and again after :func:`settle`. What a
crash leaves unsettled is looked up at the provider, never blindly repeated; a partial unique index
lets no second intent of the same kind be opened meanwhile.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, update

from core.db.base import table_of
from core.db.ids import new_id
from core.system.models import Intent, IntentState

_TABLE = table_of(Intent)
# Built once; they run for every call to a provider.
_OPEN = insert(_TABLE)
_CHANGE = update(_TABLE).where(_TABLE.c.id == bindparam("this_id"))


def open_intent(connection: Connection, kind: str, subject_id: str, request: dict[str, Any], *, now: datetime) -> str:
    """Write the intent; its id."""
    intent_id = new_id("int")
    connection.execute(
        _OPEN,
        {
            "id": intent_id,
            "kind": kind,
            "subject_id": subject_id,
            "state": IntentState.OPEN,
            "request": request,
            "opened_at": now,
            "lookups": 0,
        },
    )
    return intent_id


def settle(
    connection: Connection, intent_id: str, state: IntentState, result: dict[str, Any] | None, *, now: datetime
) -> None:
    """Write how it ended: ``done`` or ``failed``."""
    connection.execute(_CHANGE, {"this_id": intent_id, "state": state, "result": result, "closed_at": now})


def doubt(
    connection: Connection, intent_id: str, *, request: dict[str, Any] | None = None, lookups: int | None = None
) -> None:
    """Keep it unsettled: nobody knows yet whether it happened."""
    values: dict[str, Any] = {"this_id": intent_id, "state": IntentState.UNKNOWN}
    if request is not None:
        values["request"] = request
    if lookups is not None:
        values["lookups"] = lookups
    connection.execute(_CHANGE, values)
