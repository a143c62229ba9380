"""The line above the board: the period and its neighbours, the views, what is shown of it."""

from collections.abc import Mapping, Sequence
from datetime import date

import streamlit as st

from core.publishing.calendar.entries import Kind
from core.publishing.calendar.periods import Span
from core.ui.calendar import query as address
from core.ui.calendar.board import title_of
from core.ui.calendar.kinds import WORDS, label
from core.ui.calendar.query import Query, bound, writer
from core.ui.calendar.shown import Shown
from core.ui.words import count, plain

_SPANS: Mapping[Span, tuple[str, str]] = {
    Span.MONTH: ("Month", "m"),
    Span.WEEK: ("Week", "w"),
    Span.LIST: ("List", "l"),
}
_ANY = "any"


def show_toolbar(query: Query, today: date) -> None:
    """Where in time the board is, and in which view."""
    period = query.period
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="calendar-bar"):
        with st.container(horizontal=True, gap="xsmall", width="content"):
            _step("Earlier", "chevron_left", "Left", period.beside(-1))
            st.button(
                "Today", key="calendar-today", on_click=address.go_to_today, shortcut="t",
                disabled=period.contains(today) and query.span is not Span.DAY,
            )  # fmt: skip
            _step("Later", "chevron_right", "Right", period.beside(1))
        st.markdown(f"#### {title_of(period)}", width="stretch")
        with st.container(horizontal=True, gap="xsmall", width="content"):
            for span, (name, key) in _SPANS.items():
                st.button(
                    name,
                    key=f"calendar-{span}",
                    type="primary" if span is query.span else "secondary",
                    on_click=address.show_span,
                    args=(span,),
                    shortcut=key,
                )


def show_filters(query: Query, shown: Shown) -> None:
    """Which kinds are shown, of which account and automation; the kinds are the key to the tiles as well."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="calendar-filters"):
        st.pills(
            "Show only",
            list(WORDS),
            selection_mode="multi",
            format_func=label,
            key=bound("kinds", [kind for kind in WORDS if kind in query.kinds]),
            on_change=writer("kinds"),
            label_visibility="collapsed",
            help="Choose kinds to see these alone.",
        )
        _choice("Account", "account", query.account_id, {one.id: one.username for one in shown.accounts})
        _choice("Automation", "automation", query.automation_id, {one.id: one.name for one in shown.automations})
        if query.is_narrowed:
            st.button("Clear filters", type="tertiary", key="calendar-clear", on_click=address.clear_filters)
        if shown.unplanned or query.shows_drafts:
            _show_drafts_switch(query, shown)


def _show_drafts_switch(query: Query, shown: Shown) -> None:
    """Opens and closes the strip of drafts that have no time."""
    text = "Hide drafts" if query.shows_drafts else f"{count(shown.unplanned, 'draft')} without a time"
    st.button(
        text,
        key="calendar-drafts",
        icon=":material/edit_note:",
        on_click=address.toggle_drafts,
        help="Put a draft onto a day to schedule it.",
    )


def _step(name: str, icon: str, shortcut: str, day: date) -> None:
    st.button(
        "",
        icon=f":material/{icon}:",
        key=f"calendar-{name.lower()}",
        help=name,
        on_click=address.go_to_day,
        args=(day,),
        shortcut=shortcut,
    )


def _choice(name: str, key: str, chosen: str | None, options: Mapping[str, str]) -> None:
    """A filter, unless there is nothing to choose between."""
    if len(options) < 2 and chosen is None:
        return
    names = {_ANY: f"Any {name.lower()}"} | {one: plain(text) for one, text in options.items()}
    st.selectbox(
        name,
        list(names),
        format_func=lambda one: names[one],
        key=bound(key, chosen if chosen in names else _ANY),
        on_change=writer(key, default=_ANY),
        label_visibility="collapsed",
        width=170,
    )


def filters_in_words(query: Query, shown_accounts: Sequence[tuple[str, str]]) -> str:
    """What narrows the calendar, for the first line of a file."""
    names = dict(shown_accounts)
    parts = [title_of(query.period)]
    parts += [f"account {names.get(query.account_id, query.account_id)}"] if query.account_id else []
    parts += [f"automation {names.get(query.automation_id, query.automation_id)}"] if query.automation_id else []
    parts += [WORDS[kind] for kind in Kind if kind in query.kinds]
    return "; ".join(parts)
