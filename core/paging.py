"""Lists that are shown page by page."""

from dataclasses import dataclass
from typing import Generic, TypeVar

Row = TypeVar("Row")


@dataclass(frozen=True)  # without slots: a frozen generic class cannot be built by its alias then
class Page(Generic[Row]):
    """One page; ``number`` counts from 1, ``total`` is over all pages."""

    rows: tuple[Row, ...]
    total: int
    number: int
    size: int

    @property
    def pages(self) -> int:
        return _pages(self.total, self.size)


def nearest_page(wanted: int, *, total: int, size: int) -> int:
    """The page to show: a number before the first gives the first, one behind the last the last."""
    return min(max(wanted, 1), _pages(total, size))


def _pages(total: int, size: int) -> int:
    return max(1, -(-total // size))  # an empty list has one page
