"""Figures as cards: a number, how it changed, and a sparkline. One piece of HTML, two columns on a phone."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

import streamlit as st

from core.ui import palette

_CSS = """
.atl-figures { display: grid; grid-template-columns: repeat(4, minmax(0, 1fr)); gap: 0.85rem; }
.atl-figure { border: 1px solid color-mix(in srgb, currentColor 14%, transparent); border-radius: 10px;
  padding: 0.9rem 1rem 0.8rem; display: flex; flex-direction: column; gap: 0.15rem; min-width: 0; }
.atl-figure b { font-size: 1.9rem; line-height: 1.15; font-weight: 600; font-variant-numeric: tabular-nums; }
.atl-figure .atl-label { font-size: 0.9rem; }
/* By colour: the change in the note has one of its own, which must not fade with the words around it. */
.atl-figure .atl-note, .atl-figure .atl-span { font-size: 0.82rem;
  color: color-mix(in srgb, currentColor 72%, transparent); }
.atl-figure .atl-note { min-height: 1.3em; }
.atl-figure .atl-change { font-weight: 600; font-variant-numeric: tabular-nums; }
.atl-spark { display: flex; align-items: flex-end; gap: 3px; height: 34px; margin: 0.5rem 0 0.15rem; }
.atl-spark i { flex: 1; max-width: 12px; border-radius: 2px 2px 0 0; background: currentColor; opacity: 0.25; }
.atl-figure .atl-span { font-size: 0.75rem; }
@media (max-width: 900px) { .atl-figures { grid-template-columns: repeat(2, minmax(0, 1fr)); } }
"""


@dataclass(frozen=True, slots=True)
class Figure:
    """One card. ``series`` is drawn as bars, the one at ``today`` stronger; ``span`` says what they are.

    ``change`` is coloured by ``falling_is``: ``bad`` paints a fall red, ``good`` a rise; ``None`` paints nothing.
    ``say`` puts a number into words, and ``less`` is said of a fall.
    """

    label: str
    value: int
    note: str
    series: Sequence[int]
    span: str
    today: int = -1
    change: int | None = None
    falling_is: str | None = None
    say: Callable[[int], str] = "{:,}".format
    less: str = "fewer"


def show_figures(figures: Sequence[Figure]) -> None:
    """The cards beside each other."""
    st.html(f'<style>{_CSS}</style><div class="atl-figures">{"".join(map(_card, figures))}</div>')


def _card(figure: Figure) -> str:
    value = escape(figure.say(figure.value))
    change = f"{_change_words(figure)} " if figure.change else ""
    spoken = escape(f"{figure.label}: {figure.say(figure.value)}, {change}{figure.note}", quote=True)
    return (
        f'<div class="atl-figure" role="group" aria-label="{spoken}">'
        f'<span class="atl-label">{escape(figure.label)}</span><b>{value}</b>'
        f'<span class="atl-note">{_change(figure)}{escape(figure.note)}</span>'
        f'{_sparkline(figure)}<span class="atl-span">{escape(figure.span)}</span></div>'
    )


def _change(figure: Figure) -> str:
    if not figure.change:
        return ""
    name = _change_colour(figure.change, figure.falling_is)
    style = f' style="color: {palette.colour(name)}"' if name else ""
    return f'<span class="atl-change"{style}>{escape(_change_words(figure))}</span> '


def _change_words(figure: Figure) -> str:
    change = figure.change or 0
    return f"{figure.say(abs(change))} {'more' if change > 0 else figure.less}"


def _change_colour(change: int, falling_is: str | None) -> str | None:
    if falling_is is None:
        return None
    is_bad = (change < 0) is (falling_is == "bad")
    return "redTextColor" if is_bad else "greenTextColor"


def _sparkline(figure: Figure) -> str:
    """Bars from the text's own colour, today's in the accent; a day without anything keeps a hair, so one sees it."""
    top = max(*figure.series, 1)
    today = figure.today % len(figure.series)
    accent = f' style="height: {{}}%; background: {palette.colour("primaryColor")}; opacity: 1"'
    plain = ' style="height: {}%"'
    # Elements instead of an SVG: Streamlit takes those out of HTML.
    bars = "".join(
        f"<i{(accent if place == today else plain).format(max(round(value / top * 100), 3))}></i>"
        for place, value in enumerate(figure.series)
    )
    return f'<div class="atl-spark" aria-hidden="true">{bars}</div>'
