"""Which of a person's products are meant: one value for the gallery, its address, and the rule of a collection."""

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Self

from core.studio.products.errors import ProductChangeRefused
from core.studio.products.models import ProductSource, ProductType

WORDS_LENGTH = 300


@dataclass(frozen=True, slots=True)
class ProductFilter:
    """What to show; empty and ``None`` mean: any.

    ``words`` are looked for in prompt, name, model, provider and notes, each by its beginning. ``rating_from`` leaves
    out what has no rating. ``unsorted``: neither liked, rejected nor rated. Times are half-open: from included, before
    not. Costs are in US dollars, both ends included, and leave out what has no known cost. ``drafted``: whether a post
    outside the trash shows it. ``trashed`` looks in the trash only.
    """

    words: str = ""
    project_id: str | None = None
    no_project: bool = False
    provider: str | None = None
    model: str | None = None
    tag_id: str | None = None
    collection_id: str | None = None
    order_id: str | None = None
    rating_from: int | None = None
    unrated: bool = False
    unsorted: bool = False
    liked: bool | None = None
    rejected: bool | None = None
    drafted: bool | None = None
    source: ProductSource | None = None
    type: ProductType | None = None
    created_from: datetime | None = None
    created_before: datetime | None = None
    cost_from: Decimal | None = None
    cost_to: Decimal | None = None
    cost_unknown: bool = False
    trashed: bool = False

    def given(self) -> dict[str, Any]:
        """Only what narrows, by the names of the fields."""
        return {one.name: value for one in fields(self) if (value := getattr(self, one.name)) != one.default}

    def to_json(self) -> dict[str, Any]:
        """Plain values, only what narrows."""
        return {name: _plain(value) for name, value in self.given().items()}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """What ``to_json`` wrote. Raises :class:`ProductChangeRefused` naming what cannot be read."""
        values = {}
        for name, value in stored.items():
            if name not in _READ:
                raise ProductChangeRefused(f"“{name}” is no filter of the gallery. Choose it there, then save it anew.")
            try:
                values[name] = _READ[name](value)
            except (ValueError, TypeError, InvalidOperation) as error:
                raise ProductChangeRefused(f"The filter “{name}” cannot be {str(value)[:60]!r}.") from error
        return cls(**values)

    def to_query(self) -> dict[str, str]:
        """As parameters of an address."""
        found = {}
        for name, value in self.given().items():
            told = {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(_plain(value))
            found[_ADDRESS.get(name, name)] = told
        return found

    @classmethod
    def from_query(cls, parameters: Mapping[str, str]) -> Self:
        """The filter an address means; what cannot be understood counts as not said."""
        values = {}
        for name, read in _READ.items():
            told = parameters.get(_ADDRESS.get(name, name), "").strip()
            if not told:
                continue
            try:
                values[name] = read({"yes": True, "no": False}.get(told, told) if name in _YES_OR_NO else told)
            except (ValueError, TypeError, InvalidOperation):
                continue
        return cls(**values)


# Short names for addresses, where the field's own is long.
_ADDRESS = {
    "words": "q",
    "project_id": "project",
    "tag_id": "tag",
    "collection_id": "collection",
    "order_id": "order",
    "rating_from": "rating",
    "created_from": "from",
    "created_before": "before",
}
ADDRESS_NAMES = tuple(_ADDRESS.get(one.name, one.name) for one in fields(ProductFilter))


def _plain(value: Any) -> Any:
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat()
        case enum.Enum():
            return value.value
        case Decimal():
            return format(value, "f")
        case _:
            return value


def _text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > WORDS_LENGTH:
        raise ValueError
    return value.replace("\0", "").encode("utf-8", "ignore").decode().strip()


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError
    return value


def _stars(value: Any) -> int:
    if isinstance(value, bool) or str(value) not in {"1", "2", "3", "4", "5"}:
        raise ValueError
    return int(value)


def _instant(value: Any) -> datetime:
    at = datetime.fromisoformat(str(value))
    try:
        return at.astimezone(UTC) if at.tzinfo is not None else at.replace(tzinfo=UTC)
    except OverflowError as error:  # the first or last day there is, in a zone beside ours
        raise ValueError from error


def _money(value: Any) -> Decimal:
    if isinstance(value, bool) or len(str(value)) > 20:
        raise ValueError
    amount = Decimal(str(value))
    # As much as the column holds.
    if not amount.is_finite() or not 0 <= amount < 100_000:
        raise ValueError
    return amount


_FLAGS = ("no_project", "unrated", "unsorted", "liked", "rejected", "drafted", "cost_unknown", "trashed")
_YES_OR_NO = frozenset(_FLAGS)
_READ: Mapping[str, Callable[[Any], Any]] = {
    **dict.fromkeys(("words", "project_id", "provider", "model", "tag_id", "collection_id", "order_id"), _text),
    **dict.fromkeys(_FLAGS, _flag),
    **dict.fromkeys(("created_from", "created_before"), _instant),
    **dict.fromkeys(("cost_from", "cost_to"), _money),
    "rating_from": _stars,
    "source": ProductSource,
    "type": ProductType,
}
