"""Review: judge what programs delivered, before it becomes a draft."""

import streamlit as st

from core.ui.content import dialogs, keyboard, notices, selection, styles
from core.ui.content.actions import Action, perform
from core.ui.content.drawer import show_drawer
from core.ui.content.query import Layout, Query, bound, current_query, writer
from core.ui.content.review_card import show_picture, show_strip, show_words
from core.ui.content.review_grid import show_many
from core.ui.content.reviewing import APPROVE, AT, REJECT, Waiting, read_waiting, step_to
from core.ui.content.showing import Showing
from core.ui.gate import SignedIn, current_user
from core.ui.page import empty_state, page_header, zone_note

MODES = {Layout.TABLE: "One by one", Layout.GRID: "Many at once"}


def judge(user: SignedIn, waiting: Waiting, action: Action) -> None:
    """Approve or reject the post being looked at; the next one takes its place."""
    here = waiting.ids[waiting.place]
    step_to([one for one in waiting.ids if one != here], waiting.place)
    perform(user, action, [here])


def show_one(user: SignedIn, waiting: Waiting, showing: Showing, *, is_covered: bool) -> None:
    """The picture, what is known about it, and the two answers."""
    if waiting.detail is None:
        return
    picture, words = st.columns([8, 5], gap="medium")
    with picture:
        show_picture(waiting.detail)
        show_strip(waiting.page.rows, waiting.detail.view.id)
    with words:
        show_answers(user, waiting, is_covered=is_covered)
        notices.show(undo_shortcut="U")
        show_words(waiting.detail, showing)


def show_answers(user: SignedIn, waiting: Waiting, *, is_covered: bool) -> None:
    """Approve, reject, edit, and going back and forth. Keys hold the post's id: a new post has new buttons.

    ``is_covered`` by a drawer, they are disabled: their shortcuts would work through it.
    """
    here, place = waiting.ids[waiting.place], waiting.place
    left, right = st.columns(2)
    is_approved = left.button(
        "Approve",
        type="primary",
        icon=APPROVE.icon,
        shortcut="A",
        key=f"approve-{here}",
        width="stretch",
        disabled=is_covered,
    )
    is_rejected = right.button(
        "Reject", icon=REJECT.icon, shortcut="X", key=f"reject-{here}", width="stretch", disabled=is_covered
    )
    with st.container(key="review-enter"):
        is_approved |= st.button("Approve this one", shortcut="Enter", key=f"enter-{here}", disabled=is_covered)
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        for label, icon, key, step in (("Previous", "arrow_back", "Left", -1), ("Next", "arrow_forward", "Right", 1)):
            if st.button(
                label, icon=f":material/{icon}:", shortcut=key, type="tertiary", key=f"{label}-{here}",
                disabled=is_covered or not 0 <= place + step < len(waiting.ids),
            ):  # fmt: skip
                step_to(waiting.ids, place + step)
                st.rerun()
        if st.button(
            "Edit", icon=":material/edit:", shortcut="E", type="tertiary", key=f"edit-{here}", disabled=is_covered
        ):
            dialogs.open_post(here)
            st.rerun()
    if is_approved or is_rejected:
        judge(user, waiting, APPROVE if is_approved else REJECT)


def show_empty() -> None:
    """Nothing waits."""
    empty_state(
        "Nothing to review", "What programs deliver waits here until you have judged it.", icon=":material/rate_review:"
    )
    if st.button("Go to Content", key="review-to-content"):
        st.switch_page("pages/publish/content.py")


def show_head(query: Query, waiting: Waiting) -> None:
    """What the screen is for, how much waits, and the two ways to go about it."""
    page_header(
        "Review", f"Judge what programs delivered; what you approve becomes a draft. {zone_note(user.timezone)}"
    )
    if not waiting.page.rows:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        st.segmented_control(
            "How",
            list(MODES),
            format_func=lambda mode: MODES[mode],
            key=bound("layout", query.layout if query.layout in MODES else Layout.TABLE),
            on_change=writer("layout", default=Layout.TABLE, clears=()),
            required=True,
            label_visibility="collapsed",
        )
        total = waiting.page.total
        place = f"{(waiting.page.number - 1) * waiting.page.size + waiting.place + 1:,} of " if waiting.detail else ""
        st.caption(f"{place}{total:,} to review", width="content")


user = current_user()
styles.apply()
keyboard.guard_enter()
query = current_query()
is_single = query.layout is not Layout.GRID
waiting = read_waiting(user, page=query.page, at=st.query_params.get(AT), with_detail=is_single)
showing = Showing.of(user.timezone, waiting.now, waiting.accounts)
show_head(query, waiting)
opened = dialogs.opened_post()
if not waiting.page.rows:
    notices.show(undo_shortcut="U")
    show_empty()
elif is_single:
    show_one(user, waiting, showing, is_covered=bool(opened))
else:
    notices.show(undo_shortcut="U")
    selection.keep_everything(query, waiting.ids)
    show_many(user, query, waiting, showing)
if waiting.page.pages > 1:
    with st.container(horizontal_alignment="center"):
        st.pagination(
            waiting.page.pages,
            key=bound("page", waiting.page.number),
            on_change=writer("page", default=1, clears=(AT,)),
        )
if opened:
    show_drawer(user, opened, waiting.ids)
