"""Lookups: named lists of words for prompts. A person's own goes before the house's of the same key."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from core.db.ids import new_id
from core.studio.own_rows import change
from core.studio.parameters.escaping import cleaned
from core.studio.wording.errors import LookupNotFound, LookupProtected, LookupRefused
from core.studio.wording.models import Lookup
from core.system import audit
from core.system.actors import Actor

KEY_LENGTH = 70  # in the trash the id follows it, within the 100 of the column
MOST_VALUES = 5000
VALUE_LENGTH = 500
# A digit after an underscore would be an instance of another lookup: [color_1].
_KEY = re.compile(r"[^\W\d_](?:[\w-]*[^\W_])?")
_INSTANCE = re.compile(r"_\d$")


@dataclass(frozen=True, slots=True)
class LookupForm:
    """What a person says about a lookup. A value that names another lookup stands for all of its values."""

    key: str
    values: Sequence[str]
    description: str | None = None
    category: str | None = None


def list_lookups(session: Session, actor: Actor) -> list[Lookup]:
    """A person's own and those of the house that they have not replaced, by category and key."""
    query = (
        select(Lookup)
        .where(Lookup.deleted_at.is_(None), or_(Lookup.user_id == actor.user_id, Lookup.is_system))
        .order_by(Lookup.is_system)  # own ones first: the first of a key counts
    )
    by_key: dict[str, Lookup] = {}
    for row in session.scalars(query):
        by_key.setdefault(row.key.casefold(), row)
    return sorted(by_key.values(), key=lambda row: ((row.category or "").casefold(), row.key.casefold()))


def list_trashed_lookups(session: Session, actor: Actor) -> list[Lookup]:
    """A person's own in the trash, the latest first; :func:`trashed_key` says what each was called."""
    query = select(Lookup).where(Lookup.user_id == actor.user_id, Lookup.deleted_at.is_not(None))
    return list(session.scalars(query.order_by(Lookup.deleted_at.desc(), Lookup.id)))


def trashed_key(row: Lookup) -> str:
    """The key a lookup in the trash had before."""
    return row.key.rpartition("~")[0]


def words(session: Session, actor: Actor) -> dict[str, list[str]]:
    """Key to values, as the expansion takes them; not yet resolved."""
    return {row.key: list(row.values) for row in list_lookups(session, actor)}


def get_lookup(session: Session, actor: Actor, lookup_id: str) -> Lookup:
    """One that the person may see; raises :class:`LookupNotFound`."""
    query = select(Lookup).where(
        Lookup.id == lookup_id, Lookup.deleted_at.is_(None), or_(Lookup.user_id == actor.user_id, Lookup.is_system)
    )
    row = session.scalar(query)
    if row is None:
        raise LookupNotFound("There is no such lookup any more. Reload the page.")
    return row


def create_lookup(session: Session, actor: Actor, form: LookupForm, *, now: datetime) -> Lookup:
    """A lookup of one's own; raises :class:`LookupRefused`."""
    values = _read(form)
    _require_free(session, actor, values["key"])
    row = Lookup(id=new_id("lkp"), user_id=actor.user_id, is_system=False, created_at=now, updated_at=now, **values)
    session.add(row)
    session.flush()
    audit.record(session, actor, "lookup.created", row.id, after=values, now=now)
    return row


def edit_lookup(session: Session, actor: Actor, lookup_id: str, form: LookupForm, *, now: datetime) -> Lookup:
    """Change one's own. Changing one of the house makes a copy that goes before it."""
    row = get_lookup(session, actor, lookup_id)
    if row.is_system:
        return create_lookup(session, actor, form, now=now)
    values = _read(form)
    if values["key"].casefold() != row.key.casefold():
        _require_free(session, actor, values["key"])
    change(session, actor, row, values, "lookup.edited", now=now)
    return row


def delete_lookup(session: Session, actor: Actor, lookup_id: str, *, now: datetime) -> None:
    """Into the trash; raises :class:`LookupProtected` for one of the house."""
    row = get_lookup(session, actor, lookup_id)
    if row.is_system:
        raise LookupProtected(
            "This one belongs to the house and stays. Make one of your own with the same key instead."
        )
    # The key is free for a new one at once.
    row.key, row.deleted_at, row.updated_at = f"{row.key}~{row.id[-26:]}", now, now
    session.flush()
    audit.record(session, actor, "lookup.deleted", row.id, now=now)


def restore_lookup(session: Session, actor: Actor, lookup_id: str, *, now: datetime) -> Lookup:
    """Out of the trash again; raises :class:`LookupRefused` when its key was taken meanwhile."""
    row = session.scalar(
        select(Lookup).where(Lookup.id == lookup_id, Lookup.user_id == actor.user_id, Lookup.deleted_at.is_not(None))
    )
    if row is None:
        raise LookupNotFound("There is no such lookup in the trash.")
    key = trashed_key(row)
    _require_free(session, actor, key)
    row.key, row.deleted_at, row.updated_at = key, None, now
    session.flush()
    audit.record(session, actor, "lookup.restored", row.id, now=now)
    return row


def values_of_text(text: str) -> list[str]:
    """One value a line, as they are typed; empty lines are left out."""
    return _clean_values(text.splitlines())


def _read(form: LookupForm) -> dict[str, Any]:
    key = form.key.strip()
    if not _KEY.fullmatch(key) or len(key) > KEY_LENGTH:
        raise LookupRefused(
            f"A key is a letter and then letters, digits, - or _, {KEY_LENGTH} at most: color, art-style. Change it."
        )
    if _INSTANCE.search(key):
        raise LookupRefused("A key cannot end in _ and a digit: [color_1] means a second turn of color.")
    values = _clean_values(form.values)
    if not values:
        raise LookupRefused("A lookup needs at least one value. Type one a line.")
    return {
        "key": key,
        "values": values,
        "description": cleaned(form.description or "").strip()[:2000] or None,
        "category": cleaned(form.category or "").strip()[:100] or None,
    }


def _clean_values(values: Iterable[str]) -> list[str]:
    found = list(dict.fromkeys(one for one in (" ".join(cleaned(value).split()) for value in values) if one))
    if len(found) > MOST_VALUES:
        raise LookupRefused(f"A lookup has at most {MOST_VALUES:,} values. Split it, and name one in the other.")
    if any(len(one) > VALUE_LENGTH for one in found):
        raise LookupRefused(f"A value has at most {VALUE_LENGTH} characters. Shorten the longest.")
    return found


def _require_free(session: Session, actor: Actor, key: str) -> None:
    own = select(Lookup.key).where(Lookup.user_id == actor.user_id, Lookup.deleted_at.is_(None))
    if key.casefold() in {one.casefold() for one in session.scalars(own)}:
        raise LookupRefused(f"You have a lookup “{key}” already. Choose another key, or edit that one.")
