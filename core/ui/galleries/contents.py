"""One folder: the posts known here that are in it, and those that are to go there."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from core.clock import utc_now
from core.publishing import gallery_posts
from core.publishing.gallery_changes import Progress
from core.publishing.listing import DeviationPage, DeviationView, Order, list_deviations
from core.publishing.models import DeviationStatus
from core.publishing.providers import GalleryFolder
from core.publishing.searching import DeviationFilter
from core.publishing.states import QUEUED
from core.runtime import get_runtime
from core.ui.content.badges import badge_of
from core.ui.content.showing import Showing
from core.ui.content.thumbs import cover_url
from core.ui.galleries import opened, shown, work
from core.ui.galleries.shown import Shown
from core.ui.galleries.work import Outcome
from core.ui.words import count, plain

WAITING = (DeviationStatus.DRAFT, DeviationStatus.REVIEW, DeviationStatus.FAILED, *sorted(QUEUED))
_LISTED = 100
_ROW_HEIGHT = 54


def show_folder(now: Shown, folder: GalleryFolder) -> None:
    """The head of the folder, then its posts, then what is to go there."""
    _show_head(now, folder)
    published = read_posts(now, folder.folder_id, (DeviationStatus.PUBLISHED,), Order.PUBLISHED)
    waiting = read_posts(now, folder.folder_id, WAITING, Order.NEXT)
    _show_published(now, folder, published)
    _show_waiting(now, folder, waiting)


def read_posts(now: Shown, folder_id: str | None, statuses: tuple[DeviationStatus, ...], order: Order) -> DeviationPage:
    """The account's posts in these states; with ``folder_id`` only those that name it."""
    wanted = DeviationFilter(statuses=statuses, account_id=now.account.id, gallery_id=folder_id)
    with get_runtime().database.read() as session:
        return list_deviations(session, now.user.actor, wanted, order=order, page_size=_LISTED, now=now.now)


def _show_head(now: Shown, folder: GalleryFolder) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button("All folders", icon=":material/arrow_back:", type="tertiary", key="folder-back",
                  on_click=shown.open_folder, args=(None,))  # fmt: skip
        st.markdown(f"**{plain(folder.name)}**", width="stretch")
    size = "" if folder.size is None else f"{count(folder.size, 'work')} at {now.site_name}. "
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(f"{size}Shown are the posts known here.", width="content")
        st.button(
            f"Compare with {now.site_name}", icon=":material/compare_arrows:", type="tertiary", key="folder-compare",
            on_click=_compare, args=(now, folder), disabled=work.is_working() or not now.can_change,
            help="Reads what is in the folder, and notes which of your posts are.",
        )  # fmt: skip


def _show_published(now: Shown, folder: GalleryFolder, page: DeviationPage) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.header("In it", anchor=False)
        st.button(
            "Add published posts", icon=":material/add:", key="folder-add", on_click=opened.open_dialog,
            args=("add", folder.folder_id), disabled=work.is_working() or not now.can_change,
        )  # fmt: skip
    if not page.rows:
        st.caption("None of your published posts is known to be in it.")
        return
    picked = _table(now, page.rows, f"folder-in-{folder.folder_id}", may_choose=now.can_change)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(_chosen(picked, page), width="content")
        idle = not picked or work.is_working()
        st.button("Move to …", icon=":material/drive_file_move:", key="folder-move", disabled=idle,
                  on_click=opened.open_dialog, args=("transfer", folder.folder_id, tuple(picked)))  # fmt: skip
        st.button("Take out", icon=":material/remove:", key="folder-take-out", disabled=idle,
                  on_click=_take_out, args=(now, folder, picked))  # fmt: skip


def _show_waiting(now: Shown, folder: GalleryFolder, page: DeviationPage) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.header("To go there", anchor=False)
        st.button("Choose drafts", icon=":material/checklist:", key="folder-drafts", on_click=opened.open_dialog,
                  args=("drafts", folder.folder_id))  # fmt: skip
    if not page.rows:
        st.caption("No draft or scheduled post names it.")
        return
    _table(now, page.rows, f"folder-waiting-{folder.folder_id}", may_choose=False)
    if page.total > len(page.rows):
        st.caption(f"The first {len(page.rows)} of {page.total:,}.")


def _table(now: Shown, rows: Sequence[DeviationView], key: str, *, may_choose: bool) -> list[str]:
    """Posts as a table; the ids of those that are ticked."""
    showing = Showing.of(now.user.timezone, now.now, [now.account])
    frame = pd.DataFrame(
        {
            "picture": [cover_url(row) for row in rows],
            "title": [row.title for row in rows],
            "state": [badge_of(row).label for row in rows],
            "when": [showing.when(row) for row in rows],
        }
    )
    config = st.column_config
    columns = {
        "picture": config.ImageColumn("", width=64),
        "title": config.TextColumn("Title", width="medium"),
        "state": config.TextColumn("State", width="small"),
        "when": config.TextColumn("When", width="small"),
    }
    if not may_choose:
        st.dataframe(frame, key=key, hide_index=True, row_height=_ROW_HEIGHT, column_config=columns)
        return []
    # Other rows, another key: what was ticked before says nothing about them.
    state = st.dataframe(
        frame, key=f"{key}-{hash(tuple(row.id for row in rows))}", hide_index=True, row_height=_ROW_HEIGHT,
        column_config=columns, on_select="rerun", selection_mode="multi-row",
    )  # fmt: skip
    return [rows[place].id for place in state.selection.rows if place < len(rows)]


def _chosen(picked: Sequence[str], page: DeviationPage) -> str:
    if picked:
        return f"{count(len(picked), 'post')} chosen."
    first = f"The first {len(page.rows)} of {page.total:,}. " if page.total > len(page.rows) else ""
    return f"{first}Tick posts to move them or take them out."


def _take_out(now: Shown, folder: GalleryFolder, picked: Sequence[str]) -> None:
    line, actor, account_id = work.line(), now.user.actor, now.account.id

    def run(progress: Progress) -> Outcome:
        report = gallery_posts.take_out_posts(
            line, actor, account_id, folder.folder_id, picked, clock=utc_now, progress=progress
        )
        return work.report_of(report, "post", f"taken out of “{folder.name}”", nothing="Nothing was taken out.")

    work.start(f"Taking posts out of “{folder.name}”.", run)


def _compare(now: Shown, folder: GalleryFolder) -> None:
    line, actor, account_id = work.line(), now.user.actor, now.account.id

    def run(_: Progress) -> Outcome:
        found = gallery_posts.compare(line, actor, account_id, folder.folder_id, clock=utc_now)
        others = f" {count(found.strangers, 'other work')} in it {_are(found.strangers)} not known here."
        part = "" if found.are_all else " Only the beginning of it was read."
        known = count(len(found.known), "of your posts", "of your posts")
        return Outcome(f"“{folder.name}” shows {known}.{others if found.strangers else ''}{part}")

    work.start(f"Reading “{folder.name}”.", run)


def _are(number: int) -> str:
    return "is" if number == 1 else "are"
