"""The widget of each field that can have a default."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from core.identity.sessions import SignedIn
from core.publishing.models import MatureLevel
from core.publishing.validation import MAX_GALLERIES
from core.ui.automations.folders import folders_field
from core.ui.content.fields import CLASSIFICATIONS, RESOLUTIONS, tags_field

_YES_NO = {True: "Yes", False: "No"}
_LEVELS = {MatureLevel.MODERATE.value: "Moderate", MatureLevel.STRICT.value: "Strict"}


@dataclass(frozen=True, slots=True)
class Asked:
    """One default to be asked for: its widget's key, what it began with, for whom."""

    key: str
    value: Any
    user: SignedIn
    account_id: str | None


@dataclass(frozen=True, slots=True)
class Field:
    """A field by its name on screen. ``can_be_empty``: a draft may have nothing there, so that it can be left alone."""

    label: str
    start: Any
    ask: Callable[[str, Asked], Any]
    can_be_empty: bool = False


def _text(label: str, asked: Asked) -> Any:
    return st.text_input(label, value=asked.value or "", max_chars=200, key=asked.key) or ""


def _long_text(label: str, asked: Asked) -> Any:
    return st.text_area(label, value=asked.value or "", key=asked.key, height=110) or ""


def _tags(label: str, asked: Asked) -> Any:
    return tags_field(asked.key, asked.value or [], label=label, preview=False)


def _folders(label: str, asked: Asked) -> Any:
    return folders_field(label, asked.key, asked.user, asked.account_id, asked.value or [], most=MAX_GALLERIES)


def _yes_no(label: str, asked: Asked) -> Any:
    return st.segmented_control(
        label, list(_YES_NO), default=bool(asked.value), format_func=lambda one: _YES_NO[one], key=asked.key,
        required=True,
    )  # fmt: skip


def _level(label: str, asked: Asked) -> Any:
    return st.segmented_control(
        label, list(_LEVELS), default=asked.value, format_func=lambda one: _LEVELS[one], key=asked.key, required=True
    )


def _reasons(label: str, asked: Asked) -> Any:
    chosen = st.pills(
        label, CLASSIFICATIONS, selection_mode="multi", default=list(asked.value or []), format_func=str.capitalize,
        key=asked.key,
    )  # fmt: skip
    return list(chosen)


def _size(label: str, asked: Asked) -> Any:
    return st.selectbox(
        label, list(RESOLUTIONS), index=int(asked.value or 0), format_func=lambda one: RESOLUTIONS[one], key=asked.key,
        width=220,
    )  # fmt: skip


# In the order in which they are offered.
FIELDS: Mapping[str, Field] = {
    "description": Field("Description", "", _long_text, can_be_empty=True),
    "tags": Field("Tags", [], _tags, can_be_empty=True),
    "gallery_ids": Field("Galleries", [], _folders, can_be_empty=True),
    "category_path": Field("Category", "", _text, can_be_empty=True),
    "is_mature": Field("Mature content", True, _yes_no),
    "mature_level": Field("How strictly mature", MatureLevel.MODERATE.value, _level, can_be_empty=True),
    "mature_classification": Field("Mature because of", [], _reasons, can_be_empty=True),
    "is_ai_generated": Field("Made with AI", True, _yes_no),
    "no_ai": Field("NoAI", True, _yes_no),
    "allow_comments": Field("Comments allowed", True, _yes_no),
    "allow_free_download": Field("Free download", False, _yes_no),
    "display_resolution": Field("Largest size shown", 8, _size),
    "add_watermark": Field("Watermark", True, _yes_no),
    "feature": Field("Show in Featured", True, _yes_no),
}
