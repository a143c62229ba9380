"""Lists of a person's products, page by page.

A page goes on after the last row of the one before, wherever that row stands now: what is sorted out meanwhile shifts
nothing, and the thousandth page costs what the first one does. An order that no single index gives is put together of
*stretches* that one gives: by rating, those with five stars come first, newest first, then those with four.
"""

import base64
import binascii
import enum
import heapq
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal, literal_column, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from core.media.models import Blob
from core.metering.price import HIGHEST_COST
from core.studio.products.errors import ProductChangeRefused
from core.studio.products.filters import ProductFilter
from core.studio.products.models import Product
from core.studio.products.searching import conditions
from core.studio.products.views import ProductView, views_of
from core.system.actors import Actor

MAX_PAGE_SIZE = 200
MAX_SELECTION = 10_000
LARGEST_FILE = 2**63 - 1  # bytes, as the databases count
# A screen counts up to here: “1,000+” costs the same in a house of a thousand and of a hundred thousand.
COUNTED = 1_000
# Rows with a word are further apart.
COUNTED_BY_WORDS = 250
STARS = (5, 4, 3, 2, 1)


class Order(enum.StrEnum):
    """Orders of a list. ``rating`` best first, ``cost`` and ``size`` largest first; what has none comes last."""

    NEWEST = "newest"
    OLDEST = "oldest"
    RATING = "rating"
    COST = "cost"
    SIZE = "size"


