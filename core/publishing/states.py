"""The life of a deviation: the one table of moves, used by services, sidecar and screens.

    review ──approve──▶ draft ──schedule──▶ scheduled ──claim──▶ uploading ──▶ publishing ──▶ published
                          ▲ ◀────cancel──────┘  ▲ ◀──retry later──┘  │  ◀──retry──┘  │
                          └──────edit again── failed ◀──────give up──┴───────────────┘

``uploading`` and ``publishing`` say how far the work has come; whether somebody works on it at
this moment is read from the lease, never from the status.
"""

from core.publishing.errors import IllegalMove
from core.publishing.models import DeviationStatus as S

# (from, to): why. ``None`` as the origin is creation.
MOVES: dict[tuple[S | None, S], str] = {
    (None, S.REVIEW): "arrived from a program",
    (None, S.DRAFT): "uploaded or duplicated",
    (None, S.PUBLISHED): "taken over from the gallery",
    (S.REVIEW, S.DRAFT): "approved",
    (S.DRAFT, S.REVIEW): "approval undone",
    (S.DRAFT, S.SCHEDULED): "scheduled, or publish now",
    (S.FAILED, S.SCHEDULED): "retried, or scheduled again",
    (S.FAILED, S.DRAFT): "taken back for editing",
    (S.SCHEDULED, S.DRAFT): "cancelled",
    (S.SCHEDULED, S.UPLOADING): "claimed by the sidecar",
    (S.UPLOADING, S.SCHEDULED): "tried without effect, or waits for its account; later again",
    (S.UPLOADING, S.PUBLISHING): "all files are in Sta.sh",
    (S.UPLOADING, S.PUBLISHED): "kept in Sta.sh only",
    (S.UPLOADING, S.FAILED): "given up",
    (S.PUBLISHING, S.UPLOADING): "the Sta.sh item is gone; sent again",
    (S.PUBLISHING, S.PUBLISHED): "all files are on DeviantArt",
    (S.PUBLISHING, S.FAILED): "given up",
    (S.UPLOADING, S.DRAFT): "cancelled before anything was shown",
    (S.PUBLISHING, S.DRAFT): "cancelled before anything was shown",
}

QUEUED = frozenset({S.SCHEDULED, S.UPLOADING, S.PUBLISHING})
EDITABLE = frozenset({S.REVIEW, S.DRAFT, S.SCHEDULED, S.FAILED})
IN_PROGRESS = frozenset({S.UPLOADING, S.PUBLISHING})


def may_move(origin: S | None, target: S) -> bool:
    return (origin, target) in MOVES


def require_move(origin: S | None, target: S) -> None:
    """Raise :class:`IllegalMove` unless the table has this move."""
    if not may_move(origin, target):
        start = "nothing" if origin is None else f"“{origin.value}”"
        raise IllegalMove(
            f"A deviation cannot go from {start} to “{target.value}”. Reload the page to see where it is."
        )
