"""The log of an automation: what each run did, newest first."""

from datetime import datetime
from functools import partial
from html import escape

import streamlit as st

from core.clock import utc_now
from core.identity.sessions import SignedIn
from core.publishing.automations import history
from core.publishing.automations.history import RunView
from core.runtime import get_runtime
from core.ui.automations import address
from core.ui.automations.cards import outcome_html
from core.ui.links import screen_link
from core.ui.page import empty_state, zone_note
from core.ui.tables import csv_button, csv_bytes
from core.ui.times import moment
from core.ui.words import count, plain, shortened

PAGE_SIZE = 20


def show_log(user: SignedIn, automation_id: str) -> None:
    """A page of runs, with a way to the others and a file of all."""
    now = utc_now()
    with get_runtime().database.read() as session:
        page = history.list_runs(session, user.actor, automation_id, page=address.page_number(), page_size=PAGE_SIZE)
    if not page.rows:
        empty_state("It has not run yet", "Each time it acts, or cannot, is told here.", icon=":material/receipt_long:")
        return
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.markdown(f"**{count(page.total, 'run')}**")
        csv_button(partial(_csv, user, automation_id), "automation-log", key="automation-log-csv")
    st.caption(f"That drafts ran out is told once, when it begins. {zone_note(user.timezone)}")
    with st.container(gap=None, key="automation-log"):
        for run in page.rows:
            _show_run(run, user.timezone, now)
    if page.pages > 1:
        with st.container(horizontal_alignment="center"):
            st.session_state["automation-page"] = page.number
            st.pagination(
                page.pages,
                key="automation-page",
                on_change=lambda: address.turn_to(st.session_state["automation-page"]),
            )


def _show_run(run: RunView, timezone: str, now: datetime) -> None:
    parts = [
        f"<b>{escape(moment(run.executed_at, timezone, now=now))}</b>",
        outcome_html(run.outcome),
        f"<span>{escape(run.rule)}</span>",
    ]
    if run.scheduled_count:
        parts.append(f"<span>{count(run.scheduled_count, 'post')}</span>")
    if run.message:
        parts.append(f"<p>{escape(run.message)}</p>")
    st.html(f'<div class="atl-run">{"".join(parts)}</div>')
    if run.posts:
        with st.container(horizontal=True, gap="small"):
            for deviation_id, title in run.posts:
                screen_link(plain(shortened(title, 48)), f"content?open={deviation_id}")


def _csv(user: SignedIn, automation_id: str) -> bytes:
    with get_runtime().database.read() as session:
        return csv_bytes(history.csv_rows(session, user.actor, automation_id))
