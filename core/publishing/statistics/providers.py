"""What statistics need of a gallery site; the adapter speaks the site's own protocol."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

COUNTED_AT_ONCE = 10


@dataclass(frozen=True, slots=True)
class WorkCounts:
    """Counts of one published work since it is out; ``None`` where the site did not say."""

    deviation_id: str
    views: int | None = None
    favourites: int | None = None
    comments: int | None = None
    downloads: int | None = None


class CountingSite(Protocol):
    """Counts of published works; both calls raise ``ProviderError``. Ids are the site's own."""

    def counts(self, token: str, deviation_ids: Sequence[str]) -> list[WorkCounts]:
        """Counts of at most ``COUNTED_AT_ONCE`` works in one call; what is gone is left out."""

    def is_gone(self, token: str, deviation_id: str) -> bool:
        """Whether the site has deleted the work, or never had it."""
