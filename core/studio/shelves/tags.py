"""Tags: words with a colour, on projects, products, collections and orders."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from core.db.ids import new_id
from core.studio.orders.models import Order
from core.studio.products.models import Product
from core.studio.shelves.errors import ShelfRefused, TaggedNotFound, TagNotFound
from core.studio.shelves.models import Collection, Project, Tag, TagAssociation, TaggedKind
from core.system import audit
from core.system.actors import Actor

NAME_LENGTH = 100
_COLOR = re.compile(r"#[0-9a-f]{6}")
_TAGGED: dict[TaggedKind, tuple[type[Any], str]] = {
    TaggedKind.PROJECT: (Project, "prj"),
    TaggedKind.PRODUCT: (Product, "prd"),
    TaggedKind.COLLECTION: (Collection, "col"),
    TaggedKind.ORDER: (Order, "ord"),
}


def list_tags(session: Session, actor: Actor) -> list[Tag]:
    """A person's tags by name, with how often each is used."""
    return list(session.scalars(select(Tag).where(Tag.user_id == actor.user_id).order_by(Tag.name_key)))


def get_tag(session: Session, actor: Actor, tag_id: str) -> Tag:
    """Raises :class:`TagNotFound`."""
    row = session.scalar(select(Tag).where(Tag.id == tag_id, Tag.user_id == actor.user_id))
    if row is None:
        raise TagNotFound("There is no such tag any more. Reload the page.")
    return row


def create_tag(session: Session, actor: Actor, name: str, *, color: str | None = None, now: datetime) -> Tag:
    """A new tag; the one that is there when it has this name already."""
    return _ensure(session, actor, [name], color=color, now=now)[0]


def edit_tag(
    session: Session,
    actor: Actor,
    tag_id: str,
    *,
    name: str,
    color: str | None,
    description: str | None = None,
    now: datetime,
) -> Tag:
    """Rename or recolour. A name that another tag has joins the two: raises nothing, gives the other."""
    row = get_tag(session, actor, tag_id)
    values = {
        "name": _clean_name(name),
        "color": _clean_color(color),
        "description": (description or "").strip()[:2000] or None,
    }
    other = session.scalar(
        select(Tag).where(Tag.user_id == actor.user_id, Tag.name_key == _key(values["name"] or ""), Tag.id != row.id)
    )
    if other is not None:
        return _join(session, actor, row, other, now=now)
    before, after = audit.changes({key: getattr(row, key) for key in values}, values)
    if after:
        for key, value in after.items():
            setattr(row, key, value)
        row.name_key = _key(row.name)
        session.flush()
        audit.record(session, actor, "tag.edited", row.id, before=before, after=after, now=now)
    return row


def delete_tag(session: Session, actor: Actor, tag_id: str, *, now: datetime) -> None:
    """Take the tag off everything and forget it."""
    row = get_tag(session, actor, tag_id)
    before = {"name": row.name, "color": row.color, "used": row.usage_count}
    session.delete(row)
    session.flush()
    audit.record(session, actor, "tag.deleted", tag_id, before=before, now=now)


def add_tags(
    session: Session, actor: Actor, kind: TaggedKind, ids: Sequence[str], names: Sequence[str], *, now: datetime
) -> list[Tag]:
    """Put tags on things, making those that are new; raises :class:`TaggedNotFound`."""
    _require_own(session, actor, kind, ids)
    tags = _ensure(session, actor, names, now=now)
    there = set(
        session.execute(
            select(TagAssociation.tag_id, TagAssociation.entity_id).where(
                TagAssociation.tag_id.in_([tag.id for tag in tags]),
                TagAssociation.entity_type == kind,
                TagAssociation.entity_id.in_(ids),
            )
        )
    )
    prefix = f"{_TAGGED[kind][1]}_"
    fresh = [
        TagAssociation(tag_id=tag.id, entity_type=kind, entity_id=one, created_at=now)
        for tag in tags
        for one in dict.fromkeys(ids)
        if (tag.id, one.removeprefix(prefix)) not in there
    ]
    session.add_all(fresh)
    session.flush()
    if fresh:
        changed = {"tags": [tag.name for tag in tags], "count": len(fresh)}
        audit.record(session, actor, f"{kind.value}.tagged", ids[0], after=changed, now=now)
    for tag in tags:
        session.refresh(tag)
    return tags


