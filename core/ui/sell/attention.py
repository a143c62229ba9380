"""What of the sale queue needs somebody, and what came of it so far."""

from collections.abc import Mapping, Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.clock import utc_now
from core.identity.sessions import SignedIn
from core.runtime import get_runtime
from core.sales import handling
from core.sales.listing import SaleView, Total
from core.sales.models import SaleQueueStatus as S
from core.ui.errors import guarded
from core.ui.sell.notice import leave
from core.ui.words import count, listed, plain


def show_attention(user: SignedIn, counts: Mapping[S, int], silent: Sequence[SaleView]) -> None:
    """What failed, and what clients hold that fell silent."""
    if failed := counts[S.FAILED]:
        with _box("failed"):
            pieces = count(failed, "piece")
            st.markdown(f":material/error: {pieces} could not be priced, in three tries each.", width="stretch")
            if st.button("Retry all", icon=":material/replay:", key="retry-all"):
                _retry_all(user)
    if silent:
        with _box("silent"):
            names = listed(sorted({plain(sale.held_by or "") for sale in silent}))
            held = f"{count(len(silent), 'piece is', 'pieces are')} held by {names}, not heard of for ten minutes."
            st.markdown(f":material/hourglass_disabled: {held} The next client takes over by itself.", width="stretch")
            if st.button("Release", icon=":material/lock_open:", key="release-all"):
                _release(user, [sale.id for sale in silent])


def show_totals(totals: Sequence[Total]) -> None:
    """What was priced so far, by currency."""
    if totals:
        said = [f"**{plain(one.amount)}** for {count(one.count, 'piece')}" for one in totals]
        st.markdown(f"Priced so far: {listed(said)}.")


def _box(name: str) -> DeltaGenerator:
    return st.container(
        border=True, horizontal=True, vertical_alignment="center", gap="small", key=f"sales-attention-{name}"
    )


def _retry_all(user: SignedIn) -> None:
    with guarded():
        with get_runtime().database.session() as session:
            retried = handling.retry_all_failed(session, user.actor, now=utc_now())
        leave(f"{count(retried, 'piece waits', 'pieces wait')} for a price again.")
        st.rerun()


def _release(user: SignedIn, ids: Sequence[str]) -> None:
    with guarded():
        now = utc_now()
        with get_runtime().database.session() as session:
            outcome = handling.for_each(ids, lambda one: handling.release(session, user.actor, one, now=now))
        leave(f"{count(outcome.done, 'piece waits', 'pieces wait')} for a price again.", refusals=outcome.refusals)
        st.rerun()
