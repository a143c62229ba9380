"""Dialogs about one sale: its history, its screenshot, another preset, and removing it."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import streamlit as st

from core.clock import utc_now
from core.identity.sessions import SignedIn
from core.runtime import get_runtime
from core.sales import listing, proof, queue
from core.sales.listing import PresetView, SaleView
from core.sales.proof import MAX_PROOF_BYTES
from core.system.models import AuditEvent
from core.ui import times
from core.ui.errors import guarded
from core.ui.sell.notice import act, leave
from core.ui.words import plain

_KEY = "sell.dialog"

Kind = Literal["history", "proof", "preset", "remove"]
PROOF_ENDINGS = ["png", "jpg", "jpeg", "webp"]


@dataclass(frozen=True, slots=True)
class _Open:
    kind: Kind
    sale_id: str


def open_dialog(kind: Kind, sale_id: str) -> None:
    """Show a dialog on the next run."""
    st.session_state[_KEY] = _Open(kind, sale_id)


def close() -> None:
    """Show none."""
    st.session_state.pop(_KEY, None)


def is_any_open() -> bool:
    return _KEY in st.session_state


def show(user: SignedIn) -> None:
    """The dialog that is open, if any; one about a sale that is gone closes by itself."""
    opened: _Open | None = st.session_state.get(_KEY)
    if opened is None:
        return
    with get_runtime().database.read() as session:
        sale = listing.find_sale(session, user.actor, opened.sale_id, now=utc_now())
    if sale is None:
        close()
        return
    icon, title, draw = _DIALOGS[opened.kind]
    st.dialog(title, icon=icon, on_dismiss=close, width="medium")(draw)(user, sale)


def save_proof(user: SignedIn, sale: SaleView, content: bytes) -> None:
    """Put a screenshot onto the sale."""
    runtime = get_runtime()
    with proof.stored(runtime.store, user.actor, content) as kept, runtime.database.session() as session:
        proof.attach(session, user.actor, sale.id, kept, now=utc_now())


def proof_field(key: str, label: str = "Screenshot") -> bytes | None:
    """Asks for a picture; its bytes."""
    found: Any = st.file_uploader(label, type=PROOF_ENDINGS, key=key, max_upload_size=MAX_PROOF_BYTES // 2**20)
    return found.getvalue() if found else None


def _history(user: SignedIn, sale: SaleView) -> None:
    with guarded():
        with get_runtime().database.read() as session:
            events = listing.history(session, user.actor, sale.id)
        st.markdown(f"**{plain(sale.title)}** · {plain(sale.amount)}")
        lines = [_event_line(event, user.timezone) for event in events]
        st.markdown("\n".join(f"- {line}" for line in lines) or "Nothing was written down yet.")
        if sale.error_message:
            st.caption(f"What its client said last: {plain(sale.error_message)}")


def _event_line(event: AuditEvent, timezone: str) -> str:
    at = times.moment(event.at, timezone, now=utc_now())
    said = EVENT_WORDS.get(event.action, event.action)
    reason = f": {plain(event.reason)}" if event.reason else ""
    return f"{at} · {said}{reason}"


EVENT_WORDS: Mapping[str, str] = {
    "sale.queued": "queued",
    "sale.claimed": "taken",
    "sale.completed": "priced",
    "sale.tried": "tried without success",
    "sale.failed": "given up",
    "sale.skipped": "skipped",
    "sale.unskipped": "taken in again",
    "sale.retried": "to be tried again",
    "sale.released": "released",
    "sale.reopened": "not priced after all",
    "sale.repriced": "price changed",
    "sale.proof_attached": "screenshot added",
    "sale.proof_removed": "screenshot removed",
}


def _proof(user: SignedIn, sale: SaleView) -> None:
    st.markdown(f"**{plain(sale.title)}** · {plain(sale.amount)}")
    if sale.has_proof:
        # The address stays the same when the picture changes.
        st.html(f'<img alt="Screenshot" src="/sales/{sale.id}/proof" style="max-width: 100%; border-radius: 8px">')
    content = proof_field(f"proof-{sale.id}", "Another screenshot" if sale.has_proof else "Screenshot")
    with st.container(horizontal=True, horizontal_alignment="right"):
        if sale.has_proof and st.button("Remove it", key="proof-remove"):
            close()
            act(lambda session: proof.detach(session, user.actor, sale.id, now=utc_now()),
                f"The screenshot of “{sale.title}” was removed.")  # fmt: skip
        if st.button("Save", type="primary", key="proof-save", disabled=content is None) and content is not None:
            with guarded():
                save_proof(user, sale, content)
                close()
                leave(f"“{sale.title}” has its screenshot.")
                st.rerun()


def _preset(user: SignedIn, sale: SaleView) -> None:
    with get_runtime().database.read() as session:
        presets = {one.id: one for one in listing.list_presets(session, user.actor)}
    st.markdown(f"**{plain(sale.title)}** waits at {plain(sale.amount)}.")
    chosen = st.selectbox(
        "Preset", list(presets), format_func=lambda one: preset_label(presets[one]), key=f"preset-{sale.id}",
        index=list(presets).index(sale.preset_id) if sale.preset_id in presets else 0,
    )  # fmt: skip
    if st.button("Draw a price from it", type="primary", key="preset-save", disabled=not chosen):
        close()
        rng = random.SystemRandom()
        act(lambda session: queue.change_preset(session, user.actor, sale.id, chosen, rng=rng, now=utc_now()),
            f"“{sale.title}” has a price from “{presets[chosen].name}” now.")  # fmt: skip


def _remove(user: SignedIn, sale: SaleView) -> None:
    also = " Its screenshot goes with it." if sale.has_proof else ""
    st.markdown(
        f"**{plain(sale.title)}** leaves the queue, with its history here. What is set at the site stays.{also}"
    )
    with st.container(horizontal=True, horizontal_alignment="right"):
        if st.button("Keep", key="remove-no"):
            close()
            st.rerun()
        if st.button("Remove", type="primary", key="remove-yes"):
            close()
            act(lambda session: queue.remove(session, user.actor, sale.id, now=utc_now()),
                f"“{sale.title}” left the queue.")  # fmt: skip


def preset_label(preset: PresetView) -> str:
    """``Prints · $12.00``."""
    return f"{preset.name} · {preset.price_text}"


_DIALOGS: Mapping[Kind, tuple[str, str, Callable[[SignedIn, SaleView], None]]] = {
    "history": (":material/history:", "History", _history),
    "proof": (":material/add_a_photo:", "Screenshot", _proof),
    "preset": (":material/sell:", "Change the preset", _preset),
    "remove": (":material/delete:", "Remove from the queue?", _remove),
}
