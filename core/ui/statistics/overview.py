"""The head of the Statistics screen: what needs attention, four totals, the chart of days."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import streamlit as st

from core.identity.models import Account, AccountState
from core.publishing.statistics.history import RANGES, Statistics
from core.ui import charts, times
from core.ui.figures import Figure, show_figures
from core.ui.links import screen_link
from core.ui.page import format_instant
from core.ui.statistics.query import USUAL_RANGE, Chosen, bound, write
from core.ui.words import count, listed, plain

LABELS = {"views": "Views", "favourites": "Favourites", "comments": "Comments", "downloads": "Downloads"}
_BARS = 30
# The busiest rhythm is an hour and the slowest a week; a day without any count is only normal for old works.
_STALE = timedelta(days=8)


def show_range(chosen: Chosen) -> None:
    """Which days count."""
    st.segmented_control(
        "Range", list(RANGES), format_func=lambda days: "1 year" if days == 365 else f"{days} days",
        key=bound("range", chosen.days), on_change=write, args=("range", USUAL_RANGE), required=True,
        label_visibility="collapsed",
    )  # fmt: skip


def show_attention(statistics: Statistics, accounts: Sequence[Account], timezone: str, *, now: datetime) -> None:
    """Why figures may be missing or old, and what to do about it."""
    lost = [plain(one.username) for one in accounts if one.state is AccountState.RECONNECT]
    if lost:
        st.warning(
            f"Nothing is counted for {listed(lost)} until the account is connected again.", icon=":material/link_off:"
        )
        screen_link("Go to Accounts", "accounts", icon=":material/link:")
    if statistics.taken_at is not None and statistics.taken_at < now - _STALE:
        newest = format_instant(statistics.taken_at, timezone, now=now)
        st.warning(
            f"The newest counts are from {newest}. The sidecar takes them: see that it runs.",
            icon=":material/schedule:",
        )
    notes = []
    if statistics.taken_at is not None:
        notes.append(f"Counted last {times.ago(statistics.taken_at, now=now)}.")
    if statistics.waiting:
        notes.append(f"{count(statistics.waiting, 'work')} not counted yet: a few calls a minute, behind your posts.")
    if statistics.gone:
        notes.append(f"{count(statistics.gone, 'work')} deleted on DeviantArt, shown as gone.")
    if notes:
        st.caption(" ".join(notes))


def total_figures(statistics: Statistics) -> list[Figure]:
    """Views, favourites, comments, downloads: gained in the range, against the range before."""
    return [_figure(name, label, statistics) for name, label in LABELS.items()]


def show_totals(statistics: Statistics) -> None:
    show_figures(total_figures(statistics))


def show_days(statistics: Statistics, chosen: Chosen) -> None:
    """Gained per day, of the metric that was chosen."""
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.header("Gained per day", anchor=False)
        st.segmented_control(
            "Metric", list(LABELS), format_func=LABELS.__getitem__, key=bound("metric", chosen.metric), on_change=write,
            args=("metric", "views"), required=True, label_visibility="collapsed",
        )  # fmt: skip
    with st.container(border=True, key="statistics-days"):
        values, label = statistics.by_day[chosen.metric], LABELS[chosen.metric].lower()
        words = f"{sum(values):,} {label} gained in {statistics.days} days"
        charts.show(
            charts.gained_by_day(statistics.dates, values, label), key="gained-by-day", alt=f"{words}, drawn per day."
        )
        st.caption(f"{words}. Between two counts, growth is taken as even.")


def _figure(name: str, label: str, statistics: Statistics) -> Figure:
    total = statistics.totals[name]
    change: int | None = total.gained - total.gained_before
    note = f"than the {statistics.days} days before" if change else f"as in the {statistics.days} days before"
    if total.gained and not total.gained_before:
        change, note = None, f"nothing counted in the {statistics.days} days before"
    return Figure(
        f"{label} gained", total.gained, note, _bars(statistics.by_day[name]), f"{total.now:,} in all",
        change=change, falling_is="bad",
    )  # fmt: skip


def _bars(values: Sequence[int]) -> list[int]:
    """At most thirty bars: longer ranges are drawn in steps of several days, the last ending today."""
    step = -(-len(values) // _BARS)
    start = len(values) % step
    chunks = [values[:start]] if start else []
    chunks += [values[at : at + step] for at in range(start, len(values), step)]
    return [max(sum(chunk), 0) for chunk in chunks]
