"""Figures in the theme's own colours. ``plotly.graph_objects`` only: ``plotly.express`` takes far longer to load."""

from collections.abc import Sequence
from datetime import date, datetime

import plotly.graph_objects as go
import streamlit as st

from core.ui import palette

HEIGHT = 240
_CONFIG = {"displayModeBar": False, "scrollZoom": False}
# Places in the theme's list of chart colours.
_GOOD, _BAD = 0, 3


def published_and_failed(dates: Sequence[date], published: Sequence[int], failed: Sequence[int]) -> go.Figure:
    """Two bars a day on top of each other: posts that went out, posts that were given up."""
    colours = palette.chart_colours()
    figure = go.Figure()
    for name, values, place in (("Published", published, _GOOD), ("Failed", failed, _BAD)):
        figure.add_bar(
            name=name,
            x=list(dates),
            y=list(values),
            marker={"color": colours[place], "cornerradius": 3},
            hovertemplate=f"%{{y}} {name.lower()}<extra></extra>",
        )
    figure.update_layout(
        barmode="stack",
        bargap=0.35,
        height=HEIGHT,
        margin={"l": 0, "r": 0, "t": 8, "b": 0},
        hovermode="x unified",
        legend={"orientation": "h", "y": 1.16, "x": 0, "yanchor": "top", "traceorder": "normal"},
        xaxis={"tickformat": "%-d %b", "nticks": 7, "showgrid": False, "fixedrange": True, "hoverformat": "%a %-d %b"},
        yaxis={"rangemode": "tozero", "nticks": 4, "fixedrange": True, "tickformat": ",d", "zeroline": False},
    )
    top = max((left + right for left, right in zip(published, failed, strict=True)), default=0)
    # Counts are whole numbers; without this a quiet month would have an axis of halves.
    if top < 4:
        figure.update_yaxes(range=[0, 4], dtick=1)
    return figure


def show(figure: go.Figure, *, key: str, alt: str) -> None:
    """Draw the figure; ``alt`` says in words what it shows, for those who do not see it."""
    st.plotly_chart(figure, theme="streamlit", key=key, config=_CONFIG, alt=alt)


def gained_by_day(dates: Sequence[date], values: Sequence[int], noun: str) -> go.Figure:
    """One bar a day: what was gained of one metric."""
    figure = _bars(list(dates), values, f"%{{y:,}} {noun}<extra></extra>")
    figure.update_layout(hovermode="x unified")
    figure.update_xaxes(tickformat="%-d %b", nticks=7, hoverformat="%a %-d %b")
    return figure


def averages(names: Sequence[str], values: Sequence[float], works: Sequence[int]) -> go.Figure:
    """One bar a name: views of a work on average; hovering says of how many works."""
    figure = _bars(list(names), values, "%{y:,.0f} views a work, %{customdata} works<extra>%{x}</extra>", works)
    figure.update_xaxes(type="category")
    return figure


def shares(names: Sequence[str], percents: Sequence[float], judged: Sequence[int]) -> go.Figure:
    """One bar a name: the share that was kept, in per cent; hovering says of how many judged."""
    figure = _bars(list(names), percents, "%{y:.0f} % kept of %{customdata} judged<extra>%{x}</extra>", judged)
    figure.update_xaxes(type="category")
    figure.update_yaxes(range=[0, 100], dtick=25, ticksuffix=" %")
    return figure


def curve(instants: Sequence[datetime], values: Sequence[int], noun: str) -> go.Figure:
    """One line over time, small enough for a drawer."""
    colour = palette.chart_colours()[_GOOD]
    figure = go.Figure()
    figure.add_scatter(
        x=list(instants), y=list(values), mode="lines", line={"color": colour, "width": 2}, fill="tozeroy",
        hovertemplate=f"%{{y:,}} {noun}<extra></extra>",
    )  # fmt: skip
    _calm(figure, height=150)
    figure.update_layout(hovermode="x unified")
    figure.update_xaxes(nticks=5, hoverformat="%a %-d %b, %H:%M")
    return figure


def _bars(names: Sequence[object], values: Sequence[float], hover: str, extra: Sequence[int] = ()) -> go.Figure:
    figure = go.Figure()
    figure.add_bar(
        x=list(names),
        y=list(values),
        customdata=list(extra) or None,
        marker={"color": palette.chart_colours()[_GOOD], "cornerradius": 3},
        hovertemplate=hover,
    )
    _calm(figure, height=HEIGHT)
    if max(values, default=0) < 4:
        figure.update_yaxes(range=[min(0, *values), 4], dtick=1)
    return figure


def _calm(figure: go.Figure, *, height: int) -> None:
    figure.update_layout(
        height=height,
        bargap=0.35,
        margin={"l": 0, "r": 0, "t": 8, "b": 0},
        showlegend=False,
        xaxis={"showgrid": False, "fixedrange": True},
        yaxis={"rangemode": "tozero", "nticks": 4, "fixedrange": True, "tickformat": ",d", "zeroline": False},
    )
