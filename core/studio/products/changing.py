"""Changing products, one or thousands at once, with an undo.

All changes of one call carry one correlation id. It names them in the audit trail, and the trail's before-values are
what :func:`undo` goes back to, the trash included.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.db.chunks import chunked
from core.logs import correlated
from core.studio.products.errors import NothingToUndo, ProductChangeRefused, not_found
from core.studio.products.models import Product
from core.studio.products.searching import search_text
from core.studio.shelves.projects import get_active_project
from core.system import audit
from core.system.actors import Actor
from core.system.models import AuditEvent

NAME_LENGTH = 255
NOTES_LENGTH = 10_000
MOST_AT_ONCE = 10_000

Values = Mapping[str, Any]
_COLUMNS = (
    Product.id,
    Product.name,
    Product.notes,
    Product.liked,
    Product.rejected,
    Product.rating,
    Product.project_id,
    Product.deleted_at,
    Product.prompt,
    Product.provider,
    Product.model,
)
# What is found by words: a change of these writes the text for the search anew.
_WORDED = frozenset({"name", "notes"})


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """What a call did. ``group`` names it for :func:`undo`; ``left_out`` were not there, or changed since."""

    changed: tuple[str, ...]
    left_out: tuple[str, ...] = ()
    group: str | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """What somebody made of one picture. Only what is given is changed; ``rating`` 0 takes the stars away."""

    product_id: str
    liked: bool | None = None
    rejected: bool | None = None
    rating: int | None = None

    def values(self) -> dict[str, Any]:
        """As the columns take it: what is liked is not rejected, and the other way round."""
        found: dict[str, Any] = {}
        if self.liked is not None:
            found |= {"liked": self.liked} | ({"rejected": False} if self.liked else {})
        if self.rejected is not None:
            found |= {"rejected": self.rejected} | ({"liked": False} if self.rejected else {})
        if self.rating is not None:
            found["rating"] = _stars(self.rating) if self.rating else None
        return found


def mark(session: Session, actor: Actor, marks: Sequence[Mark], *, now: datetime) -> ChangeSet:
    """Like, reject and rate pictures, each in its own way; of two marks on one picture both count, the later first."""
    wanted: dict[str, dict[str, Any]] = {}
    for one in marks:
        wanted[one.product_id] = wanted.get(one.product_id, {}) | one.values()
    return apply(session, actor, wanted, "product.marked", now=now)


def like(session: Session, actor: Actor, product_ids: Sequence[str], *, liked: bool = True, now: datetime) -> ChangeSet:
    """Like pictures, or like them no longer."""
    return mark(session, actor, [Mark(one, liked=liked) for one in product_ids], now=now)


def reject(
    session: Session, actor: Actor, product_ids: Sequence[str], *, rejected: bool = True, now: datetime
) -> ChangeSet:
    """Reject pictures, or take that back. They stay where they are."""
    return mark(session, actor, [Mark(one, rejected=rejected) for one in product_ids], now=now)


def rate(session: Session, actor: Actor, product_ids: Sequence[str], rating: int | None, *, now: datetime) -> ChangeSet:
    """Give stars, 1 to 5, or with ``None`` take them away."""
    return mark(session, actor, [Mark(one, rating=rating or 0) for one in product_ids], now=now)


def move_to_project(
    session: Session, actor: Actor, product_ids: Sequence[str], project_id: str | None, *, now: datetime
) -> ChangeSet:
    """Put pictures into a project, or with ``None`` into none. Raises what ``get_active_project`` raises."""
    if project_id is not None:
        get_active_project(session, actor, project_id)
    return apply(session, actor, _same(product_ids, {"project_id": project_id}), "product.moved", now=now)


def rename(session: Session, actor: Actor, product_id: str, name: str, *, now: datetime) -> ChangeSet:
    """Give a picture another name. Raises :class:`ProductNotFound`."""
    text = " ".join(name.replace("\0", "").split())
    if not text:
        raise ProductChangeRefused("Give the picture a name.")
    if len(text) > NAME_LENGTH:
        raise ProductChangeRefused(f"A name has at most {NAME_LENGTH} characters; this has {len(text)}.")
    return _of_one(session, actor, product_id, {"name": text}, "product.renamed", now)


def write_notes(session: Session, actor: Actor, product_id: str, notes: str, *, now: datetime) -> ChangeSet:
    """Write a person's notes on a picture; an empty text takes them away. Raises :class:`ProductNotFound`."""
    text = notes.replace("\0", "").strip()
    if len(text) > NOTES_LENGTH:
        raise ProductChangeRefused(f"Notes have at most {NOTES_LENGTH:,} characters; these have {len(text):,}.")
    return _of_one(session, actor, product_id, {"notes": text or None}, "product.noted", now)


