"""The list of keys as CSV; of a key itself only how it begins."""

from collections.abc import Sequence
from datetime import datetime

from core.identity.api_keys import KeyView
from core.ui.tables import csv_bytes

HEAD = ("name", "begins_with", "state", "scopes", "created_at", "expires_at", "last_used_at", "revoked_at", "key_id")


def keys_csv(keys: Sequence[KeyView]) -> bytes:
    """All keys; instants in UTC."""
    rows: list[Sequence[object]] = [["# Atelier API keys. Filters: none"], HEAD]
    for key in keys:
        instants = (key.created_at, key.expires_at, key.last_used_at, key.revoked_at)
        rows.append([key.name, key.prefix, key.state, " ".join(key.scopes), *map(_instant, instants), key.id])
    return csv_bytes(rows)


def _instant(at: datetime | None) -> str:
    return at.isoformat(timespec="seconds") if at else ""
