"""The sheet: posts as rows to type into, with what to do about what was typed."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from core.clock import utc_now
from core.identity.sessions import SignedIn
from core.publishing import bulk
from core.publishing import tags as tagging
from core.publishing.changes import TITLE_LENGTH
from core.publishing.detail import read_fields
from core.runtime import get_runtime
from core.ui.content import sheet
from core.ui.content.actions import Doing, undo_with
from core.ui.content.listed import Listed
from core.ui.content.notices import leave, notice_of, working
from core.ui.content.query import Query, View
from core.ui.content.sheet import Sheet
from core.ui.content.sheet_cells import mature_choices
from core.ui.content.table import ROW_HEIGHT
from core.ui.errors import guarded
from core.ui.words import count

# So high that what stands above stays in sight: that is where Save is.
_HEIGHT = 620
_HEADER_HEIGHT = 38


def show_sheet(user: SignedIn, query: Query, listed: Listed) -> None:
    """Draw the rows of this page that can be edited, under the line that saves."""
    with get_runtime().database.read() as session:
        fields = read_fields(session, user.actor, listed.ids)
    laid_out = sheet.lay_out(query, listed.rows, fields)
    _show_bar(user, laid_out, left_out=len(listed.rows) - len(fields))
    if laid_out.rows:
        _show_rows(laid_out, query.view)


def show_unsaved() -> None:
    """Where the sheet is not in sight: that something was typed and not saved, and the way back to it."""
    number = len(sheet.typed())
    if not number:
        return
    have = "has" if number == 1 else "have"
    with st.container(
        border=True, horizontal=True, vertical_alignment="center", gap="small", key="notice-trouble-typed"
    ):
        st.markdown(f":material/edit_note: {count(number, 'post')} {have} changes that are not saved.", width="stretch")
        st.button("Back to them", key="sheet-back", on_click=_go_back)
        st.button("Discard", type="tertiary", key="sheet-discard", on_click=sheet.discard)


def _go_back() -> None:
    st.query_params.from_dict(sheet.place())


def _show_bar(user: SignedIn, laid_out: Sheet, *, left_out: int) -> None:
    """Save and Discard, there from the start: a line that grew would move the rows under the pointer."""
    typed = sheet.typed()
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="sheet-bar"):
        if st.button("Save changes", type="primary", icon=":material/check:", key="sheet-save", disabled=not typed):
            _save(user)
        st.button("Discard", type="tertiary", key="sheet-discard", disabled=not typed, on_click=sheet.discard)
        st.caption(_changed(laid_out) if typed else _explain(laid_out, left_out), width="content")


def _changed(laid_out: Sheet) -> str:
    typed = sheet.typed()
    elsewhere = len(typed.keys() - set(laid_out.ids))
    words = f"**{count(len(typed), 'post')} changed**"
    if not elsewhere:
        return words
    return f"{words}, {'none' if elsewhere == len(typed) else f'{elsewhere:,} of them not'} on this page"


def _explain(laid_out: Sheet, left_out: int) -> str:
    words = f"{count(len(laid_out.rows), 'post')} to type into. Nothing is stored until you save."
    return f"{words} What is on its way out is left out ({left_out:,})." if left_out else words


def _show_rows(laid_out: Sheet, view: View) -> None:
    frame = pd.DataFrame([{"picture": row.picture} | row.first for row in laid_out.rows])
    st.data_editor(
        frame,
        key=laid_out.key,
        on_change=sheet.note,
        hide_index=True,
        num_rows="fixed",
        row_height=ROW_HEIGHT,
        height=min(_HEADER_HEIGHT + ROW_HEIGHT * len(frame), _HEIGHT),
        column_config=_columns(laid_out),
        alt=f"{view.heading} to edit, {count(len(frame), 'post')}",
    )


def _columns(laid_out: Sheet) -> Mapping[str, Any]:
    config = st.column_config
    cells = [row.first for row in laid_out.rows]
    tags = sorted({tag for row in cells for tag in row["tags"]}, key=str.casefold)
    return {
        "picture": config.ImageColumn("", width=84, pinned=True),
        "title": config.TextColumn("Title", width=170, max_chars=TITLE_LENGTH, required=True),
        "description": config.TextColumn("Description", width=180),
        "tags": config.MultiselectColumn(
            "Tags", width=150, options=tags, accept_new_options=True,
            help=f"Commas part tags. DeviantArt takes the first {tagging.MAX_SENT}.",
        ),
        "mature": config.SelectboxColumn("Mature", width=95, options=mature_choices(cells), required=True),
        "ai": config.CheckboxColumn("AI", width=70, help="Made with AI"),
        "comments": config.CheckboxColumn("Comments", width=95, help="Comments allowed"),
        "download": config.CheckboxColumn("Download", width=95, help="Free download"),
    }  # fmt: skip


def _save(user: SignedIn) -> None:
    runtime = get_runtime()
    wanted = sheet.edits()
    with guarded():
        with working(len(wanted)), runtime.database.session() as session:
            report = bulk.edit_each(
                session, user.actor, wanted, now=utc_now(), lease_seconds=runtime.settings.lease_seconds
            )
        with runtime.database.read() as session:
            sheet.settle(report, read_fields(session, user.actor, [edit.id for edit in wanted]))
        leave(notice_of(report, "changed", undo=_undo(user, report.group)))
        st.rerun()


def _undo(user: SignedIn, group: str | None) -> Any:
    def put_back(session: Any, doing: Doing) -> Any:
        sheet.read_again()
        return bulk.undo(session, doing.actor, group or "", now=doing.now, lease_seconds=doing.lease_seconds)

    return undo_with(user, put_back)