def remove_tags(
    session: Session, actor: Actor, kind: TaggedKind, ids: Sequence[str], tag_ids: Sequence[str], *, now: datetime
) -> None:
    """Take tags off things."""
    _require_own(session, actor, kind, ids)
    tags = [get_tag(session, actor, one) for one in tag_ids]
    session.execute(
        delete(TagAssociation).where(
            TagAssociation.tag_id.in_(tag_ids), TagAssociation.entity_type == kind, TagAssociation.entity_id.in_(ids)
        ),
        execution_options={"synchronize_session": False},
    )
    for tag in tags:
        session.refresh(tag)
    if ids and tags:
        changed = {"tags": [tag.name for tag in tags]}
        audit.record(session, actor, f"{kind.value}.untagged", ids[0], before=changed, now=now)


def tags_of(session: Session, actor: Actor, kind: TaggedKind, ids: Sequence[str]) -> Mapping[str, list[Tag]]:
    """Which tags are on which of these things."""
    prefix = _TAGGED[kind][1]
    query = (
        select(TagAssociation.entity_id, Tag)
        .join(Tag, Tag.id == TagAssociation.tag_id)
        .where(Tag.user_id == actor.user_id, TagAssociation.entity_type == kind, TagAssociation.entity_id.in_(ids))
        .order_by(Tag.name_key)
    )
    found: dict[str, list[Tag]] = {}
    for entity_id, tag in session.execute(query):
        found.setdefault(f"{prefix}_{entity_id}", []).append(tag)
    return found


def _join(session: Session, actor: Actor, row: Tag, other: Tag, *, now: datetime) -> Tag:
    on_row = select(TagAssociation.entity_type, TagAssociation.entity_id).where(TagAssociation.tag_id == row.id)
    on_other = select(TagAssociation.entity_type, TagAssociation.entity_id).where(TagAssociation.tag_id == other.id)
    missing = set(session.execute(on_row)) - set(session.execute(on_other))
    session.add_all(
        TagAssociation(tag_id=other.id, entity_type=kind, entity_id=f"{_TAGGED[kind][1]}_{one}", created_at=now)
        for kind, one in missing
    )
    session.flush()
    before = {"name": row.name, "joined": other.name}
    session.delete(row)
    session.flush()
    session.refresh(other)
    audit.record(session, actor, "tag.joined", other.id, before=before, now=now)
    return other


def _ensure(
    session: Session, actor: Actor, names: Iterable[str], *, color: str | None = None, now: datetime
) -> list[Tag]:
    cleaned = {_key(name): name for name in map(_clean_name, names)}
    if not cleaned:
        raise ShelfRefused("Name at least one tag.")
    query = select(Tag).where(Tag.user_id == actor.user_id, Tag.name_key.in_(cleaned))
    there = {tag.name_key: tag for tag in session.scalars(query)}
    for key, name in cleaned.items():
        if key not in there:
            tag = Tag(
                id=new_id("tag"),
                user_id=actor.user_id,
                name=name,
                name_key=key,
                color=_clean_color(color),
                created_at=now,
            )
            session.add(tag)
            session.flush()
            audit.record(session, actor, "tag.created", tag.id, after={"name": name, "color": tag.color}, now=now)
            there[key] = tag
    return [there[key] for key in cleaned]


def _require_own(session: Session, actor: Actor, kind: TaggedKind, ids: Sequence[str]) -> None:
    model, _ = _TAGGED[kind]
    own = select(model.id).where(model.id.in_(ids), model.user_id == actor.user_id, model.deleted_at.is_(None))
    if set(session.scalars(own)) != set(ids):
        raise TaggedNotFound(f"This {kind.value} is no longer there. Reload the page.")


def _clean_name(name: str) -> str:
    cleaned = " ".join(name.split()).lstrip("#")
    if not cleaned or len(cleaned) > NAME_LENGTH or not cleaned.isprintable():
        raise ShelfRefused(f"A tag has 1 to {NAME_LENGTH} characters. Change the name.")
    return cleaned


def _key(name: str) -> str:
    return name.casefold()[:200]


def _clean_color(color: str | None) -> str | None:
    if not color:
        return None
    cleaned = color.strip().lower()
    if not _COLOR.fullmatch(cleaned):
        raise ShelfRefused("A colour is written as #3d5a4c. Choose one.")
    return cleaned
