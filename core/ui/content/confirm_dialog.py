"""Asking once more before something that cannot be taken back."""

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from core.identity.sessions import SignedIn
from core.ui.content import actions, dialogs, selection
from core.ui.content.actions import Action
from core.ui.content.dialogs import Dialog, Kind


@dataclass(frozen=True, slots=True)
class _Question:
    """``title`` and ``body`` name the posts at ``{posts}``."""

    action: Action
    title: str
    body: str
    keep: str


_QUESTIONS: Mapping[Kind, _Question] = {
    "purge": _Question(
        actions.PURGE,
        "Delete {posts} for good?",
        "{posts} and their files will be removed from this Atelier. This cannot be undone. "
        "What is published on DeviantArt stays there.",
        "Keep",
    ),
    "publish": _Question(
        actions.PUBLISH_NOW,
        "Publish {posts} now?",
        "They go out one after another, as fast as DeviantArt allows. What has gone out cannot be called back.",
        "Not now",
    ),
}


def must_ask(action: Action, count: int) -> Kind | None:
    """The dialog to go through before ``action``, if any: one post may be published without a question."""
    if action is actions.PURGE:
        return "purge"
    return "publish" if action is actions.PUBLISH_NOW and count > 1 else None


def show_confirm_dialog(user: SignedIn, dialog: Dialog) -> None:
    """Draw the question for ``dialog.ids``."""
    question = _QUESTIONS[dialog.kind]
    posts = "this post" if len(dialog.ids) == 1 else f"these {len(dialog.ids):,} posts"

    def show() -> None:
        body = question.body.format(posts=posts)
        st.markdown(body[:1].upper() + body[1:])
        with st.container(horizontal=True, horizontal_alignment="right"):
            if st.button(question.keep, key=f"confirm-no-{dialog.number}"):
                dialogs.close()
                st.rerun()
            if st.button(question.action.label, type="primary", key=f"confirm-yes-{dialog.number}"):
                dialogs.close()
                selection.clear()
                actions.perform(user, question.action, dialog.ids)

    draw = st.dialog(question.title.format(posts=posts), icon=question.action.icon, on_dismiss=dialogs.close)
    draw(show)()
