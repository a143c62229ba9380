"""Posts as cards: the picture first, then the title, the state and the time."""

from collections.abc import Callable, Sequence
from datetime import datetime
from html import escape

import streamlit as st

from core.publishing.listing import DeviationView
from core.ui.content import selection
from core.ui.content.badges import Badge, badge_of
from core.ui.content.query import View
from core.ui.content.table import Click
from core.ui.content.thumbs import cover
from core.ui.content.times import when

_PREFIX = "pick"


def show_grid(
    rows: Sequence[DeviationView],
    view: View,
    menu: Callable[[DeviationView], list[str]],
    *,
    timezone: str,
    now: datetime,
) -> Click | None:
    """Draw the cards and remember which are ticked; what was clicked, if anything."""
    key = f"{_PREFIX}-{selection.turn()}"
    clicks: list[Click | None] = []
    chosen: list[str] = []
    already = set(selection.picked([row.id for row in rows]))
    with st.grid("auto", min_column_width=190, gap="small", key=f"cards-{view}"):
        for row in rows:
            with st.container(border=True, key=f"card-{row.id}", gap="xsmall"):
                clicks.append(_card(row, menu(row), f"{key}-{row.id}", row.id in already, timezone, now))
            if st.session_state.get(f"{key}-{row.id}"):
                chosen.append(row.id)
    selection.pick(chosen)
    return next((click for click in clicks if click), None)


def _card(
    row: DeviationView, entries: list[str], key: str, is_picked: bool, timezone: str, now: datetime
) -> Click | None:
    st.html(card_html(row, timezone, now))
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        st.checkbox("Choose", value=is_picked, key=key)
        st.space("stretch")
        is_opened = st.button("Open", key=f"{key}-open", type="tertiary", help=row.title)
        entry = st.menu_button(
            "", entries, key=f"{key}-menu", icon=":material/more_vert:", type="tertiary", help="More to do"
        )
    if is_opened:
        return Click(row.id)
    return Click(row.id, entry) if entry else None


def card_html(row: DeviationView, timezone: str, now: datetime) -> str:
    """Picture, title, state and time of a card."""
    badge = badge_of(row)
    note = f'<p class="atl-note">{escape(badge.note)}</p>' if badge.note else ""
    link = _link(row)
    return (
        f'{cover(row)}<div class="atl-text"><p class="atl-title" title="{escape(row.title, quote=True)}">'
        f"{escape(row.title)}</p><p>{_state(badge)}{escape(when(row, timezone, now=now))}</p>{link}{note}</div>"
    )


def _state(badge: Badge) -> str:
    return f'<span class="atl-state atl-{badge.colour}">{escape(badge.label)}</span> '


def _link(row: DeviationView) -> str:
    if not row.deviation_url:
        return ""
    address = escape(row.deviation_url, quote=True)
    return f'<p><a href="{address}" target="_blank" rel="noopener noreferrer">View on DeviantArt</a></p>'


STYLES = """
.atl-text p { margin: 0; font-size: .84rem; line-height: 1.45; }
.atl-text { padding-top: .55rem; }
.atl-text .atl-title { font-weight: 600; font-size: .95rem; white-space: nowrap; overflow: hidden;
  text-overflow: ellipsis; }
.atl-text .atl-note { opacity: .8; display: -webkit-box; -webkit-line-clamp: 2; -webkit-box-orient: vertical;
  overflow: hidden; }
.atl-state { display: inline-block; font-size: .74rem; padding: 1px 7px; border-radius: 6px; margin-right: 4px;
  background: color-mix(in srgb, currentColor 12%, transparent); }
.atl-red { color: var(--st-red-text-color, #8a3830); }
.atl-orange { color: var(--st-orange-text-color, #7d4e17); }
.atl-blue { color: var(--st-blue-text-color, #3d5379); }
.atl-green { color: var(--st-green-text-color, #2f5540); }
.atl-violet { color: var(--st-violet-text-color, #564570); }
.atl-gray { color: var(--st-gray-text-color, #635d52); }
"""
