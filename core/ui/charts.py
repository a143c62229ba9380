"""Figures in the theme's own colours. ``plotly.graph_objects`` only: ``plotly.express`` takes far longer to load."""

from collections.abc import Sequence
from datetime import date

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
