"""Usage & costs: what calls to providers used and cost, against the time before, and what has no price."""

from functools import partial

import streamlit as st

from core.clock import utc_now
from core.identity.sessions import SignedIn
from core.metering import figures, names, upkeep
from core.metering.figures import Dimension, UsageFilter
from core.metering.state import summed_zone, wanted_zone
from core.runtime import get_runtime
from core.ui.errors import guarded
from core.ui.gate import current_user
from core.ui.links import screen_button
from core.ui.page import empty_state, page_header, zone_note
from core.ui.tables import csv_button, csv_bytes
from core.ui.usage import calls, lists, overview, prices, query, style
from core.ui.usage import upkeep as upkeep_panel
from core.ui.usage.notice import SAID

database = get_runtime().database


def show_empty() -> None:
    """Before the first call."""
    empty_state(
        "Nothing has been used yet",
        "Every call to a provider is counted here, with what it cost and how that is known.",
        icon=":material/payments:",
    )
    screen_button("Make a picture", "generate", key="usage-generate", icon=":material/brush:", type="primary")


def show(user: SignedIn) -> None:
    """Attention, figures, the chart, lists, calls, prices."""
    now = utc_now()
    with database.read() as session:
        zone, wanted_by_house = summed_zone(session), wanted_zone(session)
        choices = names.choices(session, user.actor)
        last_check = upkeep.last_check(session) if user.is_admin else None
    if not choices.providers:
        show_empty()
        show_all_prices(user)
        return
    overview.show_zone_note(zone, wanted_by_house)
    upkeep_panel.show_attention(last_check)
    chosen = query.show_filters(choices, zone, now=now)
    wanted = chosen.wanted
    with database.read() as session:
        found = figures.overview(session, user.actor, wanted)
        days = figures.daily(session, user.actor, wanted)
        unpriced = figures.unpriced(session, user.actor, wanted)
    prices.show_unpriced(user, unpriced)
    overview.show_totals(found, days, wanted)
    if found.now.calls:
        show_chart(user, wanted, zone)
        show_lists(user, wanted)
        st.header("Latest calls", anchor=False)
        calls.show_calls(user, wanted, choices.providers, now=now)
    elif chosen.is_narrowed:
        empty_state("Nothing matches", "No call in these days fits the filters.", icon=":material/filter_alt_off:")
        st.button("Clear filters", key="usage-clear", on_click=query.clear)
    else:
        st.info("No call was made in these days. Choose a longer time above.", icon=":material/event_busy:")
    show_all_prices(user)
    if user.is_admin:
        with st.expander("Sums and events", icon=":material/rule:"):
            upkeep_panel.show_upkeep(user, wanted.days, last_check, now=now)


def show_chart(user: SignedIn, wanted: UsageFilter, zone: str) -> None:
    """What was chosen, a day, told apart."""
    weekly = overview.is_weekly(wanted.days)
    with st.container(horizontal=True, vertical_alignment="center", key="usage-chart-head"):
        st.header("By week" if weekly else "By day", anchor=False, width="stretch")
        measure = query.choose_measure()
        by = query.choose_dimension(has_persons=user.is_admin)
        csv_button(partial(days_csv, user, wanted, zone), "usage-days", key="usage-days-csv")
    with database.read() as session:
        series = figures.by_day(session, user.actor, wanted, by, measure=measure, weekly=weekly)
    with st.container(border=True, key="usage-chart"):
        overview.show_days(series, measure, wanted, zone)


def days_csv(user: SignedIn, wanted: UsageFilter, zone: str) -> bytes:
    """The export; made when the button is pressed."""
    with database.read() as session:
        return csv_bytes(figures.csv_rows(session, user.actor, wanted, zone))


def show_lists(user: SignedIn, wanted: UsageFilter) -> None:
    """One table for each way of telling apart."""
    offered = [one for one in Dimension if one is not Dimension.PERSON or user.is_admin]
    tabs = st.tabs([query.DIMENSIONS[one] for one in offered])
    for tab, by in zip(tabs, offered, strict=True):
        with database.read() as session:
            entries = figures.ranked(session, user.actor, wanted, by, limit=100)
        with tab:
            lists.show_list(entries, by, wanted)


def show_all_prices(user: SignedIn) -> None:
    with st.expander("Prices", icon=":material/sell:"):
        prices.show_prices(user)


user = current_user()
page_header("Usage & costs", f"What calls to providers used and cost. {zone_note(user.timezone)}")
style.apply()
SAID.show()
with guarded():
    show(user)
