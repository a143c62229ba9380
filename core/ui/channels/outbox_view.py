"""The outbox: what waits, what was sent, what failed and why."""

import functools
from collections.abc import Callable, Sequence

import streamlit as st

from core.clock import utc_now
from core.identity.sessions import SignedIn
from core.runtime import get_runtime
from core.system import outbox
from core.system.channels import ChannelView
from core.system.models import DeliveryStatus
from core.system.outbox import OutboxCounts, OutboxFilter
from core.ui.channels import rows
from core.ui.errors import guarded
from core.ui.page import empty_state
from core.ui.tables import csv_button, csv_bytes
from core.ui.words import count

PER_PAGE = 25
STATES = {
    "Waiting": DeliveryStatus.PENDING,
    "Sent": DeliveryStatus.SENT,
    "Failed": DeliveryStatus.FAILED,
    "Thrown away": DeliveryStatus.DISCARDED,
}


def show_outbox(user: SignedIn, mine: Sequence[ChannelView], counts: OutboxCounts) -> None:
    """Filters, what can be done to all, and the rows of one page."""
    wanted = _ask_filter(mine)
    with get_runtime().database.read() as session:
        total = outbox.count_deliveries(session, user.actor, wanted)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(count(total, "message"), width="content")
        if total:
            csv_button(functools.partial(_make_csv, user, wanted), "outbox", key="outbox-csv")
        _show_all_at_once(user, counts)
    if total:
        _show_page(user, wanted, total)
    else:
        _show_empty(wanted)


def _ask_filter(mine: Sequence[ChannelView]) -> OutboxFilter:
    names = {f"{one.shown} ({one.kind.value})": one.id for one in mine}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        state = st.selectbox("State", list(STATES), index=None, placeholder="Any", key="state", bind="query-params",
                             width=180)  # fmt: skip
        channel = st.selectbox("Channel", list(names), index=None, placeholder="Any", key="channel",
                               bind="query-params", width=280)  # fmt: skip
    return OutboxFilter(STATES[state] if state else None, names.get(channel or ""))


def _show_all_at_once(user: SignedIn, counts: OutboxCounts) -> None:
    if counts.failed and st.button("Retry what failed", key="retry-all", icon=":material/replay:"):
        _do(user, outbox.retry_failed, "{} again on their way.")
    if counts.waiting:
        with st.popover("Throw away what waits", icon=":material/delete_sweep:"):
            st.markdown(f"{count(counts.waiting, 'message')} will not be sent. Each can be put back here.")
            if st.button("Throw them away", key="discard-all", type="primary"):
                _do(user, outbox.discard_waiting, "{} thrown away.")


def _do(user: SignedIn, act: Callable[..., int], sentence: str) -> None:
    with guarded():
        with get_runtime().database.session() as session:
            number = act(session, user.actor, now=utc_now())
        st.toast(sentence.format(count(number, "message")))
        st.rerun()


def _show_page(user: SignedIn, wanted: OutboxFilter, total: int) -> None:
    now = utc_now()
    table = st.container(key="outbox-rows", gap=None)
    pages = -(-total // PER_PAGE)
    page = 1
    if pages > 1:
        with st.container(horizontal_alignment="center"):
            page = st.pagination(pages, key="page", bind="query-params")
    with get_runtime().database.read() as session:
        found = outbox.list_deliveries(session, user.actor, wanted, limit=PER_PAGE, offset=(page - 1) * PER_PAGE)
    rows.apply()
    with table:
        for delivery in found:
            rows.show_row(user, delivery, now)


def _show_empty(wanted: OutboxFilter) -> None:
    if wanted == OutboxFilter():
        body = "When something needs you, each message to your channels appears here, with what became of it."
        empty_state("Nothing sent yet", body, icon=":material/outbox:")
        return
    empty_state("Nothing matches", "No message fits these filters.", icon=":material/filter_alt_off:")
    st.button("Clear filters", key="outbox-clear", on_click=_clear)


def _clear() -> None:
    st.session_state["state"] = st.session_state["channel"] = None


def _make_csv(user: SignedIn, wanted: OutboxFilter) -> bytes:
    with get_runtime().database.read() as session:
        return csv_bytes(outbox.csv_rows(session, user.actor, wanted))
