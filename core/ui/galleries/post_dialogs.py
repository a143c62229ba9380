"""The dialogs about posts and a folder: published ones to add or to move, drafts to send there."""

from collections.abc import Callable

import streamlit as st

from core.clock import utc_now
from core.publishing import bulk, gallery_posts
from core.publishing.gallery_changes import Progress
from core.publishing.listing import Order
from core.publishing.models import DeviationStatus
from core.publishing.providers import GalleryFolder
from core.publishing.reports import BatchReport
from core.runtime import get_runtime
from core.ui.errors import guarded
from core.ui.galleries import opened, work
from core.ui.galleries.contents import WAITING, read_posts
from core.ui.galleries.opened import Opened
from core.ui.galleries.shown import Shown
from core.ui.galleries.work import SAID, Outcome
from core.ui.words import count, plain, shortened

_TITLE = 60


def show_add(now: Shown, dialog: Opened, folder: GalleryFolder) -> None:
    """Published posts that are not in the folder yet."""
    inside = {row.id for row in read_posts(now, folder.folder_id, (DeviationStatus.PUBLISHED,), Order.PUBLISHED).rows}
    page = read_posts(now, None, (DeviationStatus.PUBLISHED,), Order.PUBLISHED)
    names = {row.id: shortened(row.title, _TITLE) for row in page.rows if row.id not in inside}

    @st.dialog(f"Add to “{plain(folder.name)}”", icon=":material/add:", on_dismiss=opened.close)
    def draw() -> None:
        if not names:
            st.markdown("All of your latest published posts are in it.")
            return
        chosen = st.multiselect(
            "Published posts", list(names), format_func=names.__getitem__, key=f"{dialog.key}-posts",
            placeholder="Choose some",
        )  # fmt: skip
        if page.total > len(page.rows):
            st.caption(f"Of the latest {len(page.rows)} of {page.total:,}.")
        st.caption("They stay in the folders they are in.")
        label = f"Add {count(len(chosen), 'post')}" if chosen else "Add"
        if st.button(label, type="primary", width="stretch", key=f"{dialog.key}-go", disabled=not chosen):
            line, actor, account_id = work.line(), now.user.actor, now.account.id

            def run(progress: Progress) -> Outcome:
                report = gallery_posts.add_posts(
                    line, actor, account_id, folder.folder_id, chosen, clock=utc_now, progress=progress
                )
                return work.report_of(report, "post", f"put into “{folder.name}”", nothing="Nothing was added.")

            _start(f"Putting posts into “{folder.name}”.", run)

    draw()


def show_transfer(now: Shown, dialog: Opened, folder: GalleryFolder) -> None:
    """Into which other folder the chosen posts are to go."""
    names = {one.folder_id: one.name for one in now.folders if one.folder_id != folder.folder_id}

    @st.dialog(f"Move {count(len(dialog.posts), 'post')}", icon=":material/drive_file_move:", on_dismiss=opened.close)
    def draw() -> None:
        st.markdown(f"Out of **{plain(folder.name)}**, into")
        target = st.selectbox("Folder", list(names), format_func=names.__getitem__, key=f"{dialog.key}-target",
                              label_visibility="collapsed")  # fmt: skip
        if target and st.button("Move", type="primary", width="stretch", key=f"{dialog.key}-go"):
            line, actor, account_id = work.line(), now.user.actor, now.account.id

            def run(progress: Progress) -> Outcome:
                report = gallery_posts.move_posts(
                    line, actor, account_id, folder.folder_id, target, dialog.posts, clock=utc_now, progress=progress
                )
                return work.report_of(report, "post", f"moved into “{names[target]}”", nothing="Nothing was moved.")

            _start(f"Moving posts into “{names[target]}”.", run)

    draw()


def show_drafts(now: Shown, dialog: Opened, folder: GalleryFolder) -> None:
    """Which of the account's posts that are not out yet are to go to the folder."""
    page = read_posts(now, None, WAITING, Order.NEWEST)
    there = {row.id for row in read_posts(now, folder.folder_id, WAITING, Order.NEWEST).rows}
    names = {row.id: shortened(row.title, _TITLE) for row in page.rows}
    before = [one for one in names if one in there]

    @st.dialog(f"To go to “{plain(folder.name)}”", icon=":material/checklist:", on_dismiss=opened.close)
    def draw() -> None:
        if not names:
            st.markdown(f"No draft or scheduled post goes out with {plain(now.account.username)}.")
            return
        chosen = st.multiselect("Drafts and scheduled posts", list(names), default=before,
                                format_func=names.__getitem__, key=f"{dialog.key}-posts",
                                placeholder="Choose some")  # fmt: skip
        if page.total > len(page.rows):
            st.caption(f"Of the newest {len(page.rows)} of {page.total:,}; the others stay as they are.")
        added = [one for one in chosen if one not in there]
        dropped = [one for one in before if one not in chosen]
        if st.button("Save", type="primary", width="stretch", key=f"{dialog.key}-go", disabled=not added + dropped):
            _assign(now, folder, added, dropped)

    draw()


def _assign(now: Shown, folder: GalleryFolder, added: list[str], dropped: list[str]) -> None:
    runtime, actor = get_runtime(), now.user.actor
    with guarded():
        with runtime.database.session() as session:
            report = gallery_posts.assign(
                session, actor, folder.folder_id, added, dropped, now=utc_now(),
                lease_seconds=runtime.settings.lease_seconds,
            )  # fmt: skip
        outcome = work.report_of(report, "post", "told where to go", nothing="Nothing was changed.")
        SAID.leave(outcome.sentence, notes=outcome.notes, undo=_undo_of(now, report))
        opened.close()
        st.rerun()


def _undo_of(now: Shown, report: BatchReport) -> Callable[[], object] | None:
    group, actor = report.group, now.user.actor
    if group is None or not report.changed:
        return None

    def undo() -> None:
        with get_runtime().database.session() as session:
            bulk.undo(session, actor, group, now=utc_now(), lease_seconds=get_runtime().settings.lease_seconds)

    return undo


def _start(label: str, run: Callable[[Progress], Outcome]) -> None:
    work.start(label, run)
    opened.close()
    st.rerun()
