"""What a batch did, item by item: one refusal never stops the others."""

import enum
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from core.publishing.access import Post, not_found
from core.publishing.errors import PublishingError


class ItemOutcome(enum.StrEnum):
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class ItemResult:
    """One item of a batch. ``reason`` says why it was skipped; ``warnings`` are sentences about what was done."""

    id: str
    title: str | None
    outcome: ItemOutcome
    reason: str | None = None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BatchReport:
    """All items in the order they were given. ``group`` names the batch in the audit trail, for undoing it."""

    items: tuple[ItemResult, ...]
    group: str | None = None

    @property
    def changed(self) -> tuple[ItemResult, ...]:
        return tuple(item for item in self.items if item.outcome is ItemOutcome.CHANGED)

    @property
    def skipped(self) -> tuple[ItemResult, ...]:
        return tuple(item for item in self.items if item.outcome is ItemOutcome.SKIPPED)


@dataclass(frozen=True, slots=True)
class Change:
    """What one item's change came to: whether anything differs now, and what the person should know."""

    changed: bool = True
    warnings: tuple[str, ...] = ()


def run_batch(
    ids: Sequence[str], posts: dict[str, Post], change: Callable[[Post], Change], *, group: str | None = None
) -> BatchReport:
    """Apply ``change`` to each post; it must refuse before it writes anything."""
    items = [_run_one(one, posts.get(one), change) for one in dict.fromkeys(ids)]
    return BatchReport(tuple(items), group)


def _run_one(deviation_id: str, post: Post | None, change: Callable[[Post], Change]) -> ItemResult:
    if post is None:
        return ItemResult(deviation_id, None, ItemOutcome.SKIPPED, str(not_found()))
    title = post.row.title
    try:
        done = change(post)
    except PublishingError as error:
        return ItemResult(deviation_id, title, ItemOutcome.SKIPPED, str(error))
    outcome = ItemOutcome.CHANGED if done.changed else ItemOutcome.UNCHANGED
    return ItemResult(deviation_id, title, outcome, warnings=done.warnings)
