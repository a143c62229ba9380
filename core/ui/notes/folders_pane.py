"""The folders on the left: the site's six, those somebody made, drafts kept here, and labels."""

import html
from collections.abc import Sequence

import streamlit as st

from core.clock import utc_now
from core.publishing.notes import folders, labels, organising, reading
from core.publishing.notes.labels import Target
from core.publishing.notes.models import NoteFolder, NoteFolderType, NoteLabel
from core.publishing.notes.reading import NoteFilter
from core.ui.notes.house import House, acting, find_folder, forget_read, leave_notice
from core.ui.notes.query import MINE, NEW, go
from core.ui.words import plain, shortened

_ICONS = {
    NoteFolderType.INBOX: "inbox",
    NoteFolderType.UNREAD: "mark_email_unread",
    NoteFolderType.STARRED: "star",
    NoteFolderType.SPAM: "report",
    NoteFolderType.SENT: "send",
    NoteFolderType.DRAFTS: "draft",
}


def show_folders(house: House, known: Sequence[NoteFolder], own_labels: Sequence[NoteLabel]) -> None:
    """Draw the pane."""
    st.button("New note", type="primary", icon=":material/edit:", key="notes-new", width="stretch", on_click=go,
              kwargs={"write": NEW})  # fmt: skip
    with st.container(key="notes-folder-list", gap=None):
        for folder in known:
            count = f" · {folder.note_count:,}" if folder.note_count else ""
            _entry(house, folder.type or folder.id, f"{plain(shortened(folder.title, 28))}{count}",
                   _ICONS.get(folder.type, "folder") if folder.type else "folder")  # fmt: skip
        drafts = _count_drafts(house)
        _entry(house, MINE, f"Kept here{f' · {drafts:,}' if drafts else ''}", "edit_note")
    if own_labels:
        _show_labels(house, own_labels)
    _show_own(house, known, own_labels)


def _entry(house: House, name: str, label: str, icon: str) -> None:
    is_here = house.shown.folder == name and house.shown.label_id is None
    st.button(
        label, icon=f":material/{icon}:", key=f"notes-{'here' if is_here else 'go'}-{name}", type="tertiary",
        width="stretch", on_click=go, kwargs={"folder": name, "label": None, "q": None},
    )  # fmt: skip


def _count_drafts(house: House) -> int:
    with house.runtime.database.read() as session:
        return reading.list_notes(session, house.user.actor, house.account.id, NoteFilter(drafts=True)).total


def _show_labels(house: House, own_labels: Sequence[NoteLabel]) -> None:
    st.caption("Labels")
    with st.container(key="notes-label-list", gap=None):
        for label in own_labels:
            is_here = house.shown.label_id == label.id
            with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
                st.html(dot(label), width=14)
                st.button(
                    plain(label.name), key=f"notes-{'here' if is_here else 'go'}-{label.id}", type="tertiary",
                    on_click=go, kwargs={"label": None if is_here else label.id, "q": None},
                )  # fmt: skip


def dot(label: NoteLabel) -> str:
    """The label's colour, with its name for who cannot see it."""
    name = html.escape(label.name, quote=True)
    return (
        f'<span class="atl-dot" role="img" aria-label="{name}" title="{name}" style="background:{label.color}"></span>'
    )


def _show_own(house: House, known: Sequence[NoteFolder], own_labels: Sequence[NoteLabel]) -> None:
    here = find_folder(known, house.shown.folder)
    with st.popover("Folders", icon=":material/create_new_folder:", key="notes-own-folders"):
        with st.form("notes-add-folder", border=False, clear_on_submit=True):
            title = st.text_input("New folder", key="notes-folder-title", max_chars=folders.LONGEST_TITLE)
            if st.form_submit_button("Make folder"):
                with acting():
                    folders.create_folder(house.line, house.user.actor, house.account.id, title or "", now=utc_now())
                    leave_notice(f"“{plain(title or '')}” is there now.")
                    st.rerun()
        if here is not None and own_labels:
            _label_folder(house, here, own_labels)
        if here is not None and here.type is None:
            _change_own(house, here)


def _change_own(house: House, folder: NoteFolder) -> None:
    with st.form(f"notes-rename-{folder.id}", border=False):
        title = st.text_input(f"Rename “{folder.title}”", value=folder.title, key=f"notes-title-{folder.id}")
        if st.form_submit_button("Rename"):
            with acting():
                folders.rename_folder(house.line, house.user.actor, folder.id, title or "", now=utc_now())
                st.rerun()
    st.caption("Taking a folder away puts its notes back into the inbox.")
    if st.button("Take folder away", icon=":material/folder_delete:", key=f"notes-remove-{folder.id}"):
        with acting():
            folders.remove_folder(house.line, house.user.actor, folder.id, now=utc_now())
            forget_read()
            leave_notice(f"“{plain(folder.title)}” is gone; its notes are in the inbox.")
            go(folder=None)
            st.rerun()


def _label_folder(house: House, folder: NoteFolder, own_labels: Sequence[NoteLabel]) -> None:
    with house.runtime.database.read() as session:
        carried = labels.labels_of_folders(session, house.user.actor, [folder.id]).get(folder.id, [])
    choose_labels(house, f"Labels on “{folder.title}”", own_labels, carried, Target(folder_id=folder.id))


def choose_labels(
    house: House, title: str, own_labels: Sequence[NoteLabel], carried: Sequence[str], target: Target
) -> None:
    """Put labels on a note or folder, and take them off."""
    names = {one.id: one.name for one in own_labels}
    chosen = st.pills(
        title, list(names), format_func=lambda one: names[one], selection_mode="multi", default=list(carried),
        key=f"notes-labels-{target.note_id or target.folder_id}", wrap=True,
    )  # fmt: skip
    changed = set(chosen or []) ^ set(carried)
    if not changed:
        return
    with acting():
        with house.runtime.database.session() as session:
            for label_id in sorted(changed):
                act = labels.put_on if label_id in (chosen or []) else labels.take_off
                act(session, house.user.actor, label_id, target, now=utc_now())
        st.rerun()


def targets(known: Sequence[NoteFolder], here: str | None) -> dict[str, str]:
    """Titles of the folders that notes can be moved to, by id."""
    return {one.id: one.title for one in known if organising.takes_notes(one) and one.id != here}
