"""What can be done to one picture outside of the board: like, stars, reject, notes, name, trash."""

from collections.abc import Callable

import streamlit as st
from sqlalchemy.orm import Session

from core.clock import utc_now
from core.identity.sessions import SignedIn
from core.runtime import get_runtime
from core.studio.products import changing
from core.studio.products.changing import ChangeSet
from core.studio.products.detail import ProductDetail
from core.studio.products.views import ProductView
from core.ui.errors import guarded


def change(act: Callable[[Session], ChangeSet]) -> None:
    """Do it in a transaction, and draw the screen again."""
    with guarded():
        with get_runtime().database.session() as session:
            act(session)
        st.rerun()


def show_marks(user: SignedIn, view: ProductView, *, key: str, shortcut: str | None = None) -> None:
    """Like, reject and stars; ``shortcut`` likes it."""
    ids = [view.id]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        liked = ":material/favorite: Liked" if view.liked else ":material/favorite_border: Like"
        if st.button(liked, type="primary" if view.liked else "secondary", key=f"{key}-like", shortcut=shortcut):
            change(lambda session: changing.like(session, user.actor, ids, liked=not view.liked, now=utc_now()))
        rejected = "Rejected" if view.rejected else "Reject"
        if st.button(rejected, icon=":material/block:", key=f"{key}-reject"):
            change(lambda session: changing.reject(session, user.actor, ids, rejected=not view.rejected, now=utc_now()))
        stars = st.feedback("stars", default=view.rating - 1 if view.rating else None, key=f"{key}-stars-{view.rating}")
        wanted = None if stars is None else stars + 1
        if wanted != view.rating:
            change(lambda session: changing.rate(session, user.actor, ids, wanted, now=utc_now()))


def show_words(user: SignedIn, detail: ProductDetail) -> None:
    """Name and notes."""
    view = detail.view
    with st.form(f"product-{view.id}-{view.updated_at.isoformat()}", border=False):
        name = st.text_input("Name", value=view.name)
        notes = st.text_area(
            "Notes", value=detail.notes or "", placeholder="For yourself; found by the search", height=100
        )
        if st.form_submit_button("Save"):

            def save(session: Session) -> ChangeSet:
                changing.rename(session, user.actor, view.id, name, now=utc_now())
                return changing.write_notes(session, user.actor, view.id, notes, now=utc_now())

            change(save)
