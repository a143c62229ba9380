"""What an automation sets on the drafts it takes."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from core.publishing.automations.errors import AutomationRefused
from core.publishing.changes import read_changes
from core.publishing.errors import ChangeRefused

# In the order in which they are shown. The title is set by a pattern instead.
FIELDS = (
    "description",
    "tags",
    "is_mature",
    "mature_level",
    "mature_classification",
    "category_path",
    "gallery_ids",
    "allow_comments",
    "allow_free_download",
    "is_ai_generated",
    "no_ai",
    "add_watermark",
    "display_resolution",
    "feature",
)
TEXT_LENGTH = 10_000

_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")


class DefaultLike(Protocol):
    """Whatever has a default's fields: its row, or a form."""

    field_name: str
    value: Any
    apply_if_empty: bool


def field_named(name: str) -> str:
    """The field of a name in either spelling (``isMature``, ``is_mature``). Raises :class:`AutomationRefused`."""
    plain = _HUMP.sub("_", name).lower()
    if plain not in FIELDS:
        raise AutomationRefused(f"“{name}” is not a field with a default. Choose one of {', '.join(FIELDS)}.")
    return plain


def check_default(field_name: str, value: Any) -> Any:
    """The value as it is kept. Raises :class:`AutomationRefused` when the field cannot take it."""
    field = field_named(field_name)
    if value is None:
        raise AutomationRefused(f"Give “{field}” a value, or remove its default.")
    if field == "description" and isinstance(value, str) and len(value) > TEXT_LENGTH:
        raise AutomationRefused(
            f"A default description has at most {TEXT_LENGTH:,} characters; this has {len(value):,}."
        )
    if field == "tags" and isinstance(value, list):
        _refuse_twice(value)
    try:
        kept = read_changes({field: value}).given()[field]
    except ChangeRefused as error:
        raise AutomationRefused(str(error)) from error
    return getattr(kept, "value", kept)


def is_empty(value: Any) -> bool:
    """Whether a field says nothing yet. ``False`` and ``0`` say something."""
    return value is None or value == [] or (isinstance(value, str) and not value.strip())


def changes_for(row: Mapping[str, Any], defaults: Sequence[DefaultLike]) -> dict[str, Any]:
    """What the defaults change of a draft, by column; fields that belong together are kept in step."""
    changes: dict[str, Any] = {}
    for default in defaults:
        if not default.apply_if_empty or is_empty(row[default.field_name]):
            changes[default.field_name] = default.value
    merged = {**row, **changes}
    if not merged["is_mature"]:
        # A level or a classification belongs to mature works only.
        for field, none in (("mature_level", None), ("mature_classification", [])):
            if field in changes or ("is_mature" in changes and not is_empty(row[field])):
                changes[field] = none
    return {field: value for field, value in changes.items() if value != row[field]}


def _refuse_twice(tags: Sequence[Any]) -> None:
    seen: set[str] = set()
    for tag in tags:
        key = str(tag).strip().casefold()
        if key in seen:
            raise AutomationRefused(f"The tag “{tag}” is there twice. Upper and lower case count as the same.")
        seen |= {key}
