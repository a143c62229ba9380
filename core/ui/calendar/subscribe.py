"""The link with which other programs show a person's calendar."""

from urllib.parse import urlsplit

import streamlit as st

from core.clock import utc_now
from core.identity.sessions import SignedIn
from core.publishing.calendar import feeds
from core.publishing.calendar.feeds import FeedLink
from core.runtime import get_runtime
from core.ui.errors import guarded
from core.ui.times import ago

_OPEN, _ASKED = "calendar.feed.open", "calendar.feed.asked"
_THIS_MACHINE = {"localhost", "127.0.0.1", "::1"}
_SHARES = (
    "The link shows the titles, times, accounts and automations of your posts: what went out in the last 30 days, "
    "what is scheduled, and what your automations will do in the next 60 days. It shows no pictures, no texts and "
    "nobody else's work, and with it nothing can be changed."
)


def show_subscribe(user: SignedIn) -> None:
    """The button that opens the dialog, and the dialog while it is open."""
    st.button(
        "Subscribe",
        icon=":material/rss_feed:",
        key="calendar-subscribe",
        help="See these posts in another calendar.",
        on_click=_open,
    )
    if is_open():
        draw = st.dialog("Subscribe to this calendar", width="medium", icon=":material/rss_feed:", on_dismiss=_close)
        draw(_show)(user)


def is_open() -> bool:
    """Whether somebody reads the dialog."""
    return _OPEN in st.session_state


def _open() -> None:
    st.session_state.pop(_ASKED, None)
    st.session_state[_OPEN] = True


def _close() -> None:
    st.session_state.pop(_OPEN, None)


def _show(user: SignedIn) -> None:
    # Its buttons run this function alone, so it reads for itself.
    with guarded():
        with get_runtime().database.read() as session:
            link = feeds.find_link(session, user.actor)
        if link is None:
            _show_offer(user)
        else:
            _show_link(user, link)


def _show_offer(user: SignedIn) -> None:
    st.markdown("See your posts in Google Calendar, Apple Calendar, Outlook or Thunderbird, by a secret link.")
    st.caption(_SHARES)
    if st.button("Make the link", type="primary", icon=":material/add_link:", key="feed-make"):
        with get_runtime().database.session() as session:
            feeds.make_link(session, user.actor, now=utc_now())
        st.rerun(scope="fragment")


def _show_link(user: SignedIn, link: FeedLink) -> None:
    if link.secret is None:
        st.warning(
            "The link works but cannot be shown any more: it was sealed with a master key that is gone. "
            "Replace it to have one that can be copied.",
            icon=":material/key_off:",
        )
    else:
        _show_address(feeds.address_of(get_runtime().settings.resolved_public_url, link.secret))
    used = f"Last used {ago(link.last_used_at, now=utc_now())}." if link.last_used_at else "Not used yet."
    st.caption(f"{used} Calendars look every hour or so, some only once a day.")
    st.caption(_SHARES)
    asked = st.session_state.get(_ASKED)
    if asked is None:
        _show_choices()
    else:
        _show_question(user, asked)


def _show_address(address: str) -> None:
    st.markdown("Copy the link and add it in your calendar as a calendar *from a link* or *by subscription*.")
    st.code(address, language=None, wrap_lines=True)
    st.warning(
        "Whoever has the link reads this calendar. Replace it if it got into wrong hands.", icon=":material/key:"
    )
    if urlsplit(address).hostname in _THIS_MACHINE:
        st.caption(
            ":material/info: Only programs on this machine reach this address. For others, set ATELIER_PUBLIC_URL."
        )


def _show_choices() -> None:
    with st.container(horizontal=True):
        st.button("Replace the link", icon=":material/autorenew:", key="feed-replace", on_click=_ask, args=("replace",))
        st.button("Switch off", icon=":material/link_off:", key="feed-remove", on_click=_ask, args=("remove",))


def _show_question(user: SignedIn, asked: str) -> None:
    """Both end what other programs show now, so they are asked about once more."""
    replaces = asked == "replace"
    st.markdown(
        "The present link will stop working at once. "
        + ("You will have to give your calendars the new one." if replaces else "Your calendars will show nothing new.")
    )
    with st.container(horizontal=True, horizontal_alignment="right"):
        st.button("Keep the link", key="feed-keep", on_click=_ask, args=(None,))
        if st.button("Replace it" if replaces else "Switch it off", type="primary", key="feed-sure"):
            change = feeds.replace_link if replaces else feeds.remove_link
            with get_runtime().database.session() as session:
                change(session, user.actor, now=utc_now())
            st.session_state.pop(_ASKED, None)
            st.rerun(scope="fragment")


def _ask(what: str | None) -> None:
    st.session_state[_ASKED] = what
