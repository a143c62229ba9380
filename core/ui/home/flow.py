"""The four figures and the chart of Home."""

import streamlit as st

from core.publishing.outlook import AHEAD_DAYS, HISTORY_DAYS, RECENT_DAYS, WEEK, Outlook, week_change
from core.ui import charts
from core.ui.figures import Figure, show_figures
from core.ui.words import count


def home_figures(flow: Outlook) -> list[Figure]:
    """Published, scheduled ahead, drafts left, failed."""
    return [
        Figure(
            "Published, 7 days",
            sum(flow.published[-WEEK:]),
            _against_last_week(flow.published),
            flow.published[-RECENT_DAYS:],
            f"last {RECENT_DAYS} days",
            change=week_change(flow.published),
            falling_is="bad",
        ),
        Figure(
            "Scheduled ahead",
            flow.scheduled,
            f"{sum(flow.planned[:WEEK]):,} in the next 7 days" if flow.scheduled else "nothing has a time",
            flow.planned,
            f"next {AHEAD_DAYS} days",
            today=0,
        ),
        Figure("Drafts left", flow.drafts, lasting(flow), flow.arrived, f"came in, last {RECENT_DAYS} days"),
        Figure(
            "Failed, 7 days",
            sum(flow.failed[-WEEK:]),
            _against_last_week(flow.failed),
            flow.failed[-RECENT_DAYS:],
            f"last {RECENT_DAYS} days",
            change=week_change(flow.failed),
            falling_is="good",
        ),
    ]


def show_flow(flow: Outlook) -> None:
    """The four figures as cards."""
    show_figures(home_figures(flow))


def show_chart(flow: Outlook) -> None:
    """Published and failed per day."""
    st.header("Published and failed", anchor=False)
    with st.container(border=True, key="home-chart"):
        if not any(flow.published) and not any(flow.failed):
            st.caption(f"Nothing went out in the last {HISTORY_DAYS} days. Each day's posts appear here.")
            return
        out, given_up = sum(flow.published), sum(flow.failed)
        summary = f"{count(out, 'post')} published and {given_up:,} given up in {HISTORY_DAYS} days"
        figure = charts.published_and_failed(flow.dates, flow.published, flow.failed)
        charts.show(figure, key="published-failed", alt=f"{summary}, drawn per day.")
        st.caption(f"{summary}.")


def lasting(flow: Outlook) -> str:
    """How long the drafts last at the person's pace: what keeps a schedule from running dry."""
    days = flow.days_of_drafts
    if not flow.drafts:
        return "nothing left to plan"
    if days is None:
        return f"{sum(flow.arrived[-WEEK:]):,} came in this week"
    return f"enough for {count(days, 'day')}" if days else "less than a day's worth"


def _against_last_week(series: tuple[int, ...]) -> str:
    return "than the week before" if week_change(series) else "as in the week before"
