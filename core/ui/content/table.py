"""Posts as a table: one element for the whole page, whatever its length."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from core.publishing.listing import DeviationView
from core.ui.content import selection
from core.ui.content.badges import badge_of
from core.ui.content.pool_fields import stars
from core.ui.content.query import View
from core.ui.content.showing import Showing
from core.ui.content.thumbs import cover_url
from core.ui.links import is_of_the_web

# Above four root units Streamlit lets text go on in a second line.
ROW_HEIGHT = 66
# Rows up to this many are shown without a scroll bar of their own.
_ROWS_IN_SIGHT = 50
_HEADER_HEIGHT = 36


@dataclass(frozen=True, slots=True)
class Click:
    """A row was opened (``label`` is ``None``), or an entry of its menu chosen."""

    id: str
    label: str | None = None


def show_table(
    rows: Sequence[DeviationView],
    view: View,
    menu: Callable[[DeviationView], list[str]],
    showing: Showing,
) -> Click | None:
    """Draw the table and remember which rows are ticked; what was clicked, if anything."""
    ids = [row.id for row in rows]
    key = selection.page_key(f"table-{view}", ids)
    columns = _columns(rows, view, key, showing)
    frame = pd.DataFrame({name: [column.value(row) for row in rows] for name, column in columns.items()})
    entries = [{label_without_icon(label): label for label in menu(row)} for row in rows]
    frame["menu"] = [list(known) for known in entries]
    state: Any = st.dataframe(
        frame,
        key=key,
        hide_index=True,
        row_height=ROW_HEIGHT,
        height=_HEADER_HEIGHT + ROW_HEIGHT * min(len(rows), _ROWS_IN_SIGHT) + 2,
        column_config={name: column.config for name, column in columns.items()}
        | {"menu": st.column_config.ButtonColumn("", width=50, type="tertiary", key=f"{key}-menu")},
        on_select="rerun",
        selection_mode="multi-row",
        selection_default={"selection": {"rows": _positions(ids), "columns": [], "cells": []}},
        placeholder="",
        alt=f"{view.heading}, {len(rows)} posts",
    )
    selection.pick([ids[position] for position in state.selection.rows if position < len(ids)])
    return _click(ids, key, entries)


def _positions(ids: Sequence[str]) -> list[int]:
    chosen = set(selection.picked(ids))
    return [position for position, one in enumerate(ids) if one in chosen]


def label_without_icon(label: str) -> str:
    """The words alone: a menu in a cell shows an icon, but its cell reads the icon's name aloud."""
    return label.partition(": ")[2] if label.startswith(":material/") else label


def _click(ids: Sequence[str], key: str, entries: Sequence[Mapping[str, str]]) -> Click | None:
    opened = st.session_state.get(f"{key}-open") or st.session_state.get(f"{key}-state")
    if opened:
        return Click(ids[opened["row"]])
    chosen = st.session_state.get(f"{key}-menu")
    if not chosen:
        return None
    return Click(ids[chosen["row"]], entries[chosen["row"]].get(chosen["label"], chosen["label"]))


@dataclass(frozen=True, slots=True)
class _Column:
    value: Callable[[DeviationView], Any]
    config: Any


def _columns(rows: Sequence[DeviationView], view: View, key: str, showing: Showing) -> Mapping[str, _Column]:
    config = st.column_config
    known = {
        "picture": _Column(lambda row: cover_url(row), config.ImageColumn("", width=84, pinned=True)),
        "title": _Column(
            lambda row: row.title,
            config.ButtonColumn("Title", width=180, alignment="left", type="tertiary", key=f"{key}-open"),
        ),
        "state": _Column(
            # No icon: a cell shows one, but reads its name aloud.
            lambda row: badge_of(row).label,
            config.ButtonColumn("State", width=150, alignment="left", type="tertiary", key=f"{key}-state"),
        ),
        "tags": _Column(lambda row: ", ".join(row.tags), config.TextColumn("Tags", width=160)),
        "rating": _Column(lambda row: stars(row.rating), config.TextColumn("Rating", width=90)),
        "project": _Column(lambda row: row.project or "", config.TextColumn("Project", width=120)),
        "account": _Column(showing.account, config.TextColumn("Account", width=125)),
        "problem": _Column(
            lambda row: row.error_message or "",
            config.TextColumn("What happened", width=400),
        ),
        "when": _Column(showing.when, config.TextColumn(_WHEN[view], width=165)),
        "link": _Column(
            lambda row: row.deviation_url if is_of_the_web(row.deviation_url or "") else None,
            config.LinkColumn("Link", width=70, display_text="View"),
        ),
    }
    # Whoever does not rate or name projects needs no columns for it.
    unused = {name for name in ("rating", "project") if not any(getattr(row, name) for row in rows)}
    return {name: known[name] for name in _SHOWN[view] if name not in unused}


_WHEN = {
    View.DRAFT: "Added",
    View.SCHEDULED: "Goes out",
    View.PUBLISHED: "Published",
    View.FAILED: "Added",
    View.TRASH: "Deleted",
}

_SHOWN = {
    View.DRAFT: ("picture", "title", "rating", "tags", "project", "account", "when"),
    View.SCHEDULED: ("picture", "title", "state", "when", "account", "rating", "project"),
    View.PUBLISHED: ("picture", "title", "link", "when", "account", "tags", "rating", "project"),
    View.FAILED: ("picture", "title", "problem", "account", "rating", "project"),
    View.TRASH: ("picture", "title", "state", "when", "account"),
}
