"""Asking once more before something is gone for good."""

import streamlit as st

from core.identity.sessions import SignedIn
from core.ui.content import actions, dialogs, selection
from core.ui.content.dialogs import Dialog


def show_purge_dialog(user: SignedIn, dialog: Dialog) -> None:
    """Draw the question for ``dialog.ids``."""
    noun = "this post" if len(dialog.ids) == 1 else f"these {len(dialog.ids):,} posts"

    def show() -> None:
        st.markdown(
            f"{noun.capitalize()} and their files will be removed from this Atelier. This cannot be undone. "
            "What is published on DeviantArt stays there."
        )
        with st.container(horizontal=True, horizontal_alignment="right"):
            if st.button("Keep", key=f"purge-keep-{dialog.number}"):
                dialogs.close()
                st.rerun()
            if st.button("Delete for good", type="primary", key=f"purge-go-{dialog.number}"):
                dialogs.close()
                selection.clear()
                actions.perform(user, actions.PURGE, dialog.ids)

    draw = st.dialog(f"Delete {noun} for good?", icon=":material/delete_forever:", on_dismiss=dialogs.close)
    draw(show)()
