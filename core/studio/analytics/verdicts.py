"""How products fared, by model, by the value of a lookup, and by a number: made, judged, kept, rated, and what a kept
one cost."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Float, String, TableValuedAlias, cast, func, literal_column, select, true
from sqlalchemy.orm import Session

from core.studio.analytics.scope import Scope, conditions, judged_count, kept_count
from core.studio.products.models import Product
from core.system.actors import Actor

MOST_ROWS = 500
MOST_BINS = 12


@dataclass(frozen=True, slots=True)
class Verdict:
    """One group of products.

    ``rating`` is the mean of those rated, from 1 to 5. ``cost`` is in US dollars, ``None`` when that of any of them is
    unknown (``unpriced`` says of how many).
    """

    name: str
    made: int
    judged: int
    kept: int
    rated: int
    rating: float | None
    cost: Decimal | None
    unpriced: int

    @property
    def keep_rate(self) -> float | None:
        """The share of the judged that was kept, from 0 to 1."""
        return self.kept / self.judged if self.judged else None

    @property
    def cost_per_kept(self) -> Decimal | None:
        """What it took to get one that is kept; unknown without one, or when a cost is."""
        return self.cost / self.kept if self.cost is not None and self.kept else None


@dataclass(frozen=True, slots=True)
class LookupVerdicts:
    """The values of one token or lookup, best first."""

    key: str
    values: tuple[Verdict, ...]


def overall(session: Session, actor: Actor, scope: Scope) -> Verdict:
    """Everything in the scope together."""
    row = session.execute(select(*_measures()).where(*conditions(actor, scope))).one()
    return _verdict("", row)


def by_model(session: Session, actor: Actor, scope: Scope) -> list[Verdict]:
    """By model, the most made first."""
    query = (
        select(Product.model, *_measures())
        .where(*conditions(actor, scope))
        .group_by(Product.model)
        .order_by(func.count().desc(), Product.model)
        .limit(MOST_ROWS)
    )
    return [_verdict(row[0] or "unknown model", row[1:]) for row in session.execute(query)]


def by_lookup(session: Session, actor: Actor, scope: Scope) -> list[LookupVerdicts]:
    """By what each token and lookup became; those with one value only teach nothing and are left out."""
    pairs = _pairs(session, Product.choices)
    query = (
        select(pairs.c.key, _text(session, pairs), *_measures())
        .select_from(Product)
        .join(pairs, true())
        .where(*conditions(actor, scope))
        .group_by(pairs.c.key, _text(session, pairs))
        .order_by(func.count().desc(), pairs.c.key)
        .limit(MOST_ROWS)
    )
    found: dict[str, list[Verdict]] = {}
    for row in session.execute(query):
        found.setdefault(row[0], []).append(_verdict(row[1] or "nothing", row[2:]))
    return [
        LookupVerdicts(key, tuple(sorted(values, key=_best_first)))
        for key, values in sorted(found.items())
        if len(values) > 1
    ]


def numeric_parameters(session: Session, actor: Actor, scope: Scope) -> list[str]:
    """The names of parameters that are numbers and were tried with more than one value; seeds teach nothing."""
    pairs = _pairs(session, Product.parameters)
    query = (
        select(pairs.c.key)
        .select_from(Product)
        .join(pairs, true())
        .where(*conditions(actor, scope), _is_number(session, pairs))
        .group_by(pairs.c.key)
        .having(func.count(_text(session, pairs).distinct()) > 1)
    )
    return sorted(name for name in session.scalars(query) if name != "seed")


def by_number(session: Session, actor: Actor, scope: Scope, parameter: str) -> list[Verdict]:
    """By the value of a numeric parameter, rising; many values are put together in at most twelve spans."""
    pairs = _pairs(session, Product.parameters)
    value = cast(_text(session, pairs), Float)
    query = (
        select(value, *_measures())
        .select_from(Product)
        .join(pairs, true())
        .where(*conditions(actor, scope), _is_number(session, pairs), pairs.c.key == parameter)
        .group_by(value)
        .order_by(value)
    )
    rows = [(float(row[0]), _verdict(f"{row[0]:g}", row[1:])) for row in session.execute(query)]
    return [verdict for _, verdict in rows] if len(rows) <= MOST_BINS else _spans(rows)


def _measures() -> tuple[ColumnElement[Any], ...]:
    unpriced = func.count() - func.count(Product.cost)
    return (
        func.count(),
        judged_count(),
        kept_count(),
        func.count(Product.rating),
        func.sum(Product.rating),
        func.sum(Product.cost),
        unpriced,
    )


def _verdict(name: str, row: Sequence[Any]) -> Verdict:
    made, judged, kept, rated, ratings, cost, unpriced = row
    known = (cost if cost is not None else Decimal(0)) if not unpriced else None
    mean = float(ratings) / rated if rated else None
    return Verdict(str(name), made, int(judged or 0), int(kept or 0), rated, mean, known, unpriced)


def _best_first(one: Verdict) -> tuple[float, float, str]:
    return (-(one.keep_rate if one.keep_rate is not None else -1), -(one.rating or 0), one.name)


def _spans(rows: Sequence[tuple[float, Verdict]]) -> list[Verdict]:
    """Neighbouring values together, so that each span has about as many products."""
    total = sum(one.made for _, one in rows)
    spans: list[list[tuple[float, Verdict]]] = [[]]
    filled = 0
    for value, one in rows:
        if filled >= total / MOST_BINS and len(spans) < MOST_BINS:
            spans.append([])
            filled = 0
        spans[-1].append((value, one))
        filled += one.made
    return [_together(span) for span in spans]


def _together(span: Sequence[tuple[float, Verdict]]) -> Verdict:
    low, high = span[0][0], span[-1][0]
    ones = [one for _, one in span]
    rated = sum(one.rated for one in ones)
    ratings = sum((one.rating or 0) * one.rated for one in ones)
    unpriced = sum(one.unpriced for one in ones)
    return Verdict(
        f"{low:g}" if low == high else f"{low:g} to {high:g}",
        sum(one.made for one in ones),
        sum(one.judged for one in ones),
        sum(one.kept for one in ones),
        rated,
        ratings / rated if rated else None,
        None if unpriced else _sum(one.cost for one in ones),
        unpriced,
    )


def _sum(costs: Iterable[Decimal | None]) -> Decimal:
    return sum((cost for cost in costs if cost is not None), Decimal(0))


def _pairs(session: Session, column: Any) -> TableValuedAlias:
    """The members of a JSON object as rows of ``key`` and ``value``."""
    if session.get_bind().dialect.name == "postgresql":
        return func.jsonb_each(column).table_valued("key", "value", name="pairs", joins_implicitly=True)
    return func.json_each(column).table_valued("key", "value", "type", name="pairs", joins_implicitly=True)


def _text(session: Session, pairs: TableValuedAlias) -> ColumnElement[str]:
    if session.get_bind().dialect.name == "postgresql":
        return literal_column("pairs.value #>> '{}'", String)
    return cast(pairs.c.value, String)


def _is_number(session: Session, pairs: TableValuedAlias) -> ColumnElement[bool]:
    if session.get_bind().dialect.name == "postgresql":
        return func.jsonb_typeof(pairs.c.value) == "number"
    return pairs.c.type.in_(("integer", "real"))
