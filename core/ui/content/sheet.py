"""What has been typed into the sheet and not saved, and which rows the sheet shows.

What is typed is kept by post, not by row, so it outlives turning the page, another filter or another
screen. The rows stay as they are as long as something typed into them is unsaved.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import streamlit as st

from core.publishing.bulk import PostEdit
from core.publishing.detail import EditableFields
from core.publishing.listing import DeviationView
from core.publishing.reports import BatchReport, ItemOutcome
from core.ui.content.query import OPEN, Query
from core.ui.content.sheet_cells import cells_of, differing, values_of
from core.ui.content.thumbs import cover_url
from core.ui.desk import next_number

_TYPED = "content.sheet.typed"
_SHEET = "content.sheet"
_PLACE = "content.sheet.place"


@dataclass(frozen=True, slots=True)
class Typed:
    """Cells of one post that differ from what is stored; ``seen_at`` is the version they were typed over."""

    cells: dict[str, Any]
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class Row:
    """A post in the sheet: what is stored of it, and what its row began with."""

    id: str
    picture: str | None
    seen_at: datetime
    stored: dict[str, Any]
    first: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The rows under one widget key: a new key forgets what the browser holds for the old one."""

    key: str
    query: Query
    rows: tuple[Row, ...]

    @property
    def ids(self) -> list[str]:
        return [row.id for row in self.rows]

    def shown(self) -> list[dict[str, Any]]:
        """The cells as the person sees them now."""
        edited = st.session_state.get(self.key, {}).get("edited_rows", {})
        return [row.first | edited.get(place, {}) for place, row in enumerate(self.rows)]


def lay_out(query: Query, views: Sequence[DeviationView], fields: Mapping[str, EditableFields]) -> Sheet:
    """The sheet for a page of the list; the one on the screen whenever a new one would take something away."""
    fresh = [_row(view, fields[view.id]) for view in views if view.id in fields]
    kept: Sheet | None = st.session_state.get(_SHEET)
    # Without a state of its widget it was out of sight meanwhile, and the browser has forgotten what was typed.
    if kept is not None and kept.query == query and kept.key in st.session_state:
        if kept.ids == [row.id for row in fresh] and kept.shown() == [row.first for row in fresh]:
            # Saved: under the same key, so that the next cell can be typed into while this one is being saved.
            return _keep(replace(kept, rows=_stored_anew(kept.rows, fresh)))
        if not typed().keys().isdisjoint(kept.ids):
            return kept
    return _keep(Sheet(f"sheet-{next_number()}", query, tuple(fresh)))


def note() -> None:
    """Remember what is typed by now; the callback of the sheet."""
    sheet: Sheet | None = st.session_state.get(_SHEET)
    if sheet is None:
        return
    known = typed()
    for row, cells in zip(sheet.rows, sheet.shown(), strict=True):
        before = known.pop(row.id, None)
        if changed := differing(cells, row.stored):
            known[row.id] = Typed(changed, before.seen_at if before else row.seen_at)
    st.session_state[_PLACE] = {name: value for name, value in st.query_params.to_dict().items() if name != OPEN}


def typed() -> dict[str, Typed]:
    """What is not saved, by post."""
    known: dict[str, Typed] = st.session_state.setdefault(_TYPED, {})
    return known


def place() -> dict[str, str]:
    """The address at which something was typed last."""
    found: dict[str, str] = st.session_state.get(_PLACE, {})
    return found


def edits() -> list[PostEdit]:
    """All that is not saved, on whatever page it was typed."""
    return [PostEdit(one, values_of(typed.cells), typed.seen_at) for one, typed in typed().items()]


def settle(report: BatchReport, left: Mapping[str, EditableFields]) -> None:
    """Forget what was saved; what was not stays, over the version that is there now.

    ``left`` are the posts that can still be edited: there is no use in keeping text for others.
    """
    known = typed()
    for item in report.items:
        entry = known.pop(item.id, None)
        if item.outcome is ItemOutcome.SKIPPED and entry and item.id in left:
            known[item.id] = replace(entry, seen_at=left[item.id].updated_at)
    if report.skipped:
        read_again()


def discard() -> None:
    """Forget all that was typed."""
    st.session_state.pop(_TYPED, None)
    read_again()


def read_again() -> None:
    """Lay out a new sheet next time, with what is typed in it."""
    st.session_state.pop(_SHEET, None)


def _row(view: DeviationView, found: EditableFields) -> Row:
    stored = cells_of(found.fields)
    entry = typed().get(view.id)
    return Row(view.id, cover_url(view), found.updated_at, stored, stored | (entry.cells if entry else {}))


def _stored_anew(rows: Sequence[Row], fresh: Sequence[Row]) -> tuple[Row, ...]:
    return tuple(replace(row, stored=now.stored, seen_at=now.seen_at) for row, now in zip(rows, fresh, strict=True))


def _keep(sheet: Sheet) -> Sheet:
    st.session_state[_SHEET] = sheet
    return sheet
