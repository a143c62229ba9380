"""Which list to look at: the lists, and what each of them asks for."""

from datetime import date, timedelta

import streamlit as st

from core.clock import utc_now
from core.errors import AtelierError
from core.identity.models import Account
from core.identity.sessions import SignedIn
from core.publishing.asking import Line
from core.publishing.inspiration import browsing
from core.publishing.inspiration.keys import Mode
from core.ui.errors import guarded
from core.ui.inspiration.query import Shown, bound, go
from core.ui.page import local
from core.ui.words import plain

NAMES = {
    Mode.HOME.value: "Home",
    Mode.DAILY.value: "Daily",
    Mode.FOLLOWING.value: "Following",
    Mode.TAG.value: "Tag",
    Mode.TOPIC.value: "Topic",
}
# Somebody who types does not wait; without a free slot there are no suggestions this time.
SUGGESTION_PATIENCE = 1.0
_TYPED_FOR = "inspiration.typed-for"


def show_lists(shown: Shown, accounts: list[Account]) -> None:
    """The lists, mature work on or off, and whose account asks when there are several."""
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        st.segmented_control(
            "List", list(NAMES), format_func=NAMES.__getitem__, label_visibility="collapsed",
            key=bound("list", shown.list_name if shown.list_name in NAMES else None), on_change=_choose_list,
        )  # fmt: skip
        st.toggle("Mature work", key=bound("mature", shown.mature), on_change=_choose_mature)
        if len(accounts) > 1:
            names = {one.id: one.username for one in accounts}
            here = shown.account_id if shown.account_id in names else accounts[0].id
            st.selectbox(
                "Account", list(names), format_func=names.__getitem__, label_visibility="collapsed", width=190,
                key=bound("account", here), on_change=_choose_account,
            )  # fmt: skip


def show_narrowing(line: Line, user: SignedIn, account: Account, shown: Shown) -> None:
    """What the chosen list asks for: a day, a tag, a topic."""
    if shown.list_name == Mode.DAILY.value:
        _show_days(user, shown)
    elif shown.list_name == Mode.TAG.value:
        st.fragment(_show_tags)(line, user, account, shown)
    elif shown.list_name == Mode.TOPIC.value:
        _show_topics(line, user, account, shown)


def _show_days(user: SignedIn, shown: Shown) -> None:
    today = local(utc_now(), user.timezone).date()
    day = shown.day or today
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.date_input(
            "Chosen on", key=bound("day", day), max_value=max(today, day), format="YYYY-MM-DD", width=170,
            on_change=_choose_day,
        )  # fmt: skip
        _day_button("The day before", "chevron_left", day - timedelta(days=1))
        if day < today:
            _day_button("The day after", "chevron_right", day + timedelta(days=1))


def _day_button(label: str, icon: str, day: date) -> None:
    st.button(
        label, icon=f":material/{icon}:", type="tertiary", key=f"inspiration-{icon}", on_click=go,
        kwargs={"day": day.isoformat()},
    )  # fmt: skip


def _show_tags(line: Line, user: SignedIn, account: Account, shown: Shown) -> None:
    """A tag to type, with what DeviantArt suggests from the second character on."""
    if st.session_state.get(_TYPED_FOR) != shown.tag:
        st.session_state[_TYPED_FOR] = st.session_state["inspiration-typed"] = shown.tag
    text = st.text_input(
        "Tag", key="inspiration-typed", type="search", live="400ms", placeholder="Two letters or more", max_chars=100,
        width=360,
    )  # fmt: skip
    beginning = (text or "").strip().lstrip("#")
    if len(beginning) < browsing.SHORTEST_BEGINNING or beginning == shown.tag:
        return
    names = list(dict.fromkeys([beginning, *_suggestions(line, user, account, beginning)]))
    with st.container(horizontal=True, gap="xsmall", key="inspiration-suggested"):
        for place, name in enumerate(names):
            if st.button(f"#{plain(name)}", key=f"inspiration-tag-{place}", icon=":material/sell:"):
                go(tag=name)
                st.rerun()


def _suggestions(line: Line, user: SignedIn, account: Account, beginning: str) -> list[str]:
    """What begins so; nothing when it cannot be asked right now, for the tag can be shown all the same."""
    hurried = Line(line.database, line.sites, line.floor_seconds, SUGGESTION_PATIENCE)
    try:
        return browsing.search_tags(hurried, user.actor, account.id, beginning, now=utc_now()).value
    except AtelierError:
        st.caption("No suggestions right now.")
        return []


def _show_topics(line: Line, user: SignedIn, account: Account, shown: Shown) -> None:
    with guarded():
        page = browsing.list_topics(line, user.actor, account.id, now=utc_now()).value
        titles = {one.name: one.title for one in page.topics}
        if page.next_offset is not None and st.query_params.get("topics") == "all":
            more = browsing.list_topics(line, user.actor, account.id, offset=page.next_offset, now=utc_now()).value
            titles |= {one.name: one.title for one in more.topics}
        if shown.topic:
            titles.setdefault(shown.topic, shown.topic)
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.pills(
                "Topic", list(titles), format_func=lambda one: titles[one], label_visibility="collapsed",
                key=bound("topic", shown.topic or None), on_change=_choose_topic, wrap=True,
            )  # fmt: skip
            if page.next_offset is not None and st.query_params.get("topics") != "all":
                st.button("More topics", type="tertiary", key="inspiration-topics", on_click=go,
                          kwargs={"keep_place": True, "topics": "all"})  # fmt: skip


def _chosen(name: str) -> object:
    return st.session_state.get(f"inspiration-{name}")


def _choose_list() -> None:
    chosen = _chosen("list") or Mode.HOME.value
    go(list=None if chosen == Mode.HOME.value else str(chosen))


def _choose_mature() -> None:
    go(mature="yes" if _chosen("mature") else None)


def _choose_account() -> None:
    go(account=str(_chosen("account")))


def _choose_day() -> None:
    chosen = _chosen("day")
    go(day=chosen.isoformat() if isinstance(chosen, date) else None)


def _choose_topic() -> None:
    chosen = _chosen("topic")
    go(topic=str(chosen) if chosen else None)
