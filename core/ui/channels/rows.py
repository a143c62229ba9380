"""Rows of the outbox and of the history: when, what, and what can be done. On a phone they stand under each other."""

from datetime import datetime
from html import escape

import streamlit as st

from core.clock import utc_now
from core.identity.sessions import SignedIn
from core.runtime import get_runtime
from core.system import outbox
from core.system.models import DeliveryStatus
from core.system.outbox import DeliveryView
from core.system.topics import name_of
from core.ui import palette, times
from core.ui.channels.words import KINDS, fate_of
from core.ui.errors import guarded

_CSS = """
.st-key-outbox-rows [data-testid="stHorizontalBlock"] { padding: 0.5rem 0;
  border-top: 1px solid color-mix(in srgb, currentColor 10%, transparent); }
.st-key-outbox-rows [data-testid="stHorizontalBlock"] [data-testid="stHorizontalBlock"] { padding: 0; border: 0; }
.st-key-outbox-rows button { min-height: 0; padding-top: 0; padding-bottom: 0; }
.atl-sent { font-size: 0.9rem; padding-top: 0.15rem; overflow-wrap: anywhere; }
.atl-sent b { font-weight: 600; }
.atl-sent small { font-size: 0.82rem; opacity: 0.72; }
.atl-sent p { margin: 0.1rem 0 0; font-size: 0.86rem; }
.atl-sent time { font-variant-numeric: tabular-nums; }
@media (max-width: 640px) {
  .st-key-outbox-rows [data-testid="stHorizontalBlock"] { display: grid; grid-template-columns: 1fr auto; gap: 0.1rem; }
  .st-key-outbox-rows [data-testid="stColumn"] { width: auto; min-width: 0; grid-column: 1 / -1; }
  .st-key-outbox-rows [data-testid="stColumn"]:first-child { grid-column: 1; }
  .st-key-outbox-rows [data-testid="stColumn"]:last-child { grid-column: 2; grid-row: 1; }
  .st-key-outbox-rows [data-testid="stColumn"] [data-testid="stHorizontalBlock"] { display: flex; gap: 0.9rem; }
}
"""
RETRY, PUT_BACK, TRY_NOW, DISCARD = "Retry", "Put back", "Try now", "Throw away"


def apply() -> None:
    st.html(f"<style>{_CSS}</style>")


def show_row(user: SignedIn, delivery: DeliveryView, now: datetime) -> None:
    """One message, how it went, and what can be done about it."""
    when, what, act = st.columns([1.3, 5.5, 2], vertical_alignment="top", gap="small")
    with when:
        moment = times.precise(delivery.created_at, user.timezone, now=now)
        st.html(f'<div class="atl-sent"><time>{escape(moment)}</time></div>')
    with what:
        st.html(_what(user, delivery, now))
    with act, st.container(horizontal=True, horizontal_alignment="right", gap="small"):
        for label in _choices(delivery, now):
            if st.button(label, key=f"{label}-{delivery.id}", type="tertiary"):
                with guarded():
                    _do(user, delivery, label)
                    st.rerun()


def _what(user: SignedIn, delivery: DeliveryView, now: datetime) -> str:
    has_server = get_runtime().settings.smtp_url is not None
    fate = fate_of(delivery, has_mail_server=has_server, timezone=user.timezone, now=now)
    tries = f" · {delivery.attempts} tries" if delivery.attempts > 1 else ""
    facts = f"{name_of(delivery.topic)} · {KINDS[delivery.kind]} to {delivery.channel}{tries}"
    return (
        f'<div class="atl-sent">{escape(delivery.subject)}<br><small>{escape(facts)}</small>'
        f'<p><b style="color: {palette.colour(fate.colour)}">{escape(fate.word)}</b> {escape(fate.detail)}</p></div>'
    )


def _choices(delivery: DeliveryView, now: datetime) -> list[str]:
    if delivery.status is DeliveryStatus.PENDING:
        is_put_off = delivery.next_attempt_at is not None and delivery.next_attempt_at > now
        return [TRY_NOW, DISCARD] if is_put_off and delivery.is_enabled and delivery.is_confirmed else [DISCARD]
    return {DeliveryStatus.FAILED: [RETRY], DeliveryStatus.DISCARDED: [PUT_BACK]}.get(delivery.status, [])


def _do(user: SignedIn, delivery: DeliveryView, label: str) -> None:
    act = outbox.discard if label == DISCARD else outbox.retry
    with get_runtime().database.session() as session:
        act(session, user.actor, delivery.id, now=utc_now())
