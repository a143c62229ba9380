"""The real sidecar, killed at one exact place of one order: ``python -m tests.crash.dying_generator PLACE ORDER``.

``PLACE`` is one of ``PLACES``, ``ORDER`` the id of an order. The process kills itself when it passes that place for an
item of that order, so that nothing is rounded off by timing; the code that runs is the product's own.
"""

import sys
from typing import Any

from core.studio.execution import claims, settling
from core.studio.execution.calls import Calls
from core.studio.execution.keeping import Keeper
from core.studio.execution.ledger import Ledger
from core.studio.execution.runner import Runner
from core.studio.execution.work import Work
from core.studio.orders.models import AttemptState, ItemStatus
from tests.crash.dying import die, run_sidecar

PLACES = (
    "claimed",
    "before the call",
    "after the call",
    "handle written, not committed",
    "handle committed",
    "answer known",
    "provider done, committed",
    "result stored",
    "products written, not committed",
    "complete",
)


class Fuse:
    """At the chosen place of the chosen order the process is gone."""

    def __init__(self, place: str, order_id: str) -> None:
        self._place = place
        self._order_id = order_id

    def pass_by(self, place: str, work: Work) -> None:
        if place == self._place and work.order_id == self._order_id:
            die()


def _told_by(ledger: Ledger) -> str | None:
    """What a transaction writes, as far as it is a place."""
    if ledger._item.get("status") is ItemStatus.COMPLETE:
        return "complete"
    if ledger._attempt.get("state") is AttemptState.SUBMITTED:
        return "handle"
    return "done" if "finished_at" in ledger._attempt and "state" not in ledger._attempt else None


def watch(fuse: Fuse) -> None:
    """Make the steps of an item places."""
    begin, submit, poll, store = claims.begin, Calls.submit, Calls.poll, Keeper._store
    close, tell_work = settling.close, Ledger.tell_work

    def watched_begin(*args: Any, **kwargs: Any) -> list[Work]:
        works = begin(*args, **kwargs)
        for work in works:
            fuse.pass_by("claimed", work)
        return works

    def watched_submit(self: Calls, work: Work) -> Any:
        fuse.pass_by("before the call", work)
        submitted = submit(self, work)
        fuse.pass_by("after the call", work)
        return submitted

    def watched_poll(self: Calls, work: Work, *args: Any) -> Any:
        status = poll(self, work, *args)
        if status.outcome is not None:
            fuse.pass_by("answer known", work)
        return status

    def watched_store(self: Keeper, work: Work, *args: Any) -> Any:
        kept = store(self, work, *args)
        fuse.pass_by("result stored", work)
        return kept

    def watched_close(ledger: Ledger) -> None:
        close(ledger)
        written = {"handle": "handle written, not committed", "complete": "products written, not committed"}
        fuse.pass_by(written.get(_told_by(ledger) or "", ""), ledger.work)

    def watched_tell(self: Ledger) -> None:
        tell_work(self)
        committed = {"handle": "handle committed", "done": "provider done, committed", "complete": "complete"}
        fuse.pass_by(committed.get(_told_by(self) or "", ""), self.work)

    claims.begin = watched_begin
    Calls.submit, Calls.poll = watched_submit, watched_poll  # type: ignore[method-assign]
    Keeper._store = watched_store  # type: ignore[method-assign]
    settling.close = watched_close
    Ledger.tell_work = watched_tell  # type: ignore[method-assign]
    assert Runner._write.__globals__["settling"].close is watched_close


def main() -> None:
    watch(Fuse(sys.argv[1], sys.argv[2]))
    run_sidecar()


if __name__ == "__main__":
    main()
