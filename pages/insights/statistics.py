"""Statistics: how published works do, what they gained, and what the good ones have in common."""

import streamlit as st

from core.clock import utc_now
from core.identity.sessions import SignedIn
from core.ui.errors import guarded
from core.ui.gate import current_user
from core.ui.links import screen_button
from core.ui.page import empty_state, page_header, zone_note
from core.ui.statistics import comparing, overview, works
from core.ui.statistics.query import current
from core.ui.statistics.reading import accounts_of, statistics_of


def show_empty() -> None:
    """Before anything is out."""
    empty_state(
        "Nothing is counted yet",
        "Views, favourites, comments and downloads of what you publish appear here within the hour.",
        icon=":material/monitoring:",
    )
    screen_button("Take over your gallery", "accounts", key="statistics-take-over", icon=":material/download:")


def show(user: SignedIn) -> None:
    """Attention, totals, days, and the works in four views."""
    chosen = current()
    statistics = statistics_of(user, chosen.days)
    if not statistics.works:
        show_empty()
        return
    overview.show_attention(statistics, accounts_of(user), user.timezone, now=utc_now())
    overview.show_range(chosen)
    overview.show_totals(statistics)
    overview.show_days(statistics, chosen)
    top, automations, projects, tags, times = st.tabs(["Works", "Automations", "Projects", "Tags", "Times"])
    with top:
        works.show_works(user, statistics, chosen)
    with automations:
        comparing.show_automations(statistics)
    with projects:
        comparing.show_projects(statistics)
    with tags:
        comparing.show_tags(statistics)
    with times:
        comparing.show_times(statistics, user.timezone)


user = current_user()
page_header("Statistics", f"How your published works do, and what the good ones share. {zone_note(user.timezone)}")
with guarded():
    show(user)
