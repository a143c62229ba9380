"""Collections by rule: what the gallery shows under a filter, kept under a name. Members are a query, never rows."""

from datetime import datetime

from sqlalchemy.orm import Session

from core.db.ids import new_id
from core.errors import AtelierError
from core.studio.products.filters import ProductFilter
from core.studio.products.listing import MAX_SELECTION, Count, Order, count_products, list_ids
from core.studio.shelves.collections import CollectionForm, get_collection, read_form
from core.studio.shelves.errors import ShelfInUse, ShelfRefused
from core.studio.shelves.models import Collection
from core.studio.shelves.projects import get_project
from core.studio.shelves.tags import get_tag
from core.system import audit
from core.system.actors import Actor


def create_smart(
    session: Session, actor: Actor, form: CollectionForm, rule: ProductFilter, *, now: datetime
) -> Collection:
    """A new collection by rule. Raises :class:`ShelfRefused`."""
    values = {**read_form(form), "rule": _read(session, actor, rule)}
    row = Collection(id=new_id("col"), user_id=actor.user_id, created_at=now, updated_at=now, **values)
    session.add(row)
    session.flush()
    audit.record(session, actor, "collection.created", row.id, after=values, now=now)
    return row


def change_rule(
    session: Session, actor: Actor, collection_id: str, rule: ProductFilter, *, now: datetime
) -> Collection:
    """Let it follow another rule. Raises :class:`ShelfInUse` for one by hand, :class:`ShelfRefused`."""
    row = get_collection(session, actor, collection_id)
    if row.rule is None:
        raise ShelfInUse("This collection is put together by hand. Make a new one by rule instead.")
    before, after = {"rule": row.rule}, {"rule": _read(session, actor, rule, of=row.id)}
    if before != after:
        row.rule, row.updated_at = after["rule"], now
        session.flush()
        audit.record(session, actor, "collection.ruled", row.id, before=before, after=after, now=now)
    return row


def rule_of(row: Collection) -> ProductFilter:
    """The filter of a collection by rule. Raises ``ProductChangeRefused`` for one nobody can read any more."""
    return ProductFilter.from_json(row.rule or {})


def count_members(session: Session, actor: Actor, row: Collection) -> Count:
    """How many match just now, as a screen counts: up to a thousand or so."""
    return count_products(session, actor, rule_of(row))


def smart_ids(session: Session, actor: Actor, row: Collection, *, limit: int = MAX_SELECTION) -> list[str]:
    """What matches just now, newest first."""
    return list_ids(session, actor, rule_of(row), order=Order.NEWEST, limit=limit)


def _read(session: Session, actor: Actor, rule: ProductFilter, *, of: str | None = None) -> dict[str, object]:
    """The rule as it is stored, when everything it names is the person's own."""
    if rule.trashed:
        raise ShelfRefused("A collection cannot be made of the trash. Leave that out of the rule.")
    if not rule.given():
        raise ShelfRefused("This rule lets everything in. Say at least one thing: a project, stars, words …")
    if rule.created_from and rule.created_before and rule.created_from >= rule.created_before:
        raise ShelfRefused("The rule ends before it begins. Change one of the dates.")
    try:
        if rule.project_id is not None:
            get_project(session, actor, rule.project_id)
        if rule.tag_id is not None:
            get_tag(session, actor, rule.tag_id)
        inner = None if rule.collection_id is None else get_collection(session, actor, rule.collection_id)
    except AtelierError as error:
        raise ShelfRefused(f"The rule names what is no longer there. {error}") from error
    if inner is not None and (inner.rule is not None or inner.id == of):
        raise ShelfRefused("A rule can name a collection by hand, not one by rule. Copy what that one asks for.")
    return rule.to_json()
