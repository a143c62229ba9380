"""Entries as the board draws them: plain values, every text finished."""

from typing import Any

from core.publishing.calendar.entries import Entry, Kind
from core.publishing.listing import DeviationView
from core.ui.calendar.kinds import WORDS
from core.ui.times import clock, window
from core.ui.words import shortened

_TITLE, _NOTE = 120, 300


def tile(entry: Entry, timezone: str) -> dict[str, Any]:
    """One entry. ``said`` is what a screen reader says; ``at`` is handed back when it is moved."""
    when = window(entry.starts_at, entry.at, timezone)
    word = WORDS[entry.kind]
    who = " · ".join(part for part in (entry.account_name, entry.automation and entry.automation.name) if part)
    title = shortened(entry.title, _TITLE)
    found = {
        "id": entry.deviation_id,
        "kind": entry.kind.value,
        "title": title,
        "when": when,
        "word": word,
        "who": who,
        "said": ", ".join(part for part in (word, when, title, who) if part),
        "cover": entry.cover_blob_id,
        "color": entry.automation.color if entry.automation else None,
        "note": shortened(entry.note, _NOTE) if entry.note else None,
        "fixed": entry.immovable,
        "at": entry.at.isoformat() if entry.immovable is None else None,
    }
    return {name: value for name, value in found.items() if value is not None}


def draft_tile(view: DeviationView) -> dict[str, Any]:
    """A draft that waits for a time."""
    title = shortened(view.title, _TITLE)
    found = {
        "id": view.id,
        "kind": Kind.DRAFT.value,
        "title": title,
        "when": "",
        "said": f"Draft without a time, {title}",
        "cover": view.first_file.blob_id if view.first_file else None,
    }
    return {name: value for name, value in found.items() if value is not None}


def closed_text(start: Any, end: Any, name: str, account_name: str | None, timezone: str) -> str:
    """``Holidays: automations post nothing 22:00–06:00 (alice-paints)``."""
    whose = f" ({account_name})" if account_name else ""
    return f"{name}: automations post nothing {clock(start, timezone)}–{clock(end, timezone)}{whose}"
