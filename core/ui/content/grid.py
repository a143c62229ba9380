"""Posts as cards: the picture first, then the title, the state and the time."""

from collections.abc import Callable, Sequence
from html import escape

import streamlit as st

from core.publishing.listing import DeviationView
from core.publishing.models import DeviationStatus
from core.ui.content import selection
from core.ui.content.actions import RETRY
from core.ui.content.badges import Badge, badge_of
from core.ui.content.query import View
from core.ui.content.showing import Showing
from core.ui.content.table import Click
from core.ui.content.thumbs import cover

_PREFIX = "pick"


def show_grid(
    rows: Sequence[DeviationView],
    view: View,
    menu: Callable[[DeviationView], list[str]],
    showing: Showing,
) -> Click | None:
    """Draw the cards and remember which are ticked; what was clicked, if anything."""
    key = f"{_PREFIX}-{selection.turn()}"
    clicks: list[Click | None] = []
    chosen: list[str] = []
    already = set(selection.picked([row.id for row in rows]))
    with st.grid("auto", min_column_width=190, gap="small", key=f"cards-{view}"):
        for row in rows:
            with st.container(border=True, key=f"card-{row.id}", gap="xsmall"):
                clicks.append(_card(row, menu(row), f"{key}-{row.id}", row.id in already, showing))
            if st.session_state.get(f"{key}-{row.id}"):
                chosen.append(row.id)
    selection.pick(chosen)
    return next((click for click in clicks if click), None)


def _card(row: DeviationView, entries: list[str], key: str, is_picked: bool, showing: Showing) -> Click | None:
    st.html(card_html(row, showing))
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        st.checkbox("Choose", value=is_picked, key=key)
        st.space("stretch")
        label = "Retry" if row.status is DeviationStatus.FAILED and row.deleted_at is None else "Open"
        is_pressed = st.button(label, key=f"{key}-open", type="tertiary")
        entry = st.menu_button("", entries, key=f"{key}-menu", icon=":material/more_vert:", type="tertiary")
    if is_pressed:
        return Click(row.id, RETRY.text if label == "Retry" else None)
    return Click(row.id, entry) if entry else None


def card_html(row: DeviationView, showing: Showing) -> str:
    """Picture, title, state and time of a card."""
    badge = badge_of(row)
    note = f'<p class="atl-note">{escape(badge.note)}</p>' if badge.note else ""
    return (
        f'{cover(row)}<div class="atl-text"><p class="atl-title" title="{escape(row.title, quote=True)}">'
        f"{escape(row.title)}</p><p>{_state(badge)}{escape(showing.when(row))}</p>{_link(row, showing)}{note}</div>"
    )


def _state(badge: Badge) -> str:
    return f'<span class="atl-state atl-{badge.colour}">{escape(badge.label)}</span> '


def _link(row: DeviationView, showing: Showing) -> str:
    if not row.deviation_url:
        return ""
    address, label = escape(row.deviation_url, quote=True), showing.link_label(row)
    return f'<p><a href="{address}" target="_blank" rel="noopener noreferrer">{label}</a></p>'


STYLES = """
.atl-text a { color: inherit; }
.atl-text p { margin: 0; font-size: .84rem; line-height: 1.45; }
.atl-text { padding-top: .55rem; }
.atl-text .atl-title { font-weight: 600; font-size: .95rem; white-space: nowrap; overflow: hidden;
  text-overflow: ellipsis; }
.atl-text .atl-note { opacity: .8; display: -webkit-box; -webkit-line-clamp: 4; -webkit-box-orient: vertical;
  overflow: hidden; }
.atl-state { display: inline-block; font-size: .74rem; padding: 1px 7px; border-radius: 6px; margin-right: 4px;
  background: color-mix(in srgb, currentColor 12%, transparent); }
"""
