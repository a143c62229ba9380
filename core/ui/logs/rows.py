"""One call as a row: when, which post, which step, how it ended. On a phone the parts stand under each other."""

from collections.abc import Callable
from datetime import datetime
from html import escape

import streamlit as st

from core.publishing.attempts import AttemptView
from core.ui import palette, times
from core.ui.links import screen_link
from core.ui.logs.query import named
from core.ui.words import plain, shortened

TITLE_LENGTH = 48

_CSS = """
.st-key-log-filters { display: grid; grid-template-columns: 1.5fr repeat(5, minmax(0, 1fr)); gap: 0.75rem; }
.st-key-log-rows [data-testid="stHorizontalBlock"] { padding: 0.5rem 0;
  border-top: 1px solid color-mix(in srgb, currentColor 10%, transparent); }
.st-key-log-rows [data-testid="stPageLink-NavLink"] { padding-left: 0; }
.st-key-log-rows [data-testid="stPageLink-NavLink"] p { overflow-wrap: anywhere; white-space: normal; }
.st-key-log-rows button { min-height: 0; padding-top: 0; padding-bottom: 0; }
[data-testid="stDialog"] [data-testid="stPageLink-NavLink"] { padding-left: 0; }
.atl-when { font-variant-numeric: tabular-nums; font-size: 0.9rem; padding-top: 0.15rem; }
.atl-when small { opacity: 0.7; font-size: 0.82rem; }
.atl-call { display: flex; flex-wrap: wrap; gap: 0.1rem 0.7rem; align-items: baseline; font-size: 0.9rem;
  padding-top: 0.15rem; }
.atl-call b { font-weight: 600; }
.atl-call span { white-space: nowrap; font-variant-numeric: tabular-nums; }
.atl-call p { flex-basis: 100%; margin: 0.1rem 0 0; font-size: 0.86rem; opacity: 0.85; overflow-wrap: anywhere; }
@media (max-width: 640px) {
  .st-key-log-filters { grid-template-columns: repeat(2, minmax(0, 1fr)); }
  .st-key-log-filters > :first-child { grid-column: 1 / -1; }
  .st-key-log-rows [data-testid="stHorizontalBlock"] { display: grid; grid-template-columns: 1fr auto; gap: 0.1rem; }
  .st-key-log-rows [data-testid="stColumn"] { width: auto; min-width: 0; grid-column: 1 / -1; }
  .st-key-log-rows [data-testid="stColumn"]:first-child { grid-column: 1; }
  .st-key-log-rows [data-testid="stColumn"]:last-child { grid-column: 2; grid-row: 1; }
  .st-key-log-rows .atl-when br { display: none; }
  .st-key-log-rows .atl-when small::before { content: " · "; }
}
"""
_COLOURS = {"done": "greenTextColor", "failed": "redTextColor", "unknown": "orangeTextColor"}
_WORDS = {"done": "Done", "failed": "Failed", "unknown": "No answer"}


def apply() -> None:
    st.html(f"<style>{_CSS}</style>")


def show_row(attempt: AttemptView, timezone: str, *, now: datetime, on_details: Callable[[str], None]) -> None:
    """The row; ``on_details`` is called with the post's id when the person wants to know more."""
    when, title, call, more = st.columns([1.5, 2.4, 5, 0.8], vertical_alignment="top", gap="small")
    with when:
        st.html(_when(attempt, timezone, now))
    with title:
        screen_link(plain(shortened(attempt.title, TITLE_LENGTH)), f"content?open={attempt.deviation_id}")
    with call:
        st.html(call_line(attempt))
    with more:
        if st.button("Details", key=f"details-{attempt.id}", type="tertiary"):
            on_details(attempt.deviation_id)


def call_line(attempt: AttemptView) -> str:
    """Outcome, step, category, codes, duration and message as HTML."""
    colour = palette.colour(_COLOURS.get(attempt.outcome, "grayTextColor"))
    outcome = escape(_WORDS.get(attempt.outcome, attempt.outcome))
    parts = [f'<b style="color: {colour}">{outcome}</b>', f"<span>{escape(attempt.step)}</span>"]
    parts += [f"<span>{escape(part)}</span>" for part in _facts(attempt)]
    if attempt.message:
        parts.append(f"<p>{escape(attempt.message)}</p>")
    return f'<div class="atl-call">{"".join(parts)}</div>'


def _facts(attempt: AttemptView) -> list[str]:
    facts = [named(attempt.category)] if attempt.category else []
    if attempt.http_status is not None:
        facts.append(f"HTTP {attempt.http_status}")
    if attempt.provider_code is not None:
        facts.append(f"code {attempt.provider_code}")
    if attempt.number > 1:
        facts.append(f"try {attempt.number}")
    return [*facts, times.duration(attempt.duration_ms)]


def _when(attempt: AttemptView, timezone: str, now: datetime) -> str:
    account = escape(attempt.account_name or "no account")
    return (
        f'<div class="atl-when">{escape(times.precise(attempt.started_at, timezone, now=now))}'
        f"<br><small>{account}</small></div>"
    )
