"""The life of a sale: the one table of moves, used by services, the HTTP protocol and the screen.

pending ──claim──▶ processing ──complete──▶ completed
 ▲ │ ▲ ◀─try again─┘      └──given up──▶ failed ──┐
 │ │ └──────────────retry───────────────┘ │  by hand, or a late answer ──▶ completed
 │ └────skip───▶ skipped ◀────skip────────┘
 └──unskip────────┘
"""

from core.sales.errors import IllegalMove
from core.sales.models import SaleQueueStatus as S

# (from, to): why.
MOVES: dict[tuple[S, S], str] = {
    (S.PENDING, S.PROCESSING): "claimed by a client",
    (S.PROCESSING, S.PROCESSING): "claimed again after its lease ran out",
    (S.PROCESSING, S.COMPLETED): "priced by the client",
    (S.PROCESSING, S.PENDING): "tried without success, or released by a person",
    (S.PROCESSING, S.FAILED): "tried as often as allowed",
    (S.PENDING, S.COMPLETED): "priced by hand",
    (S.FAILED, S.COMPLETED): "priced by hand, or its client answered after all",
    (S.PENDING, S.SKIPPED): "left out by a person",
    (S.FAILED, S.SKIPPED): "left out by a person",
    (S.SKIPPED, S.PENDING): "taken in again",
    (S.FAILED, S.PENDING): "to be tried again",
    (S.COMPLETED, S.PENDING): "marked as done by mistake",
}

# What still has to be priced, or might be: a preset these refer to is needed.
UNFINISHED = frozenset({S.PENDING, S.PROCESSING, S.FAILED})
FINISHED = frozenset({S.COMPLETED, S.SKIPPED})

_SAID = {
    S.PENDING: "waits in the queue",
    S.PROCESSING: "is being priced by a client",
    S.COMPLETED: "is priced already",
    S.FAILED: "has failed",
    S.SKIPPED: "is skipped",
}
_WANTED = {
    S.PENDING: "put back into the queue",
    S.PROCESSING: "claimed",
    S.COMPLETED: "marked as done",
    S.FAILED: "given up",
    S.SKIPPED: "skipped",
}


def require_move(title: str, origin: S, target: S) -> None:
    """Raise :class:`IllegalMove`, naming the piece, unless a sale may go from ``origin`` to ``target``."""
    if (origin, target) not in MOVES:
        raise IllegalMove(f"“{title}” {_SAID[origin]}, so it cannot be {_WANTED[target]}. Reload the page.")
