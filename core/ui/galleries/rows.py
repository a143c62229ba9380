"""The tree of folders: open one, move it up and down, and what else can be done with it."""

from collections.abc import Iterator

import streamlit as st

from core.clock import utc_now
from core.publishing import gallery_changes
from core.publishing.csv_cells import cell
from core.publishing.gallery_changes import Progress
from core.publishing.gallery_tree import Branch, is_featured, moves, stepped, tree
from core.ui.galleries import opened, shown, work
from core.ui.galleries.shown import Shown
from core.ui.galleries.work import Outcome
from core.ui.tables import csv_bytes
from core.ui.words import count, plain

EDIT, MOVE, NEW, REMOVE = "Rename or describe", "Move under …", "New folder in it", "Remove"
_INDENT = 26


def show_tree(now: Shown) -> None:
    """All folders, below one another."""
    branches = tree(now.folders)
    with st.container(border=True, gap=None, key="gallery-tree"):
        for branch in branches:
            _show_branch(now, branch)
    if now.is_reordered:
        _show_order_bar(now)


def csv_of(now: Shown) -> bytes:
    """The folders as a file."""
    return csv_bytes(_rows(now))


def _rows(now: Shown) -> Iterator[tuple[str, ...]]:
    yield (f"Gallery folders of {cell(now.account.username)}", f"read {now.cached_at}")
    yield "folder", "parent", "works", "id"
    for branch in tree(now.folders):
        folder = branch.folder
        parent = now.find(folder.parent_id) if folder.parent_id else None
        size = "" if folder.size is None else str(folder.size)
        yield cell(folder.name), cell(parent.name if parent else ""), size, folder.folder_id


def _show_branch(now: Shown, branch: Branch) -> None:
    folder = branch.folder
    busy = work.is_working() or not now.can_change
    with st.container(
        horizontal=True, vertical_alignment="center", gap="xsmall", key=f"gallery-row-{folder.folder_id}"
    ):
        if branch.depth:
            st.space(_INDENT * branch.depth)
        st.button(
            f":material/folder: {plain(folder.name)}", type="tertiary", key=f"open-{folder.folder_id}",
            on_click=shown.open_folder, args=(folder.folder_id,), help="See what is in it",
        )  # fmt: skip
        size = "" if folder.size is None else count(folder.size, "work")
        st.caption(size, width="stretch")
        if not is_featured(folder):
            _show_steps(now, branch, disabled=busy)
        choice = st.menu_button(
            "", _choices(branch), icon=":material/more_horiz:", type="tertiary", key=f"menu-{folder.folder_id}",
            help="More", disabled=busy,
        )  # fmt: skip
    if choice is not None:
        opened.open_dialog(_ACTIONS[choice], folder.folder_id)
        st.rerun()


def _show_steps(now: Shown, branch: Branch, *, disabled: bool) -> None:
    for label, icon, step in (("up", "arrow_upward", -1), ("down", "arrow_downward", 1)):
        wanted = stepped(now.folders, branch.folder.folder_id, step)
        st.button(
            "", icon=f":material/{icon}:", type="tertiary", key=f"{label}-{branch.folder.folder_id}",
            help=f"Move {label}", disabled=disabled or wanted == now.order, on_click=shown.reorder,
            args=(now.account.id, wanted),
        )  # fmt: skip


_ACTIONS: dict[str, opened.Action] = {EDIT: "edit", MOVE: "move", NEW: "new", REMOVE: "remove"}


def _choices(branch: Branch) -> list[str]:
    return [EDIT, NEW] if is_featured(branch.folder) else [EDIT, MOVE, NEW, REMOVE]


def _show_order_bar(now: Shown) -> None:
    number = len(moves(now.order_at_site, now.order))
    with st.container(border=True, horizontal=True, vertical_alignment="center", key="gallery-order"):
        st.markdown(
            f":material/swap_vert: The order here is not yet the one at {now.site_name}: "
            f"{count(number, 'folder')} to move, one call each.",
            width="stretch",
        )
        st.button("As it was", key="order-forget", on_click=shown.forget_order)
        st.button(
            "Save the order", type="primary", key="order-save", on_click=_save_order, args=(now,),
            disabled=work.is_working() or not now.can_change,
        )  # fmt: skip


def _save_order(now: Shown) -> None:
    line, actor, account_id, order = work.line(), now.user.actor, now.account.id, now.order

    def run(progress: Progress) -> Outcome:
        report = gallery_changes.reorder_folders(line, actor, account_id, order, clock=utc_now, progress=progress)
        return work.report_of(report, "folder", "moved", nothing="Nothing was moved.")

    work.start("Moving folders.", run)
    shown.forget_order()
