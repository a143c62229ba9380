"""Choosing pictures in a dialog: to put into a collection, or to show on a project's card."""

from collections.abc import Sequence

import streamlit as st

from core.clock import utc_now
from core.identity.sessions import SignedIn
from core.runtime import get_runtime
from core.studio.products.filters import ProductFilter
from core.studio.products.listing import list_ids, list_products
from core.studio.products.views import ProductView, views_of
from core.studio.shelves import collections, projects
from core.studio.shelves.projects import MOST_FEATURED
from core.ui.errors import guarded
from core.ui.shelves import opened
from core.ui.shelves.forms import finish
from core.ui.shelves.opened import Opened, while_there
from core.ui.shelves.pictures import show_tile
from core.ui.words import count, plain, shortened

OFFERED = 36


def show_adding(user: SignedIn, dialog: Opened) -> None:
    """Put pictures into the collection of ``dialog``."""
    collection_id = dialog.subject_id or ""

    @st.dialog("Add pictures", width="large", on_dismiss=opened.close)
    @while_there
    def ask() -> None:
        with get_runtime().database.read() as session:
            names = {one.id: one.name for one in projects.list_projects(session, user.actor)}
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            words = st.text_input("Words", key=f"{dialog.key}-words", width=240) or ""
            project = st.selectbox("Project", list(names), index=None, format_func=lambda one: plain(names[one]),
                                   placeholder="Any", key=f"{dialog.key}-project", width=220)  # fmt: skip
            liked = st.checkbox("Liked only", key=f"{dialog.key}-liked")
        wanted = ProductFilter(words=words.strip(), project_id=project, liked=True if liked else None)
        with get_runtime().database.read() as session:
            there = set(collections.member_ids(session, user.actor, collection_id))
            latest = list_ids(session, user.actor, wanted, limit=OFFERED + len(there))
            fresh = [one for one in latest if one not in there][:OFFERED]
            offered = views_of(session, user.actor.user_id, fresh)
        if not offered:
            st.caption("There is no picture like this that is not in it yet.")
        chosen = _choose(offered, (), dialog.key)
        if len(offered) == OFFERED:
            st.caption(f"The latest {OFFERED} that fit are shown. The gallery adds many at once.")
        if st.button(f"Add {count(len(chosen), 'picture')}", type="primary", icon=":material/add:",
                     disabled=not chosen, key=f"{dialog.key}-add"):  # fmt: skip
            with guarded():
                with get_runtime().database.session() as session:
                    collections.add_products(session, user.actor, collection_id, chosen, now=utc_now())
                finish(f"{count(len(chosen), 'picture')} added.")

    ask()


def show_featuring(user: SignedIn, dialog: Opened) -> None:
    """Choose up to four pictures for a project's card."""
    project_id = dialog.subject_id or ""

    @st.dialog("Pictures on the card", width="large", on_dismiss=opened.close)
    @while_there
    def ask() -> None:
        with get_runtime().database.read() as session:
            row = projects.get_project(session, user.actor, project_id)
            page = list_products(session, user.actor, ProductFilter(project_id=project_id), page_size=OFFERED)
            featured = views_of(session, user.actor.user_id, row.featured_product_ids)
        shown = [view for view in featured if view.deleted_at is None and view.project_id == project_id]
        offered = list({view.id: view for view in [*shown, *page.rows]}.values())
        st.caption(f"Up to {MOST_FEATURED} of “{plain(row.name)}”. With none chosen, the latest are shown.")
        if not offered:
            st.caption("There is no picture in this project yet.")
        chosen = _choose(offered, [view.id for view in shown], dialog.key)
        if len(chosen) > MOST_FEATURED:
            st.caption(f":orange[{count(len(chosen), 'picture')} chosen; take {len(chosen) - MOST_FEATURED} away.]")
        if st.button("Save", type="primary", icon=":material/check:", disabled=len(chosen) > MOST_FEATURED,
                     key=f"{dialog.key}-save"):  # fmt: skip
            with guarded():
                with get_runtime().database.session() as session:
                    projects.feature(session, user.actor, project_id, chosen, now=utc_now())
                finish("The card shows them now." if chosen else "The card shows the latest.")

    ask()


def _choose(offered: Sequence[ProductView], before: Sequence[str], key: str) -> list[str]:
    """Pictures with a tick each; those ticked."""
    chosen = []
    with st.grid("auto", min_column_width=110, gap="small", key=f"{key}-offered"):
        for view in offered:
            with st.container(gap="xxsmall"):
                show_tile(view, links=False)
                if st.checkbox(plain(shortened(view.name, 18)), view.id in before, key=f"{key}-take-{view.id}"):
                    chosen.append(view.id)
    return chosen
