"""Lookups: by category, one line each, and the one that is open."""

from collections.abc import Sequence
from itertools import groupby

import streamlit as st

from core.clock import utc_now
from core.identity.sessions import SignedIn
from core.runtime import get_runtime
from core.studio.wording import exchange, lookups
from core.studio.wording.models import Lookup
from core.ui.desk import Change
from core.ui.page import empty_state
from core.ui.tables import csv_button, csv_bytes
from core.ui.wording.acting import act, open_dialog
from core.ui.wording.trying import Words, show_line, show_resolved
from core.ui.words import count, plain, shortened


def show_lookups(user: SignedIn) -> None:
    """The list, and below the chosen one what it becomes."""
    with get_runtime().database.read() as session:
        rows = lookups.list_lookups(session, user.actor)
        binned = lookups.list_trashed_lookups(session, user.actor)
    words = {row.key: row.values for row in rows}
    _show_tools(rows)
    if not rows:
        empty_state("No lookup yet", "A lookup is a list of words for prompts: [color] tries each of them.",
                    icon=":material/data_array:")  # fmt: skip
    with st.expander("Try a line", icon=":material/science:"):
        show_line(words, "a harbour in [weather], [light]")
    shown = _narrow(rows)
    for category, some in groupby(shown, key=lambda row: row.category or "Without a category"):
        st.markdown(f"**{plain(category)}**")
        for row in some:
            _show_row(user, row)
            if st.query_params.get("lookup") == row.key:
                _show_tries(words, row.key)
    if rows and not shown:
        st.caption("No lookup is like this.")
    _show_trash(user, binned)


def _show_tries(words: Words, key: str) -> None:
    """What a lookup becomes, and a line to try it with; where the person is looking, however long the list is."""
    left, right = st.columns(2, gap="medium")
    with left:
        show_resolved(words, key)
    with right:
        show_line(words, f"a harbour at [{key}]")


def _show_tools(rows: Sequence[Lookup]) -> None:
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.button("New lookup", type="primary", icon=":material/add:", key="lookup-new", on_click=open_dialog,
                  args=("lookup",))  # fmt: skip
        st.button("Import", icon=":material/upload:", key="lookups-take", on_click=open_dialog, args=("take-lookups",))
        if rows:
            csv_button(lambda: csv_bytes(exchange.table_of(rows)), "atelier-lookups", key="lookups-csv")
            st.download_button("Text", lambda: exchange.text_of(rows).encode(), "atelier-lookups.txt", "text/plain",
                               key="lookups-text", icon=":material/download:", on_click="ignore",
                               help="All of them as text, each below its key in brackets.")  # fmt: skip


def _narrow(rows: Sequence[Lookup]) -> list[Lookup]:
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        wanted = st.text_input("Find", key="words", bind="query-params", placeholder="Key or value",
                               label_visibility="collapsed", width=220)  # fmt: skip
        whose = st.segmented_control("Whose", ["All", "Mine", "The house's"], default="All", key="whose", required=True,
                                     label_visibility="collapsed", bind="query-params")  # fmt: skip
    sought = (wanted or "").strip().casefold()
    return [
        row
        for row in rows
        if (whose == "All" or row.is_system == (whose == "The house's"))
        and (sought in row.key.casefold() or any(sought in value.casefold() for value in row.values))
    ]


def _show_row(user: SignedIn, row: Lookup) -> None:
    with st.container(border=True, key=f"lookup-{row.id}", gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.page_link("pages/create/wording.py", label=f"**[{plain(row.key)}]**".replace("[", "\\[", 1),
                         query_params={"lookup": row.key}, help="What it becomes in a prompt")  # fmt: skip
            whose = "the house's" if row.is_system else "mine"
            st.caption(f"{count(len(row.values), 'value')} · {whose}", width="stretch")
            st.button("Edit", icon=":material/edit:", type="tertiary", key=f"edit-{row.id}", on_click=open_dialog,
                      args=("lookup", row.id))  # fmt: skip
            st.download_button("", exchange.text_of([row]), f"{row.key}.txt", "text/plain", key=f"text-{row.id}",
                               icon=":material/download:", type="tertiary", on_click="ignore",
                               help="As text, one value a line")  # fmt: skip
            if not row.is_system and st.button("", icon=":material/delete:", type="tertiary", key=f"delete-{row.id}",
                                               help="Move to the trash"):  # fmt: skip
                _delete(user, row)
        st.caption(plain(shortened(", ".join(row.values), 160)))


def _delete(user: SignedIn, row: Lookup) -> None:
    act(
        lambda session: lookups.delete_lookup(session, user.actor, row.id, now=utc_now()),
        f"“{row.key}” is in the trash.",
        undo=_restoring(user, row.id),
    )


def _show_trash(user: SignedIn, binned: Sequence[Lookup]) -> None:
    if not binned:
        return
    with st.expander(f"Trash · {len(binned)}", icon=":material/delete:"):
        for row in binned[:50]:
            key = lookups.trashed_key(row)
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(f"{plain(key)} :gray[{count(len(row.values), 'value')}]", width="stretch")
                if st.button("Restore", key=f"restore-{row.id}", type="tertiary", icon=":material/restore:"):
                    act(_restoring(user, row.id), f"“{key}” is back.")


def _restoring(user: SignedIn, lookup_id: str) -> Change:
    return lambda session: lookups.restore_lookup(session, user.actor, lookup_id, now=utc_now())
