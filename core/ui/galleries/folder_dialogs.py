"""The dialogs about a folder itself: a new one, its name, where it hangs, and whether it is to go."""

from collections.abc import Callable

import streamlit as st

from core.clock import utc_now
from core.publishing import gallery_changes
from core.publishing.gallery_changes import DESCRIPTION_LENGTH, NAME_LENGTH, Progress
from core.publishing.gallery_tree import below, is_featured, tree
from core.publishing.providers import GalleryFolder
from core.ui.galleries import opened, shown, work
from core.ui.galleries.opened import Opened
from core.ui.galleries.shown import Shown
from core.ui.galleries.work import Outcome
from core.ui.words import count, plain

_TOP = ""


def show_new(now: Shown, dialog: Opened) -> None:
    """A new folder, at the top or in another."""

    @st.dialog("New folder", icon=":material/create_new_folder:", on_dismiss=opened.close)
    def draw() -> None:
        name = st.text_input("Name", max_chars=NAME_LENGTH, key=f"{dialog.key}-name") or ""
        description = st.text_area(
            "Description (optional)", max_chars=DESCRIPTION_LENGTH, key=f"{dialog.key}-description", height=100
        ) or ""  # fmt: skip
        names = {_TOP: "At the top"} | _names(now, set())
        parent = st.selectbox(
            "Where", list(names), index=list(names).index(dialog.folder_id or _TOP), format_func=names.__getitem__,
            key=f"{dialog.key}-parent",
        )  # fmt: skip
        if st.button("Make it", type="primary", width="stretch", key=f"{dialog.key}-go", disabled=not name.strip()):
            line, actor, account_id = work.line(), now.user.actor, now.account.id

            def run(_: Progress) -> Outcome:
                made = gallery_changes.create_folder(
                    line, actor, account_id, name, description=description, parent_id=parent or None, clock=utc_now
                )
                return Outcome(f"“{made.name}” was made.")

            _start(f"Making “{name}”.", run)

    draw()


def show_edit(now: Shown, dialog: Opened, folder: GalleryFolder) -> None:
    """Another name, another description."""

    @st.dialog(f"“{plain(folder.name)}”", icon=":material/edit:", on_dismiss=opened.close)
    def draw() -> None:
        name = st.text_input(
            "Name", value=folder.name, max_chars=NAME_LENGTH, key=f"{dialog.key}-name", disabled=is_featured(folder)
        )
        describes = st.toggle(
            "Replace the description", key=f"{dialog.key}-describes",
            help="What it says now cannot be read from the site. An empty one takes it away.",
        )  # fmt: skip
        description: str | None = None
        if describes:
            description = st.text_area(
                "Description", max_chars=DESCRIPTION_LENGTH, key=f"{dialog.key}-description", height=100
            ) or ""  # fmt: skip
        is_changed = describes or (name or "").strip() != folder.name
        if st.button("Save", type="primary", width="stretch", key=f"{dialog.key}-go", disabled=not is_changed):
            line, actor, account_id = work.line(), now.user.actor, now.account.id

            def run(_: Progress) -> Outcome:
                done = gallery_changes.change_folder(
                    line, actor, account_id, folder.folder_id, name=name, description=description, clock=utc_now
                )
                return Outcome(f"“{name}” was saved." if done else "Nothing was changed.")

            _start(f"Saving “{folder.name}”.", run)

    draw()


def show_move(now: Shown, dialog: Opened, folder: GalleryFolder) -> None:
    """Under which other folder it is to hang."""
    names = _names(now, below(now.folders, folder.folder_id) | ({folder.parent_id} if folder.parent_id else set()))

    @st.dialog(f"Move “{plain(folder.name)}”", icon=":material/drive_file_move:", on_dismiss=opened.close)
    def draw() -> None:
        if not names:
            st.markdown("There is no other folder to put it under.")
            return
        parent = st.selectbox("Under", list(names), format_func=names.__getitem__, key=f"{dialog.key}-parent")
        st.caption("DeviantArt has no call that brings a folder back to the top; there it can be dragged.")
        if st.button("Move it", type="primary", width="stretch", key=f"{dialog.key}-go"):
            line, actor, account_id = work.line(), now.user.actor, now.account.id

            def run(_: Progress) -> Outcome:
                gallery_changes.move_folder(line, actor, account_id, folder.folder_id, parent, clock=utc_now)
                return Outcome(f"“{folder.name}” is under “{names[parent].strip()}” now.")

            _start(f"Moving “{folder.name}”.", run)

    draw()


def show_remove(now: Shown, dialog: Opened, folder: GalleryFolder) -> None:
    """Ask before a folder goes."""

    @st.dialog(f"Remove “{plain(folder.name)}”?", icon=":material/folder_delete:", on_dismiss=opened.close)
    def draw() -> None:
        inside = f"Its {count(folder.size, 'work')} stay published. " if folder.size else ""
        st.markdown(
            f"{inside}Folders in it move to the top. Drafts that were to go there no longer name it. "
            "This cannot be undone."
        )
        st.caption(
            "How DeviantArt wants this call is not documented for certain; Atelier sends it as POST. If it is refused, "
            "remove the folder on the site and read the folders again."
        )
        with st.container(horizontal=True, horizontal_alignment="right"):
            if st.button("Keep it", key=f"{dialog.key}-no"):
                opened.close()
                st.rerun()
            if st.button("Remove", type="primary", key=f"{dialog.key}-yes"):
                line, actor, account_id = work.line(), now.user.actor, now.account.id

                def run(_: Progress) -> Outcome:
                    let_go = gallery_changes.remove_folder(line, actor, account_id, folder.folder_id, clock=utc_now)
                    more = (
                        f" {count(let_go, 'post')} no longer {'names' if let_go == 1 else 'name'} it." if let_go else ""
                    )
                    return Outcome(f"“{folder.name}” was removed.{more}")

                if shown.opened_folder() == folder.folder_id:
                    shown.open_folder(None)
                _start(f"Removing “{folder.name}”.", run)

    draw()


def _names(now: Shown, without: set[str]) -> dict[str, str]:
    """The folders to choose from, indented as in the tree."""
    branches = [branch for branch in tree(now.folders) if branch.folder.folder_id not in without]
    return {branch.folder.folder_id: "\u2003" * branch.depth + branch.folder.name for branch in branches}


def _start(label: str, run: Callable[[Progress], Outcome]) -> None:
    work.start(label, run)
    opened.close()
    st.rerun()
