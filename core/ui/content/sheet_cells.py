"""What the cells of the sheet hold, and which fields of a post they stand for."""

from collections.abc import Iterable, Mapping
from typing import Any

from core.publishing import tags as tagging
from core.publishing.models import MatureLevel

NOT_MATURE = "No"
# Marked by a program or an older import without saying how strictly.
NO_LEVEL = "Yes, level not chosen"
_LEVELS = {MatureLevel.MODERATE: "Moderate", MatureLevel.STRICT: "Strict"}
MATURE = (NOT_MATURE, *_LEVELS.values())

# Columns whose cells hold a field as it is.
_SAME = {"ai": "is_ai_generated", "comments": "allow_comments", "download": "allow_free_download"}

Cells = Mapping[str, Any]


def cells_of(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The cells of one row, by column."""
    return {
        "title": fields["title"],
        "description": fields["description"] or "",
        "tags": list(fields["tags"]),
        "mature": _mature_cell(fields["is_mature"], fields["mature_level"]),
    } | {column: fields[name] for column, name in _SAME.items()}


def values_of(cells: Cells) -> dict[str, Any]:
    """The fields that these cells stand for, as :func:`read_changes` takes them."""
    values: dict[str, Any] = {name: cells[name] for name in ("title", "description", "tags") if name in cells}
    values |= {name: cells[column] for column, name in _SAME.items() if column in cells}
    if "mature" in cells:
        values |= _mature_values(cells["mature"])
    return values


def tidied(cells: Cells) -> dict[str, Any]:
    """Cells as they would come back from the database: commas in a tag make several, blanks around go."""
    tidy = dict(cells)
    if "title" in tidy:
        tidy["title"] = " ".join((tidy["title"] or "").split())
    if "description" in tidy:
        tidy["description"] = (tidy["description"] or "").strip()
    if "tags" in tidy:
        tidy["tags"] = tagging.tidy(one for text in tidy["tags"] or () for one in tagging.split(str(text)))
    return tidy


def differing(cells: Cells, stored: Cells) -> dict[str, Any]:
    """Those of ``cells`` that say something else than what is stored."""
    return {name: value for name, value in tidied(cells).items() if value != stored[name]}


def mature_choices(rows: Iterable[Cells]) -> list[str]:
    """What the Mature cells offer: that a level is not chosen only where it is so."""
    return [*MATURE, *([NO_LEVEL] if any(row["mature"] == NO_LEVEL for row in rows) else [])]


def _mature_cell(is_mature: bool, level: MatureLevel | None) -> str:
    if not is_mature:
        return NOT_MATURE
    return _LEVELS[level] if level else NO_LEVEL


def _mature_values(cell: str) -> dict[str, Any]:
    level = next((level for level, word in _LEVELS.items() if word == cell), None)
    return {"is_mature": False} if cell == NOT_MATURE else {"is_mature": True, "mature_level": level}
