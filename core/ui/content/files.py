"""The files of one post: in which order they go out, removing one, adding more."""

import streamlit as st

from core.clock import utc_now
from core.identity.sessions import SignedIn
from core.publishing import uploads
from core.publishing.detail import DeviationDetail, FileDetail
from core.runtime import get_runtime
from core.ui.content import drawer_form
from core.ui.content.add_files import show_adding
from core.ui.content.thumbs import facts
from core.ui.errors import guarded
from core.ui.page import blob_url
from core.ui.words import plain


def show_files(user: SignedIn, detail: DeviationDetail, *, is_locked: bool) -> None:
    """One line for each file, and where more can be dropped."""
    if len(detail.files) > 1:
        st.caption("DeviantArt takes one file for each deviation: these go out as several, in this order.")
    for place, file in enumerate(detail.files):
        _show_file(user, detail, place, file, is_locked)
    if not detail.files:
        st.caption("It has no file yet.")
    if not is_locked:
        show_adding(user, detail.view.id)


def _show_file(user: SignedIn, detail: DeviationDetail, place: int, file: FileDetail, is_locked: bool) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"file-{file.file.id}"):
        st.html(f'<img class="atl-thumb" alt="" loading="lazy" src="{blob_url(file.file.blob_id, 150)}">', width=72)
        link = f"  \n[View on DeviantArt]({file.remote_url})" if file.remote_url else ""
        st.markdown(f"{plain(file.file.name)}  \n:gray[{facts(file.file)}]{link}", width="stretch")
        if is_locked or file.remote_deviation_id:
            return
        key = f"file-{file.file.id}"
        if place and st.button("", icon=":material/arrow_upward:", type="tertiary", key=f"{key}-up", help="Earlier"):
            _move_up(user, detail, place)
        if st.button("", icon=":material/delete:", type="tertiary", key=f"{key}-remove", help="Take it off this post"):
            _remove(user, detail, file)


def _move_up(user: SignedIn, detail: DeviationDetail, place: int) -> None:
    ids = [file.file.id for file in detail.files]
    ids[place - 1], ids[place] = ids[place], ids[place - 1]
    runtime = get_runtime()
    with guarded():
        with runtime.database.session() as session:
            uploads.reorder(
                session, user.actor, detail.view.id, ids, now=utc_now(), lease_seconds=runtime.settings.lease_seconds
            )
        drawer_form.unpin(detail.view.id)
        st.rerun(scope="fragment")


def _remove(user: SignedIn, detail: DeviationDetail, file: FileDetail) -> None:
    runtime = get_runtime()
    with guarded():
        with runtime.database.session() as session:
            uploads.remove_file(
                session, user.actor, detail.view.id, file.file.id,
                now=utc_now(), lease_seconds=runtime.settings.lease_seconds,
            )  # fmt: skip
        drawer_form.unpin(detail.view.id)
        st.rerun(scope="fragment")
