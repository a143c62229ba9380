"""The page of a list: how old it is, the cards, and the way on."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import streamlit as st

from core.clock import utc_now
from core.errors import AtelierError
from core.identity.models import Account
from core.identity.sessions import SignedIn
from core.publishing.asking import Line
from core.publishing.inspiration import browsing
from core.publishing.inspiration.browsing import Answer
from core.publishing.inspiration.errors import WishRefused
from core.publishing.inspiration.keys import Mode
from core.publishing.inspiration.providers import Browsed, BrowsePage
from core.ui import times
from core.ui.errors import icon_of, show
from core.ui.inspiration.cards import show_cards
from core.ui.inspiration.query import Shown, go, turn_back, turn_to
from core.ui.page import empty_state
from core.ui.words import plain

AGAIN = "inspiration.again"


def show_list(line: Line, user: SignedIn, account: Account, shown: Shown, mode: Mode) -> Sequence[Browsed]:
    """Draw one page of a list; the works on it."""
    if (mode is Mode.TAG and not shown.tag) or (mode is Mode.TOPIC and not shown.topic):
        _show_unchosen(mode)
        return ()
    try:
        with st.spinner("Asking DeviantArt…", show_time=False):
            answer = browsing.browse(
                line, user.actor, account.id, shown.wish(mode), now=utc_now(), refresh=_wants_refresh()
            )
    except AtelierError as error:
        show_failure(error)
        return ()
    show_age(answer, utc_now())
    _show_page(shown, mode, answer.value)
    return answer.value.works


def show_similar(line: Line, user: SignedIn, account: Account, shown: Shown) -> Sequence[Browsed]:
    """Draw what is like one work; the works."""
    st.button("Back to the list", icon=":material/arrow_back:", type="tertiary", key="inspiration-back", on_click=go,
              kwargs={"keep_place": True, "like": None})  # fmt: skip
    try:
        with st.spinner("Asking DeviantArt…"):
            answer = browsing.more_like(
                line, user.actor, account.id, shown.like or "", mature=shown.mature, now=utc_now()
            )
    except AtelierError as error:
        show_failure(error)
        return ()
    show_age(answer, utc_now(), can_refresh=False)
    similar = answer.value
    for heading, key, works in (
        ("More from the same artist", "same", similar.same_artist),
        ("More like this from others", "others", similar.others),
    ):
        if works:
            st.header(heading, anchor=False)
            show_cards(works, key=key)
    if not similar.same_artist and not similar.others:
        empty_state("Nothing like it", "DeviantArt has no suggestion for this work.", icon=":material/image_search:")
    return (*similar.same_artist, *similar.others)


def show_failure(error: AtelierError) -> None:
    """Why nothing can be shown, and the button that tries again."""
    if isinstance(error, WishRefused):
        st.info(plain(str(error)), icon=icon_of(error))
        return
    show(error)
    st.button("Try again", icon=":material/refresh:", key="inspiration-retry")


def show_age(answer: Answer[Any], now: datetime, *, can_refresh: bool = True) -> None:
    """How old the answer is; a notice when it is older than it should be."""
    age = times.ago(answer.cached_at, now=now)
    if answer.problem:
        st.warning(
            f"This is from {age}. A new answer could not be had: {plain(answer.problem)}", icon=":material/history:"
        )
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(f"As of {age}", width="content")
        if can_refresh:
            st.button("Ask again", icon=":material/refresh:", type="tertiary", key="inspiration-again",
                      on_click=_ask_again)  # fmt: skip


def _ask_again() -> None:
    st.session_state[AGAIN] = True


def _wants_refresh() -> bool:
    return bool(st.session_state.pop(AGAIN, False))


def _show_page(shown: Shown, mode: Mode, page: BrowsePage) -> None:
    if page.works:
        show_cards(page.works, key="list")
    elif page.next_offset is not None:
        held = " Mature work is held back." if not shown.mature else ""
        empty_state("Nothing on this page", f"More follows on the next one.{held}", icon=":material/visibility_off:")
    else:
        _show_nothing(mode)
    if page.next_offset is None and not shown.offset:
        return
    with st.container(horizontal=True, horizontal_alignment="center", gap="small"):
        st.button("Previous", icon=":material/chevron_left:", key="inspiration-previous", on_click=turn_back,
                  args=(shown,), disabled=not shown.offset)  # fmt: skip
        st.button("Next", icon=":material/chevron_right:", icon_position="right", key="inspiration-next",
                  on_click=turn_to, args=(shown, page.next_offset), disabled=page.next_offset is None)  # fmt: skip


def _show_nothing(mode: Mode) -> None:
    if mode is Mode.FOLLOWING:
        empty_state(
            "Nothing new from those you watch", "Watch artists at DeviantArt, and their new work appears here.",
            icon=":material/group:",
        )  # fmt: skip
        return
    empty_state("Nothing found", "DeviantArt has nothing to show here. Try another list.", icon=":material/search_off:")


def _show_unchosen(mode: Mode) -> None:
    what = "a tag" if mode is Mode.TAG else "a topic"
    empty_state(f"Choose {what}", f"The newest work with {what} of your choice appears here.", icon=":material/sell:")
