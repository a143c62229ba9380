"""Stacked bars of days or weeks."""

from datetime import timedelta
from html import escape

import plotly.graph_objects as go

from core.metering.figures import OTHER, Series
from core.ui import palette

HEIGHT = 300
NAME_LENGTH = 28


def stacked(series: Series, *, is_money: bool) -> go.Figure:
    """One colour a name, the largest at the bottom."""
    dates = series.dates
    figure = go.Figure()
    shape = "%{y:$,.4~f}" if is_money else "%{y:,d}"
    for number, (name, values) in enumerate(zip(series.names, series.values, strict=True)):
        colour, opacity = _colour(number, name)
        figure.add_bar(
            name=_short(name), x=list(dates), y=[float(value) for value in values],
            marker={"color": colour, "opacity": opacity}, hovertemplate=f"{shape} {_short(name)}<extra></extra>",
        )  # fmt: skip
    figure.update_layout(
        barmode="stack",
        bargap=0.3,
        height=HEIGHT,
        margin={"l": 0, "r": 0, "t": 8, "b": 0},
        hovermode="x unified",
        showlegend=False,  # a phone's chart would be nothing but its legend
        xaxis={
            "tickformat": "%-d %b", "nticks": 8, "showgrid": False, "fixedrange": True, "hoverformat": "%a %-d %b %Y",
        },
        yaxis={
            "rangemode": "tozero", "nticks": 5, "fixedrange": True, "zeroline": False,
            "tickformat": "$,~f" if is_money else ",d",
        },
    )  # fmt: skip
    if len(dates) == 1:  # a single bar would be as wide as the chart
        figure.update_xaxes(range=[dates[0] - timedelta(days=4), dates[0] + timedelta(days=4)], showticklabels=True)
    return figure


def legend(series: Series) -> str:
    """The names with their colours, as HTML that finds its own lines."""
    entries = []
    for number, name in enumerate(series.names):
        colour, opacity = _colour(number, name)
        entries.append(f'<span><i style="background: {colour}; opacity: {opacity}"></i>{escape(_short(name))}</span>')
    return f'<div class="atl-legend">{"".join(entries)}</div>'


def _colour(number: int, name: str) -> tuple[str, float]:
    """The palette, then the palette paler; what is put together is grey."""
    if name == OTHER:
        return palette.colour("grayColor"), 0.5
    colours = palette.chart_colours()
    return colours[number % len(colours)], 1.0 if number < len(colours) else 0.55


def _short(name: str) -> str:
    return name if len(name) <= NAME_LENGTH else f"{name[: NAME_LENGTH - 1]}…"
