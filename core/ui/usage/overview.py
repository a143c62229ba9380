"""The head of the Usage & costs screen: four figures against the time before, and the chart of days."""

from collections.abc import Sequence
from decimal import Decimal

import streamlit as st

from core.metering.days import Days
from core.metering.figures import Overview, Series, Sums, UsageFilter
from core.ui import charts, times
from core.ui.figures import Figure, show_figures
from core.ui.usage import chart
from core.ui.usage.query import MEASURES
from core.ui.usage.words import nanos, say_nanos, short_dollars
from core.ui.words import count

_BARS = 30
_MOST_BARS = 120
_NOTHING = {
    "cost": "Nothing was spent in these days, as far as prices are known.",
    "images": "No picture was made in these days.",
    "calls": "No call was made in these days.",
}


def show_totals(found: Overview, days: Sequence[Sums], wanted: UsageFilter) -> None:
    """Spent, pictures, what one cost, calls."""
    show_figures(total_figures(found, days, wanted))


def total_figures(found: Overview, days: Sequence[Sums], wanted: UsageFilter) -> list[Figure]:
    now, before = found.now, found.before
    length = wanted.days.count
    note = "than the day before" if length == 1 else f"than the {length} days before"
    each, each_before = _each(now), _each(before)
    return [
        Figure(
            "Spent", nanos(now.cost), note if now.cost != before.cost else _same(length),
            _bars([nanos(day.cost) for day in days]), _spent_note(now), change=nanos(now.cost - before.cost),
            say=say_nanos, less="less",
        ),
        Figure(
            "Pictures", now.images, note if now.images != before.images else _same(length),
            _bars([day.images for day in days]), "made by all calls", change=now.images - before.images,
        ),
        Figure(
            "A picture cost", nanos(each), note if each != each_before and each_before else "on average",
            _bars([nanos(_each(day)) for day in days]), "where the price is known",
            change=nanos(each - each_before) if each_before else None, falling_is="good", say=say_nanos, less="less",
        ),
        Figure(
            "Calls", now.calls, note if now.calls != before.calls else _same(length),
            _bars([day.calls for day in days]), _calls_note(now), change=now.calls - before.calls,
        ),
    ]  # fmt: skip


def show_days(series: Series, measure: str, wanted: UsageFilter, zone: str) -> None:
    """The chart; the choices above it are drawn by the page."""
    if not any(any(values) for values in series.values):
        st.caption(_NOTHING[measure])
        return
    total = sum((sum(values, Decimal(0)) for values in series.values), Decimal(0))
    said = short_dollars(total) if measure == "cost" else f"{int(total):,}"
    label = MEASURES[measure].lower()
    words = f"{label} of {wanted.days.first} to {wanted.days.last}: {said}"
    charts.show(chart.stacked(series, is_money=measure == "cost"), key="usage-days", alt=f"Stacked bars, {words}.")
    st.html(chart.legend(series))
    step = "Each bar is a week, from Monday on. " if is_weekly(wanted.days) else ""
    st.caption(f"{step}Days end at midnight in {zone.replace('_', ' ')}, the reporting zone of this house.")


def is_weekly(days: Days) -> bool:
    """Whether a bar is a week: more days than this cannot be told from each other."""
    return days.count > _MOST_BARS


def show_zone_note(summed: str, wanted: str) -> None:
    """Said while the days of another zone are still shown."""
    if summed != wanted:
        st.info(
            f"The reporting zone is {wanted.replace('_', ' ')} now; the days below are still those of "
            f"{summed.replace('_', ' ')}. The sidecar sums them anew within minutes.",
            icon=":material/schedule:",
        )


def _each(sums: Sums) -> Decimal:
    return sums.cost / sums.images if sums.images else Decimal(0)


def _same(length: int) -> str:
    return "as the day before" if length == 1 else f"as in the {length} days before"


def _spent_note(sums: Sums) -> str:
    if sums.unpriced:
        return f"without {count(sums.unpriced, 'call')} of unknown price"
    if sums.estimated_cost:
        return f"{short_dollars(sums.estimated_cost)} of it estimated"
    return "all prices known"


def _calls_note(sums: Sums) -> str:
    parts = [f"{sums.errors + sums.refused + sums.aborted:,} without success"]
    if sums.mean_latency_ms is not None:
        parts.append(f"{times.duration(sums.mean_latency_ms)} on average")
    return ", ".join(parts)


def _bars(values: Sequence[int]) -> list[int]:
    """At most thirty bars: longer ranges are drawn in steps of several days, the last ending with the range."""
    step = -(-len(values) // _BARS)
    start = len(values) % step
    chunks = [values[:start]] if start else []
    chunks += [values[at : at + step] for at in range(start, len(values), step)]
    return [max(sum(chunk), 0) for chunk in chunks]
