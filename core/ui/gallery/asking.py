"""The dialogs of the gallery: into a project, keep the liked and bin the rest, delete for good."""

import streamlit as st

from core.clock import utc_now
from core.identity.sessions import SignedIn
from core.runtime import get_runtime
from core.studio.products import changing, trash
from core.studio.shelves.models import ProjectStatus
from core.studio.shelves.projects import list_projects
from core.ui.errors import guarded
from core.ui.gallery import dialogs, selection
from core.ui.gallery.dialogs import Dialog
from core.ui.gallery.notices import Notice, leave, notice_of, pictures
from core.ui.words import count

_NONE = "none"


def show_move(user: SignedIn, dialog: Dialog) -> None:
    """Choose the project that pictures go into."""

    def show() -> None:
        with get_runtime().database.read() as session:
            found = list_projects(session, user.actor, status=ProjectStatus.ACTIVE)
            names = {_NONE: "No project"} | {row.id: row.name for row in found}
        chosen = st.selectbox(
            "Project", list(names), format_func=lambda one: names[one], key=f"gallery-move-{dialog.number}"
        )
        if st.button("Move", type="primary", key=f"gallery-move-go-{dialog.number}"):
            with guarded():
                with get_runtime().database.session() as session:
                    done = changing.move_to_project(
                        session, user.actor, dialog.ids, None if chosen == _NONE else chosen, now=utc_now()
                    )
                _done(notice_of(user, done, "moved"))

    st.dialog(f"Move {count(len(dialog.ids), 'picture')}", icon=":material/folder:", on_dismiss=dialogs.close)(show)()


def show_rest(user: SignedIn, dialog: Dialog) -> None:
    """Say how many go before they go."""
    with get_runtime().database.read() as session:
        rest = trash.list_rest(session, user.actor, dialog.ids)
    liked = len(dialog.ids) - len(rest)

    def show() -> None:
        st.markdown(
            f"{count(liked, 'liked picture')} {'stays' if liked == 1 else 'stay'}. **{count(len(rest), 'other')}** "
            f"{'goes' if len(rest) == 1 else 'go'} to the trash, stars or not, and can be taken back from there."
        )
        if st.button("Bin the rest", type="primary", disabled=not rest, key=f"gallery-rest-{dialog.number}"):
            with guarded():
                with get_runtime().database.session() as session:
                    done = trash.bin_the_rest(session, user.actor, dialog.ids, now=utc_now())
                _done(notice_of(user, done, "moved to the trash"))

    st.dialog("Keep the liked, bin the rest?", icon=":material/delete_sweep:", on_dismiss=dialogs.close)(show)()


def show_purge(user: SignedIn, dialog: Dialog) -> None:
    """Ask once more before something that cannot be taken back."""
    these = "this picture" if len(dialog.ids) == 1 else f"these {len(dialog.ids):,} pictures"

    def show() -> None:
        st.markdown(
            f"{these.capitalize()} and what is known of their making will be removed. This cannot be undone. "
            "Drafts and posts keep their copy."
        )
        with st.container(horizontal=True, horizontal_alignment="right"):
            if st.button("Keep", key=f"gallery-purge-no-{dialog.number}"):
                dialogs.close()
                st.rerun()
            if st.button("Delete for good", type="primary", key=f"gallery-purge-{dialog.number}"):
                with guarded():
                    with get_runtime().database.session() as session:
                        done = trash.purge(session, user.actor, dialog.ids, now=utc_now())
                    _done(Notice(f"{pictures(len(done.changed))} deleted for good."))

    st.dialog(f"Delete {these} for good?", icon=":material/delete_forever:", on_dismiss=dialogs.close)(show)()


def _done(notice: Notice) -> None:
    dialogs.close()
    selection.clear()
    leave(notice)
    st.rerun()
