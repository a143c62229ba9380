"""Pricing by hand, one piece at a time: open it, paste the price, mark it as priced, go on."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from core.clock import utc_now
from core.identity.sessions import SignedIn
from core.runtime import get_runtime
from core.sales import handling, proof
from core.sales.listing import SaleView
from core.ui.content.keyboard import guard_enter
from core.ui.errors import guarded
from core.ui.links import site_link
from core.ui.page import blob_url, empty_state
from core.ui.sell import entries
from core.ui.sell.copying import copy_button
from core.ui.sell.dialogs import proof_field
from core.ui.sell.notice import Change, act, leave
from core.ui.sell.query import Chosen
from core.ui.words import plain

_CSS = """
.atl-piece img { width: 100%; max-height: 56vh; object-fit: contain; border-radius: 10px; display: block;
  background: color-mix(in srgb, currentColor 5%, transparent); }
.atl-piece .atl-nothing { display: grid; place-items: center; min-height: 220px; border-radius: 10px; opacity: .7;
  background: color-mix(in srgb, currentColor 7%, transparent); }
.atl-amount { font-size: 2.4rem; font-weight: 600; line-height: 1.1; font-variant-numeric: tabular-nums; }
@media (max-width: 640px) { .atl-piece img { max-height: 34vh; } }
"""


def show_by_hand(user: SignedIn, chosen: Chosen, waiting: Sequence[SaleView], total: int) -> None:
    """The piece in hand out of those that wait, the longest waiting first."""
    st.html(f"<style>{_CSS}</style>")
    if not waiting:
        empty_state("Nothing waits for a price", "What is published with a price preset comes here by itself.",
                    icon=":material/check_circle:")  # fmt: skip
        return
    guard_enter()
    place = next((place for place, sale in enumerate(waiting) if sale.id == chosen.piece), 0)
    sale = waiting[place]
    left, right = st.columns([1.15, 1], gap="large")
    with left:
        st.html(_picture(sale))
    with right:
        st.caption(f"{place + 1:,} of {total:,} waiting")
        st.markdown(f"### {plain(sale.title)}")
        st.html(f'<div class="atl-amount">{escape(sale.amount)}</div>')
        st.caption(f"From the preset “{plain(sale.preset_name)}”.")
        _show_steps(user, sale, waiting, place)


def _show_steps(user: SignedIn, sale: SaleView, waiting: Sequence[SaleView], place: int) -> None:
    """In the order of the work: copy, open, set it there, come back, say so."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        copy_button(sale.typed_price, "Copy price", key="c")
        site_link("Open the piece", sale.url, shortcut="O", key=f"open-{sale.id}")
    screenshot = proof_field(f"hand-proof-{sale.id}", "Screenshot as proof (optional)")
    next_id = _neighbour(waiting, place, 1)
    with st.container(horizontal=True, gap="small"):
        if st.button("Mark as priced", type="primary", icon=":material/check:", shortcut="Enter", key="hand-done"):
            _finish(user, sale, screenshot, next_id)
        if st.button("Skip", icon=":material/block:", shortcut="S", key="hand-skip"):
            _go_to(next_id)
            act(entries.change(user, handling.skip, sale), f"“{sale.title}” is skipped.",
                undo=entries.change(user, handling.unskip, sale))  # fmt: skip
    with st.container(horizontal=True, gap="small"):
        st.button("Previous", icon=":material/chevron_left:", shortcut="Left", key="hand-previous", type="tertiary",
                  disabled=place == 0, on_click=_go_to, args=(_neighbour(waiting, place, -1),))  # fmt: skip
        st.button("Next", icon=":material/chevron_right:", shortcut="Right", key="hand-next", type="tertiary",
                  disabled=place == len(waiting) - 1, on_click=_go_to, args=(next_id,))  # fmt: skip


def _finish(user: SignedIn, sale: SaleView, screenshot: bytes | None, next_id: str | None) -> None:
    """Mark it as priced, with its screenshot if there is one, and go on to the next."""
    runtime, undo = get_runtime(), entries.change(user, handling.reopen, sale)
    sentence = f"“{sale.title}” is priced at {sale.amount}."
    if screenshot is None:
        with guarded():
            with runtime.database.session() as session:
                handling.mark_done(session, user.actor, sale.id, now=utc_now())
            _go_on(sentence, next_id, undo)
        return
    with guarded():
        with proof.stored(runtime.store, user.actor, screenshot) as kept, runtime.database.session() as session:
            handling.mark_done(session, user.actor, sale.id, proof=kept, now=utc_now())
        _go_on(sentence, next_id, undo)


def _go_on(sentence: str, next_id: str | None, undo: Change) -> None:
    _go_to(next_id)
    leave(sentence, undo=undo)
    st.rerun()


def _go_to(sale_id: str | None) -> None:
    if sale_id is None:
        st.query_params.pop("piece", None)
    else:
        st.query_params["piece"] = sale_id


def _neighbour(waiting: Sequence[SaleView], place: int, step: int) -> str | None:
    """The piece before or behind; behind the last one the list begins anew."""
    other = place + step
    return waiting[other].id if 0 <= other < len(waiting) else None


def _picture(sale: SaleView) -> str:
    if sale.cover_blob_id is None:
        return '<div class="atl-piece"><div class="atl-nothing">No picture here</div></div>'
    title = escape(sale.title, quote=True)
    return f'<div class="atl-piece"><img alt="{title}" src="{blob_url(sale.cover_blob_id, 800)}"></div>'