def undo(session: Session, actor: Actor, group: str, *, now: datetime) -> ChangeSet:
    """Take back what one call did, where nothing was changed since; the answer's own group undoes the undo.

    Raises :class:`NothingToUndo`.
    """
    events = session.execute(
        select(AuditEvent.subject_id, AuditEvent.before, AuditEvent.after)
        .where(
            AuditEvent.correlation_id == group,
            AuditEvent.owner_id == actor.user_id,
            AuditEvent.subject_type == "product",
        )
        .order_by(AuditEvent.at, AuditEvent.id)
    ).all()
    if not events:
        raise NothingToUndo("There is nothing to take back: this change is not known, or it was cleared away.")
    expected = {event.subject_id: event.after or {} for event in events}
    before = {event.subject_id: _columns_of(event.before or {}) for event in events}
    return apply(session, actor, before, "product.put_back", expected=expected, everywhere=True, now=now)


def apply(
    session: Session,
    actor: Actor,
    wanted: Mapping[str, Values],
    action: str,
    *,
    expected: Mapping[str, Values] | None = None,
    in_trash: bool = False,
    everywhere: bool = False,
    now: datetime,
) -> ChangeSet:
    """Give each product its values: rows and events in a few statements, in the order of their keys.

    What is not the person's, or not where it is looked for, is left out, and with ``expected`` what no longer has
    these values. Raises :class:`ProductChangeRefused` for more than 10,000 at once.
    """
    if len(wanted) > MOST_AT_ONCE:
        raise ProductChangeRefused(f"At most {MOST_AT_ONCE:,} pictures are changed at once. Narrow the filter first.")
    changes: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {}
    written: list[dict[str, Any]] = []
    seen: set[str] = set()
    for row in _locked(session, actor, sorted(wanted), in_trash, everywhere):
        after = dict(wanted[row.id])
        if expected is not None and _told(row, expected[row.id]) != expected[row.id]:
            continue
        seen.add(row.id)
        changed = {name: value for name, value in after.items() if getattr(row, name) != value}
        if changed:
            changes[row.id] = _told(row, changed), {name: _json(value) for name, value in changed.items()}
            written.append({"id": row.id, "updated_at": now, **changed, **_searched(row, changed)})
    with correlated() as group:
        _write(session, written)
        events = [audit.event_row(actor, action, one, before=b, after=a, now=now) for one, (b, a) in changes.items()]
        audit.record_all(session, events)
    return ChangeSet(tuple(changes), tuple(one for one in wanted if one not in seen), group if changes else None)


def _same(product_ids: Iterable[str], values: Values) -> dict[str, Values]:
    return dict.fromkeys(product_ids, values)


def _of_one(session: Session, actor: Actor, product_id: str, values: Values, action: str, now: datetime) -> ChangeSet:
    done = apply(session, actor, {product_id: values}, action, now=now)
    if done.left_out:
        raise not_found()
    return done


def _locked(session: Session, actor: Actor, ids: Sequence[str], in_trash: bool, everywhere: bool) -> Iterable[Any]:
    for some in chunked(ids):
        query = select(*_COLUMNS).where(Product.id.in_(some), Product.user_id == actor.user_id)
        if not everywhere:
            query = query.where(Product.deleted_at.is_not(None) if in_trash else Product.deleted_at.is_(None))
        # In the order of their keys, so that two batches never wait for each other.
        yield from session.execute(query.order_by(Product.id).with_for_update()).all()


def _write(session: Session, rows: list[dict[str, Any]]) -> None:
    if not rows:
        return
    session.execute(update(Product), rows)
    for one in session.identity_map.values():
        if isinstance(one, Product):
            session.expire(one)


def _searched(row: Any, changed: Values) -> dict[str, str]:
    if not _WORDED & set(changed):
        return {}
    name, notes = changed.get("name", row.name), changed.get("notes", row.notes)
    return {"search_text": search_text(
        name=name, prompt=row.prompt, provider=row.provider, model=row.model, notes=notes
    )}  # fmt: skip


def _told(row: Any, names: Iterable[str]) -> dict[str, Any]:
    """What a row has, as the audit trail tells it."""
    return {name: _json(getattr(row, name)) for name in names}


def _json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _columns_of(told: Values) -> dict[str, Any]:
    """Values from the audit trail as their columns take them."""
    return {
        name: datetime.fromisoformat(value) if name == "deleted_at" and value is not None else value
        for name, value in told.items()
    }


def _stars(rating: int) -> int:
    if rating not in range(1, 6):
        raise ProductChangeRefused(f"A rating is 1 to 5 stars, not {rating}.")
    return rating
