"""What waits for review as cards, to judge many at once."""

import streamlit as st

from core.identity.sessions import SignedIn
from core.publishing import listing
from core.publishing.listing import MAX_SELECTION, Order
from core.runtime import get_runtime
from core.ui.content import dialogs, selection
from core.ui.content.actions import perform
from core.ui.content.grid import show_grid
from core.ui.content.query import Query, View
from core.ui.content.reviewing import APPROVE, REJECT, WAITING, Waiting
from core.ui.content.showing import Showing


def show_many(user: SignedIn, query: Query, waiting: Waiting, showing: Showing) -> None:
    """Cards to choose from, the two answers above them."""
    bar = st.container()
    click = show_grid(waiting.page.rows, View.DRAFT, lambda row: [APPROVE.text, REJECT.text], showing)
    with bar:
        _show_bar(user, query, waiting)
    if click is None:
        return
    if click.label is None:
        dialogs.open_post(click.id)
        st.rerun()
    perform(user, APPROVE if click.label == APPROVE.text else REJECT, [click.id])


def _show_bar(user: SignedIn, query: Query, waiting: Waiting) -> None:
    chosen = selection.picked(waiting.ids)
    if len(chosen) < len(waiting.ids):
        selection.end_everything()
    everything = selection.is_everything(query)
    count = min(waiting.page.total, MAX_SELECTION) if everything else len(chosen)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="review-toolbar"):
        st.markdown(
            f"**{count:,} selected**" if count else ":gray[Choose pictures to judge them together.]", width="content"
        )
        picked = None
        for action in (APPROVE, REJECT):
            label = f"{action.label} {count:,}" if count else action.label
            if st.button(
                label, icon=action.icon, type="primary" if action is APPROVE else "secondary", disabled=not count,
                key=f"many-{action.label}",
            ):  # fmt: skip
                picked = action
        if len(chosen) < len(waiting.ids):
            st.button(
                "Select this page", type="tertiary", on_click=selection.choose, args=(waiting.ids,), key="many-page"
            )
        elif waiting.page.total > len(waiting.ids) and not everything:
            st.button(
                f"Select all {waiting.page.total:,}", type="tertiary", key="many-all",
                on_click=selection.choose_everything, args=(query,),
            )  # fmt: skip
        if count:
            st.button("Clear", type="tertiary", on_click=selection.clear, key="many-clear")
    if picked is not None:
        ids = _all_waiting(user) if everything else list(chosen)
        selection.clear()
        perform(user, picked, ids)


def _all_waiting(user: SignedIn) -> list[str]:
    with get_runtime().database.read() as session:
        return listing.list_ids(session, user.actor, WAITING, order=Order.OLDEST)
