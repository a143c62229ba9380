"""The notes of a folder: search, rows, pages, and the way to older ones."""

import html
from collections.abc import Sequence
from functools import partial

import streamlit as st

from core.clock import utc_now
from core.publishing.notes import drafts, labels, organising, reading
from core.publishing.notes.models import Note, NoteFolder, NoteFolderType, NoteLabel
from core.publishing.notes.providers import Mark
from core.publishing.notes.reading import Listed, NoteFilter
from core.ui import times
from core.ui.notes.folders_pane import dot
from core.ui.notes.house import House, Read, acting, leave_notice, read_notes, read_older
from core.ui.notes.query import MINE, bound, go
from core.ui.page import empty_state
from core.ui.tables import csv_button, csv_bytes
from core.ui.words import count, plain, shortened


def show_list(house: House, folder: NoteFolder | None, own_labels: Sequence[NoteLabel]) -> None:
    """Draw the list that the address means; ``folder`` is ``None`` for drafts and labels."""
    read = None
    if folder is not None and house.shown.label_id is None:
        with st.spinner("Reading notes…"):
            read = read_notes(house, folder)
    st.text_input(
        "Search", key=bound("q", house.shown.search), type="search", placeholder="Search what has been read",
        label_visibility="collapsed", live="400ms", on_change=_search,
    )  # fmt: skip
    with acting():
        listed = _listed(house, folder)
        _show_head(house, folder, listed, read)
        if not listed.notes:
            _show_empty(house, folder)
        _show_rows(house, listed.notes, own_labels)
        if listed.notes:
            csv_button(partial(_make_csv, house, folder), "notes", key="notes-csv")
        if listed.pages > 1:
            st.pagination(listed.pages, key=bound("page", listed.number), on_change=_turn)
        if folder is not None and read is not None and read.older is not None:
            _show_older(house, folder)


def _show_older(house: House, folder: NoteFolder) -> None:
    if st.button("Older notes from DeviantArt", icon=":material/history:", key="notes-older", type="tertiary"):
        read_older(house, folder)
        st.rerun()


def _wanted(house: House, folder: NoteFolder | None) -> NoteFilter:
    shown = house.shown
    return NoteFilter(
        folder_id=folder.id if folder is not None and shown.label_id is None else None,
        label_id=shown.label_id,
        search=shown.search,
        drafts=shown.folder == MINE and shown.label_id is None,
    )


def _listed(house: House, folder: NoteFolder | None) -> Listed:
    wanted = _wanted(house, folder)
    with house.runtime.database.read() as session:
        return reading.list_notes(session, house.user.actor, house.account.id, wanted, page=house.shown.page)


def _make_csv(house: House, folder: NoteFolder | None) -> bytes:
    with house.runtime.database.read() as session:
        return csv_bytes(reading.csv_rows(session, house.user.actor, house.account.id, _wanted(house, folder)))


def _show_head(house: House, folder: NoteFolder | None, listed: Listed, read: Read | None) -> None:
    if read is not None and read.problem:
        st.warning(f"This may be out of date. {plain(read.problem)}", icon=":material/history:")
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        as_of = f" · as of {times.ago(read.at, now=utc_now())}" if read is not None and not read.problem else ""
        st.caption(f"{count(listed.total, 'note')}{as_of}", width="content")
        if folder is not None and st.button(
            "Read again", icon=":material/refresh:", key="notes-again", type="tertiary"
        ):
            read_notes(house, folder, force=True)
            st.rerun()
        unread = [note.id for note in listed.notes if note.is_unread]
        if len(unread) > 1 and st.button(
            f"Mark {len(unread)} on this page read", key="notes-all-read", type="tertiary"
        ):
            organising.mark(house.line, house.user.actor, unread, Mark.READ, now=utc_now())
            leave_notice(f"{count(len(unread), 'note')} marked read.")
            st.rerun()


def _show_rows(house: House, notes: Sequence[Note], own_labels: Sequence[NoteLabel]) -> None:
    by_id = {one.id: one for one in own_labels}
    ids = [note.id for note in notes]
    with house.runtime.database.read() as session:
        carried = labels.labels_of_notes(session, house.user.actor, ids)
        doubtful = drafts.in_doubt(session, house.user.actor, ids) if house.shown.folder == MINE else set()
    with st.container(key="notes-rows", gap=None):
        for note in notes:
            _show_row(
                house, note, [by_id[one] for one in carried.get(note.id, []) if one in by_id], note.id in doubtful
            )


def _show_row(house: House, note: Note, carried: Sequence[NoteLabel], is_doubtful: bool) -> None:
    is_here = note.id in {house.shown.note_id, house.shown.draft_id}
    target = {"write": note.id, "note": None} if note.remote_note_id is None else {"note": note.id, "write": None}
    with st.container(key=f"notes-row-{'here' if is_here else 'of'}-{note.id}", gap=None):
        st.button(
            _title(house, note), key=f"notes-open-{note.id}", type="tertiary", width="stretch", on_click=go,
            kwargs={"keep_place": True, "answer": None, **target},
        )  # fmt: skip
        dots = "".join(dot(label) for label in carried)
        when = times.moment(note.sent_at or note.cached_at, house.user.timezone, now=utc_now())
        warning = "Perhaps sent: look it up · " if is_doubtful else ""
        preview = html.escape(shortened(" ".join((note.preview or "").split()), 90))
        st.html(f'<p class="atl-preview">{dots}{warning}{html.escape(when)} · {preview}</p>')


def _title(house: House, note: Note) -> str:
    sent = note.remote_note_id is None or (note.sender or "").casefold() == house.account.username.casefold()
    names = ", ".join(note.recipients) or "nobody yet"
    who = plain(shortened(f"To {names}" if sent else note.sender or "Somebody", 30))
    star = ":material/star: " if note.is_starred else ""
    subject = plain(shortened(note.subject or "No subject", 48))
    return f"{star}**{who}** · **{subject}**" if note.is_unread else f"{star}{who} · {subject}"


def _show_empty(house: House, folder: NoteFolder | None) -> None:
    if house.shown.search:
        empty_state(
            "Nothing matches", "Only notes that have been read here are searched.", icon=":material/search_off:"
        )
    elif house.shown.folder == MINE and house.shown.label_id is None:
        empty_state("No drafts", "What you write and do not send yet is kept here.", icon=":material/edit_note:")
    elif folder is not None and folder.type is NoteFolderType.UNREAD:
        empty_state("All read", "No note waits for you.", icon=":material/task_alt:")
    else:
        empty_state("No notes", "Nothing lies here.")


def _search() -> None:
    go(q=str(st.session_state.get("notes-q") or "").strip() or None)


def _turn() -> None:
    page = st.session_state.get("notes-page")
    go(page=str(page) if page and page != 1 else None)