@dataclass(frozen=True, slots=True)
class ProductPage:
    """One page; the cursors lead to its neighbours, ``None``: there is none."""

    rows: tuple[ProductView, ...]
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Count:
    """How many match; ``is_more``: at least so many, nobody counted on."""

    number: int
    is_more: bool = False

    def __str__(self) -> str:
        return f"{self.number:,}{'+' if self.is_more else ''}"


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Part of an order: rows of ``condition``, by ``keys``, all in the same direction; the last is the id."""

    keys: tuple[InstrumentedAttribute[Any], ...]
    condition: ColumnElement[bool] | None = None
    descending: bool = True


@dataclass(frozen=True, slots=True)
class _Place:
    """A row in an order: its stretch and keys. ``backwards``: the page before it is wanted."""

    stretch: int
    keys: tuple[Any, ...]
    backwards: bool = False


@dataclass(frozen=True, slots=True)
class _Found:
    id: str
    place: _Place


def list_products(
    session: Session,
    actor: Actor,
    wanted: ProductFilter | None = None,
    *,
    order: Order = Order.NEWEST,
    cursor: str | None = None,
    page_size: int = 60,
) -> ProductPage:
    """One page of what matches, at most 200 rows. Raises :class:`ProductChangeRefused` for a made-up cursor."""
    chosen = wanted or ProductFilter()
    size = min(max(page_size, 1), MAX_PAGE_SIZE)
    place = _read_cursor(cursor) if cursor else None
    reading = _Reading(session, actor, chosen, order)
    found = reading.read(place, size + 1)
    if place is not None and place.backwards:
        if len(found) <= size:  # the beginning is nearer than a page: show it whole
            return list_products(session, actor, wanted, order=order, page_size=size)
        rows, before, after = list(reversed(found[:size])), True, True
    else:
        rows, before, after = found[:size], place is not None, len(found) > size
    return ProductPage(
        views_of(session, actor.user_id, [one.id for one in rows]),
        before=_cursor(replace(rows[0].place, backwards=True)) if rows and before else None,
        after=_cursor(rows[-1].place) if rows and after else None,
    )


def list_ids(
    session: Session,
    actor: Actor,
    wanted: ProductFilter,
    *,
    order: Order = Order.NEWEST,
    limit: int = MAX_SELECTION,
) -> list[str]:
    """The ids of all that match, in order: what “all that match” means to a bulk action."""
    reading = _Reading(session, actor, wanted, order)
    return [one.id for one in reading.read(None, limit)]


def count_products(session: Session, actor: Actor, wanted: ProductFilter, *, at_most: int | None = None) -> Count:
    """How many match, counted up to ``at_most``, by default to what costs next to nothing."""
    at_most = at_most or (COUNTED_BY_WORDS if wanted.words else COUNTED)
    where = conditions(session, actor, wanted)
    if wanted.rating_from is not None:
        where.append(Product.rating >= wanted.rating_from)
    some = select(literal_column("1")).select_from(Product).where(*where).limit(at_most + 1).subquery()
    number = session.scalar(select(func.count()).select_from(some)) or 0
    return Count(min(number, at_most), number > at_most)


class _Reading:
    """One list, to be read from a place on."""

    def __init__(self, session: Session, actor: Actor, wanted: ProductFilter, order: Order) -> None:
        by_time = order not in {Order.COST, Order.SIZE}
        self._session, self._order, self._rating_from = session, order, wanted.rating_from
        self._where = conditions(session, actor, wanted, by_time=by_time)
        self._stretches = _stretches(order, wanted.rating_from)

    def read(self, place: _Place | None, limit: int) -> list[_Found]:
        """At most ``limit`` rows behind ``place``, or in front of it, nearest first."""
        backwards = place is not None and place.backwards
        numbers = range(len(self._stretches))
        if place is not None:
            if place.stretch not in numbers or not _fits(place, self._stretches[place.stretch]):
                raise _bad_cursor()
            numbers = range(place.stretch, -1, -1) if backwards else range(place.stretch, len(self._stretches))
        elif backwards:
            numbers = range(len(self._stretches) - 1, -1, -1)
        found: list[_Found] = []
        for number in numbers:
            here = place if place is not None and place.stretch == number else None
            found += self._of_stretch(number, here, backwards, limit - len(found))
            if len(found) >= limit:
                break
        return found

    def _of_stretch(self, number: int, place: _Place | None, backwards: bool, limit: int) -> list[_Found]:
        stretch = self._stretches[number]
        query = self._query(stretch, place, backwards).limit(limit)
        if self._rating_from is None or self._order is Order.RATING:
            rows = list(self._session.execute(query))
        else:
            rows = self._merged(query, stretch, backwards, limit)
        return [_Found(row[-1], _Place(number, tuple(row))) for row in rows]

    def _merged(self, query: Select[Any], stretch: _Stretch, backwards: bool, limit: int) -> list[Any]:
        """Each number of stars is read by itself, which an index gives in order, and the best of them all are kept."""
        if stretch.keys[0] is not Product.created_at:
            return list(self._session.execute(query.where(Product.rating >= self._rating_from)))
        each = [
            list(self._session.execute(query.where(Product.rating == stars)))
            for stars in STARS
            if stars >= (self._rating_from or 1)
        ]
        merged = heapq.merge(*each, key=tuple, reverse=stretch.descending is not backwards)
        return list(merged)[:limit]

    def _query(self, stretch: _Stretch, place: _Place | None, backwards: bool) -> Select[Any]:
        query = select(*stretch.keys).where(*self._where)
        if stretch.condition is not None:
            query = query.where(stretch.condition)
        if stretch.keys[0] is Blob.file_size:
            query = query.join(Blob, Blob.id == Product.blob_id).where(Blob.user_id == Product.user_id)
        downwards = stretch.descending is not backwards
        if place is not None:
            here, there = tuple_(*stretch.keys), tuple_(*_bound(stretch, place))
            query = query.where(here < there if downwards else here > there)
        return query.order_by(*(key.desc() if downwards else key.asc() for key in stretch.keys))


_BY_TIME = (Product.created_at, Product.id)
_KINDS = {"created_at": datetime, "cost": Decimal, "file_size": int, "id": str}


def _stretches(order: Order, rating_from: int | None) -> tuple[_Stretch, ...]:
    match order:
        case Order.NEWEST:
            return (_Stretch(_BY_TIME),)
        case Order.OLDEST:
            return (_Stretch(_BY_TIME, descending=False),)
        case Order.SIZE:
            return (_Stretch((Blob.file_size, Product.id)),)
        case Order.COST:
            known = _Stretch((Product.cost, *_BY_TIME), Product.cost.is_not(None))
            return known, _Stretch(_BY_TIME, Product.cost.is_(None))
        case Order.RATING:
            rated = [_Stretch(_BY_TIME, Product.rating == stars) for stars in STARS if stars >= (rating_from or 1)]
            return tuple(rated) if rating_from else (*rated, _Stretch(_BY_TIME, Product.rating.is_(None)))


def _fits(place: _Place, stretch: _Stretch) -> bool:
    """Whether it is a place in this stretch: a cursor of another order has keys of other kinds."""
    return [type(value) for value in place.keys] == [_KINDS[key.key] for key in stretch.keys]


def _bound(stretch: _Stretch, place: _Place) -> Sequence[Any]:
    return [literal(value, key.type) for key, value in zip(stretch.keys, place.keys, strict=True)]


def _cursor(place: _Place) -> str:
    told = [place.stretch, int(place.backwards), [_told(value) for value in place.keys]]
    return base64.urlsafe_b64encode(json.dumps(told, separators=(",", ":")).encode()).decode().rstrip("=")


def _told(value: Any) -> Any:
    match value:
        case datetime():
            return {"at": value.isoformat()}
        case Decimal():
            return {"cost": str(value)}
        case _:
            return value


def _read_cursor(cursor: str) -> _Place:
    try:
        stretch, backwards, keys = json.loads(base64.urlsafe_b64decode(cursor.encode() + b"=="))
        return _Place(int(stretch), tuple(_meant(key) for key in keys), bool(backwards))
    except (binascii.Error, UnicodeError, ValueError, TypeError, KeyError, ArithmeticError, RecursionError) as error:
        raise _bad_cursor() from error


def _meant(key: Any) -> Any:
    """A key as a row could have it; what it is a key of shows later."""
    match key:
        case {"at": at}:
            instant = datetime.fromisoformat(at)
            if instant.tzinfo is None:
                raise ValueError
            return instant.astimezone(UTC)
        case {"cost": cost}:
            return _up_to(HIGHEST_COST, Decimal(cost))
        case int():
            return _up_to(LARGEST_FILE, key)
    return key


def _up_to(highest: int | Decimal, found: int | Decimal) -> int | Decimal:
    if not 0 <= found <= highest:
        raise ValueError
    return found


def _bad_cursor() -> ProductChangeRefused:
    return ProductChangeRefused("This page does not exist any more. Go back to the first one.")
