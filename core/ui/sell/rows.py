"""One sale as a row: picture, title, price, state, and what is to be known about it."""

from datetime import datetime
from html import escape

import streamlit as st

from core.sales.claims import MAX_ATTEMPTS
from core.sales.listing import SaleView
from core.sales.models import SaleQueueStatus as S
from core.ui import palette, times
from core.ui.links import is_of_the_web
from core.ui.page import blob_url
from core.ui.sell.query import STATUS_NAMES
from core.ui.words import count

_CSS = """
.atl-sale { display: grid; grid-template-columns: 56px minmax(0, 2.2fr) minmax(90px, .8fr) minmax(0, 2.6fr);
  gap: .2rem .9rem; align-items: center; font-size: .95rem; }
.atl-sale img, .atl-sale .atl-nothing { width: 56px; height: 56px; object-fit: cover; border-radius: 8px;
  display: block; background: color-mix(in srgb, currentColor 7%, transparent); }
.atl-sale a.atl-title { font-weight: 600; color: inherit; text-decoration: none; overflow-wrap: anywhere; }
.atl-sale a.atl-title:hover { text-decoration: underline; }
.atl-sale small { display: block; opacity: .72; font-size: .82rem; overflow-wrap: anywhere; }
.atl-sale .atl-price { font-variant-numeric: tabular-nums; font-weight: 600; }
.atl-sale b { font-weight: 600; }
[class*="st-key-sale-row-"] { flex-wrap: nowrap; }
[class*="st-key-sale-row-"] > :first-child { flex: 1 1 0; min-width: 0; }
.atl-sale small a { color: inherit; }
.st-key-sale-rows > div + div { border-top: 1px solid color-mix(in srgb, currentColor 10%, transparent);
  padding-top: .55rem; }
@media (max-width: 640px) {
  .atl-sale { grid-template-columns: 56px minmax(0, 1fr) auto; }
  .atl-sale .atl-state { grid-column: 2 / -1; }
}
"""
_COLOURS = {
    S.PENDING: "blueTextColor",
    S.PROCESSING: "orangeTextColor",
    S.COMPLETED: "greenTextColor",
    S.FAILED: "redTextColor",
    S.SKIPPED: "grayTextColor",
}


def apply() -> None:
    """Add the styles; once per run of the screen."""
    st.html(f"<style>{_CSS}</style>")


def show_row(sale: SaleView, timezone: str, *, now: datetime, entries: list[str]) -> str | None:
    """Draw the row; the entry that was chosen from its menu, if any."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"sale-row-{sale.id}"):
        st.html(row_html(sale, timezone, now=now), width="stretch")
        chosen: str | None = st.menu_button(
            "", entries, icon=":material/more_horiz:", key=f"sale-menu-{sale.id}", type="tertiary", help="What to do"
        )
    return chosen


def row_html(sale: SaleView, timezone: str, *, now: datetime) -> str:
    """The row without its menu."""
    picture = '<span class="atl-nothing"></span>'
    if sale.cover_blob_id:
        picture = f'<img loading="lazy" alt="" src="{blob_url(sale.cover_blob_id, 150)}">'
    colour = palette.colour("orangeTextColor" if sale.is_lease_over else _COLOURS[sale.status])
    state = "Client fell silent" if sale.is_lease_over else STATUS_NAMES[sale.status]
    facts = "".join(f"<small>{fact}</small>" for fact in _facts(sale, timezone, now))
    return (
        f'<div class="atl-sale">{picture}<div>{_title(sale)}<small>{escape(sale.preset_name)}</small></div>'
        f'<span class="atl-price">{escape(sale.amount)}</span>'
        f'<div class="atl-state"><b style="color: {colour}">{escape(state)}</b>{facts}</div></div>'
    )


def _title(sale: SaleView) -> str:
    """A link to the piece at the site; the address came from there, but only the web is linked to."""
    title = escape(sale.title)
    if not is_of_the_web(sale.url):
        return f"<b>{title}</b>"
    return f'<a class="atl-title" href="{escape(sale.url, quote=True)}" target="_blank" rel="noopener">{title}</a>'


def _facts(sale: SaleView, timezone: str, now: datetime) -> list[str]:
    """Lines of HTML: who, when, which try, what went wrong, and the screenshot."""
    lines = [escape(_when(sale, timezone, now))]
    if sale.error_message and sale.status in {S.PENDING, S.FAILED}:
        lines.append(escape(sale.error_message))
    if sale.has_proof:
        lines.append(f'<a href="/sales/{sale.id}/proof" target="_blank" rel="noopener">Screenshot</a>')
    return lines


def _when(sale: SaleView, timezone: str, now: datetime) -> str:
    def said(at: datetime) -> str:
        return times.moment(at, timezone, now=now)

    if sale.status is S.COMPLETED and sale.completed_at:
        by = sale.completed_by or "by hand"
        return f"{said(sale.completed_at)}, {by if by == 'by hand' else f'by {by}'}"
    if sale.status is S.PROCESSING and sale.held_until:
        until = "its time ran out" if sale.is_lease_over else "until"
        return f"{sale.held_by}, {until} {said(sale.held_until)}"
    if sale.status is S.PENDING and sale.not_before and sale.not_before > now:
        return f"Try {sale.attempts + 1} of {MAX_ATTEMPTS} {said(sale.not_before)} at the earliest"
    if sale.status is S.FAILED:
        return f"After {count(sale.attempts, 'try', 'tries')}, {said(sale.updated_at)}"
    return f"Since {said(sale.created_at if sale.status is S.PENDING else sale.updated_at)}"
