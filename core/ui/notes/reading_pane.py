"""One note: who, when, what it says, and what can be done with it."""

import html
import re
from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from core.clock import utc_now
from core.errors import AtelierError
from core.publishing.notes import labels, organising, reading
from core.publishing.notes.labels import Target
from core.publishing.notes.models import Note, NoteFolder, NoteLabel
from core.publishing.notes.providers import Mark
from core.ui.notes.folders_pane import choose_labels, targets
from core.ui.notes.house import House, acting, leave_notice
from core.ui.notes.query import NEW, go
from core.ui.page import empty_state, format_instant
from core.ui.words import listed, plain

HURRY_SECONDS = 2.0
_BREAKS = re.compile(r"<(br|/p|/div|/li)\b[^>]*>", re.IGNORECASE)
_TAGS = re.compile(r"<[^>]*>")


def show_note(house: House, known: Sequence[NoteFolder], own_labels: Sequence[NoteLabel]) -> None:
    """Draw the note that is open, and mark it read once it is seen."""
    if house.shown.note_id is None:
        empty_state("No note open", "Choose one from the list, or write a new one.", icon=":material/mail:")
        return
    st.button("Back to the list", icon=":material/arrow_back:", type="tertiary", key="notes-back", on_click=go)
    with acting():
        note = reading.open_note(house.line, house.user.actor, house.shown.note_id, now=utc_now())
        st.header(plain(note.subject or "No subject"), anchor=False)
        now = utc_now()
        sent = format_instant(note.sent_at, house.user.timezone, now=now)
        names = listed([plain(one) for one in note.recipients]) or "nobody"
        st.caption(f"From **{plain(note.sender or 'somebody')}** to {names} · {sent}")
        _show_actions(house, note, known)
        st.html(f'<div class="atl-note">{html.escape(note_text(note.body or note.preview or ""))}</div>')
        if own_labels:
            with house.runtime.database.read() as session:
                carried = labels.labels_of_notes(session, house.user.actor, [note.id]).get(note.id, [])
            choose_labels(house, "Labels", own_labels, carried, Target(note_id=note.id))
        if note.is_unread:
            _mark_read(house, note)


def note_text(body: str) -> str:
    """What a note says, as text: the site may send markup."""
    return html.unescape(_TAGS.sub("", _BREAKS.sub("\n", body))).strip()


def _mark_read(house: House, note: Note) -> None:
    """Quietly and without a long wait: whoever reads may want to go on to the next."""
    hurried = replace(house.line, patience_seconds=HURRY_SECONDS)
    try:
        organising.mark(hurried, house.user.actor, [note.id], Mark.READ, now=utc_now())
    except AtelierError:
        st.caption("DeviantArt still counts it as unread.")


def _show_actions(house: House, note: Note, known: Sequence[NoteFolder]) -> None:
    with st.container(horizontal=True, gap="xsmall", key="notes-actions"):
        st.button("Answer", icon=":material/reply:", type="primary", key="notes-answer", on_click=go,
                  kwargs={"keep_place": True, "write": NEW, "answer": note.id})  # fmt: skip
        star = Mark.NOT_STARRED if note.is_starred else Mark.STARRED
        _mark_button(house, note, "Unstar" if note.is_starred else "Star", "star", star)
        _mark_button(house, note, "Mark unread", "mark_email_unread", Mark.UNREAD)
        _mark_button(house, note, "Spam", "report", Mark.SPAM)
        places = targets(known, note.folder_id)
        names = list(dict.fromkeys(places.values()))
        if names:
            chosen = st.menu_button("Move", names, icon=":material/drive_file_move:", key=f"notes-move-{note.id}")
            if chosen:
                _move(house, note, next(one for one, title in places.items() if title == chosen), chosen)
        if st.button("Delete", icon=":material/delete:", key="notes-delete"):
            _confirm_delete(house, note.id)


def _mark_button(house: House, note: Note, label: str, icon: str, mark: Mark) -> None:
    if not st.button(label, icon=f":material/{icon}:", key=f"notes-{mark.value}-{note.id}"):
        return
    with acting():
        organising.mark(house.line, house.user.actor, [note.id], mark, now=utc_now())
        if mark in {Mark.UNREAD, Mark.SPAM}:  # open, it would be marked read again
            leave_notice("Marked unread." if mark is Mark.UNREAD else "Moved to Spam.")
            go(keep_place=True, note=None)
        st.rerun()


def _move(house: House, note: Note, folder_id: str, title: str) -> None:
    with acting():
        organising.move(house.line, house.user.actor, [note.id], folder_id, now=utc_now())
        leave_notice(f"Moved to “{plain(title)}”.")
        go(keep_place=True, note=None)
        st.rerun()


@st.dialog("Delete this note?", icon=":material/delete:")
def _confirm_delete(house: House, note_id: str) -> None:
    st.markdown("It is deleted at DeviantArt as well. This cannot be undone.")
    with st.container(horizontal=True, horizontal_alignment="right"):
        if st.button("Keep", key="notes-delete-no"):
            st.rerun()
        if st.button("Delete for good", type="primary", key="notes-delete-yes"):
            with acting():
                organising.delete(house.line, house.user.actor, [note_id], now=utc_now())
                leave_notice("The note is deleted.")
                go(keep_place=True, note=None)
                st.rerun()
