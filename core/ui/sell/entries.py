"""What can be done to a sale from its menu, by state."""

import random
from collections.abc import Callable, Mapping

import streamlit as st

from core.clock import utc_now
from core.identity.sessions import SignedIn
from core.sales import handling, queue
from core.sales.listing import SaleView
from core.sales.models import SaleQueueStatus as S
from core.ui.sell import dialogs
from core.ui.sell.notice import Change, act

rng = random.SystemRandom()

DONE, SKIP, RETRY = ":material/check: Mark as priced", ":material/block: Skip", ":material/replay: Retry"
REOPEN, UNSKIP = ":material/undo: Not priced after all", ":material/playlist_add: Take in again"
RELEASE = ":material/lock_open: Release"
REDRAW, PRESET = ":material/casino: Draw the price again", ":material/sell: Change the preset"
PROOF, HISTORY = ":material/add_a_photo: Screenshot", ":material/history: History"
REMOVE = ":material/delete: Remove"

ENTRIES: Mapping[S, list[str]] = {
    S.PENDING: [DONE, SKIP, REDRAW, PRESET, PROOF, HISTORY, REMOVE],
    S.PROCESSING: [RELEASE, HISTORY],
    S.COMPLETED: [REOPEN, PROOF, HISTORY, REMOVE],
    S.FAILED: [RETRY, DONE, SKIP, PROOF, HISTORY, REMOVE],
    S.SKIPPED: [UNSKIP, HISTORY, REMOVE],
}
_DIALOGS: Mapping[str, dialogs.Kind] = {PRESET: "preset", PROOF: "proof", HISTORY: "history", REMOVE: "remove"}


def choose(user: SignedIn, sale: SaleView, entry: str) -> None:
    """Do what was chosen, or open its dialog."""
    kind = _DIALOGS.get(entry)
    if kind is not None:
        dialogs.open_dialog(kind, sale.id)
        st.rerun()
    if entry == DONE:
        act(change(user, handling.mark_done, sale), f"“{sale.title}” is priced at {sale.amount}.",
            undo=change(user, handling.reopen, sale))  # fmt: skip
    elif entry == SKIP:
        act(change(user, handling.skip, sale), f"“{sale.title}” is skipped.", undo=change(user, handling.unskip, sale))
    elif entry == RETRY:
        act(change(user, handling.retry, sale), f"“{sale.title}” waits for its price again.")
    elif entry == REOPEN:
        act(change(user, handling.reopen, sale), f"“{sale.title}” waits for its price again.")
    elif entry == UNSKIP:
        act(change(user, handling.unskip, sale), f"“{sale.title}” waits for its price again.",
            undo=change(user, handling.skip, sale))  # fmt: skip
    elif entry == RELEASE:
        act(change(user, handling.release, sale), f"“{sale.title}” was taken from {sale.held_by} and waits again.")
    elif entry == REDRAW:
        act(lambda session: queue.redraw(session, user.actor, sale.id, rng=rng, now=utc_now()),
            f"The price of “{sale.title}” was drawn again; it was {sale.amount} before.")  # fmt: skip


def change(user: SignedIn, action: Callable[..., object], sale: SaleView) -> Change:
    """``action`` of the service on this sale, as of when it is done."""
    return lambda session: action(session, user.actor, sale.id, now=utc_now())
