"""Making and changing templates; everything can be taken back, see ``undoing``.

The changes of one call carry one correlation id, which names them in the audit trail.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.logs import correlated
from core.publishing.templates.errors import NameInUse, TemplateChanged, TemplateRefused
from core.publishing.templates.forms import NAME_LENGTH, TemplateForm
from core.publishing.templates.listing import get_template, list_templates
from core.publishing.templates.models import MetadataTemplate, TemplateType
from core.system import audit
from core.system.actors import Actor

MAX_TEMPLATES = 500  # of one type
COLUMNS = ("type", "name", "content", "tags", "variables", "category", "sort_order")
_COPY = " (copy)"


@dataclass(frozen=True, slots=True)
class TemplateChange:
    """What was done: to which template, by name, and the ``group`` to undo it with; ``None`` when nothing differs."""

    template_id: str
    name: str
    group: str | None


def create(session: Session, actor: Actor, kind: TemplateType, form: TemplateForm, *, now: datetime) -> TemplateChange:
    """A new template at the end of its type. Raises ``TemplateRefused``, ``PatternRefused``, ``ChangeRefused`` and
    ``NameInUse``."""
    return _insert(session, actor, kind, form.columns(kind), now=now)


def duplicate(session: Session, actor: Actor, template_id: str, *, now: datetime) -> TemplateChange:
    """A copy under a name of its own, at the end."""
    original = get_template(session, actor, template_id)
    values = {name: value for name, value in snapshot(original).items() if name not in {"type", "sort_order"}}
    values["name"] = _name_of_copy(session, actor, original)
    return _insert(session, actor, original.type, values, now=now)


def edit(
    session: Session,
    actor: Actor,
    template_id: str,
    form: TemplateForm,
    *,
    expected_updated_at: datetime | None = None,
    now: datetime,
) -> TemplateChange:
    """Change a template to what ``form`` says.

    ``expected_updated_at`` is the version the person saw: ``TemplateChanged`` when it is no longer that.
    Otherwise raises as :func:`create` does.
    """
    row = get_template(session, actor, template_id, lock=True)
    if expected_updated_at is not None and row.updated_at != expected_updated_at:
        raise TemplateChanged(f"“{row.name}” was changed meanwhile. Reload the page to see it, then change it again.")
    wanted = form.columns(row.type)
    require_free_name(session, actor, row.type, wanted["name"], besides=row.id)
    before, after = audit.changes(snapshot(row), wanted)
    if not after:
        return TemplateChange(row.id, row.name, None)
    with correlated() as group:
        set_columns(session, row, after, now=now)
        audit.record(session, actor, "template.edited", row.id, before=before, after=after, now=now)
    return TemplateChange(row.id, row.name, group)


def delete(session: Session, actor: Actor, template_id: str, *, now: datetime) -> TemplateChange:
    """Remove a template. Posts that were given its text or tags keep them."""
    row = get_template(session, actor, template_id, lock=True)
    with correlated() as group:
        audit.record(session, actor, "template.deleted", row.id, before=snapshot(row), now=now)
        session.delete(row)
        session.flush()
    return TemplateChange(row.id, row.name, group)


def reorder(
    session: Session, actor: Actor, kind: TemplateType, order: Sequence[str], *, now: datetime
) -> TemplateChange | None:
    """Put the person's templates of a type in this order, which names each of them once; ``None``: it was so already.

    Raises ``TemplateChanged`` when there are others now than ``order`` names.
    """
    rows = {row.id: row for row in list_templates(session, actor, kind)}
    if sorted(rows) != sorted(order):
        raise TemplateChanged("There are other templates now than when the page was drawn. Reload it and try again.")
    moved = [(number, rows[one]) for number, one in enumerate(order) if rows[one].sort_order != number]
    if not moved:
        return None
    with correlated() as group:
        for number, row in moved:
            before = {"sort_order": row.sort_order}
            place(session, row, number)
            audit.record(session, actor, "template.moved", row.id, before=before, after={"sort_order": number}, now=now)
        session.flush()
    return TemplateChange(moved[0][1].id, moved[0][1].name, group)


def snapshot(row: MetadataTemplate) -> dict[str, Any]:
    """What the audit trail keeps of a template."""
    return {name: getattr(row, name) for name in COLUMNS} | {"type": row.type.value}


def require_free_name(
    session: Session, actor: Actor, kind: TemplateType, name: str, *, besides: str | None = None
) -> None:
    """Raise ``NameInUse`` when another template of this type has the name, in whatever letters."""
    for other in list_templates(session, actor, kind):
        if other.id != besides and other.name.casefold() == name.casefold():
            raise NameInUse(f"You have a template called “{other.name}” already. Choose another name.")


def add_row(session: Session, row: MetadataTemplate) -> None:
    """Write a new row; raises ``NameInUse`` when somebody took its name since it was looked at."""
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError as error:
        raise NameInUse(f"A template called “{row.name}” has just been made. Choose another name.") from error


def set_columns(session: Session, row: MetadataTemplate, values: dict[str, Any], *, now: datetime) -> None:
    """Change a row; raises ``NameInUse`` as :func:`add_row` does."""
    try:
        with session.begin_nested():
            for name, value in values.items():
                setattr(row, name, value)
            # Two changes in one instant are still two versions.
            row.updated_at = max(now, row.updated_at + timedelta(microseconds=1))
    except IntegrityError as error:
        raise NameInUse(f"A template called “{values.get('name')}” has just been made. Choose another.") from error


def place(session: Session, row: MetadataTemplate, number: int) -> None:
    """Move a row to place ``number``. That is no edit: a form that is open on it may still be saved."""
    session.execute(
        update(MetadataTemplate)
        .where(MetadataTemplate.id == row.id)
        .values(sort_order=number, updated_at=MetadataTemplate.updated_at)
    )


def _insert(
    session: Session, actor: Actor, kind: TemplateType, values: dict[str, Any], *, now: datetime
) -> TemplateChange:
    require_free_name(session, actor, kind, values["name"])
    mine = MetadataTemplate.user_id == actor.user_id, MetadataTemplate.type == kind
    number, last = session.execute(select(func.count(), func.max(MetadataTemplate.sort_order)).where(*mine)).one()
    if number >= MAX_TEMPLATES:
        raise TemplateRefused(f"There are {number} templates of this type. Delete some you do not use first.")
    row = MetadataTemplate(
        user_id=actor.user_id, type=kind, sort_order=0 if last is None else last + 1, created_at=now, updated_at=now,
        **values,
    )  # fmt: skip
    with correlated() as group:
        add_row(session, row)
        audit.record(session, actor, "template.created", row.id, after=snapshot(row), now=now)
    return TemplateChange(row.id, row.name, group)


def _name_of_copy(session: Session, actor: Actor, original: MetadataTemplate) -> str:
    taken = {one.name.casefold() for one in list_templates(session, actor, original.type)}
    number = 1
    while True:
        ending = _COPY if number == 1 else f" (copy {number})"
        name = original.name[: NAME_LENGTH - len(ending)].rstrip() + ending
        if name.casefold() not in taken:
            return name
        number += 1
