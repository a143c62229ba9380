"""Templates: saved order forms, for one project or for all of a person's."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from core.db.ids import new_id
from core.studio.own_rows import change, find_own
from core.studio.shelves.projects import get_project
from core.studio.wording.errors import GenerationTemplateNotFound, GenerationTemplateRefused
from core.studio.wording.models import GenerationTemplate
from core.system import audit
from core.system.actors import Actor

NAME_LENGTH = 255


@dataclass(frozen=True, slots=True)
class TemplateForm:
    """What a template is called and where it can be used; ``project_id`` ``None`` is everywhere."""

    name: str
    description: str | None = None
    project_id: str | None = None


def list_templates(session: Session, actor: Actor, *, project_id: str | None = None) -> list[GenerationTemplate]:
    """Those that can be used everywhere, and those of ``project_id``; the most used first."""
    query = select(GenerationTemplate).where(
        GenerationTemplate.user_id == actor.user_id, GenerationTemplate.deleted_at.is_(None)
    )
    if project_id is not None:
        query = query.where(or_(GenerationTemplate.is_global, GenerationTemplate.project_id == project_id))
    order = (GenerationTemplate.usage_count.desc(), GenerationTemplate.name, GenerationTemplate.id)
    return list(session.scalars(query.order_by(*order)))


def list_trashed_templates(session: Session, actor: Actor) -> list[GenerationTemplate]:
    """Those in the trash, the latest first."""
    query = select(GenerationTemplate).where(
        GenerationTemplate.user_id == actor.user_id, GenerationTemplate.deleted_at.is_not(None)
    )
    return list(session.scalars(query.order_by(GenerationTemplate.deleted_at.desc(), GenerationTemplate.id)))


def get_template(session: Session, actor: Actor, template_id: str) -> GenerationTemplate:
    """Raises :class:`GenerationTemplateNotFound`."""
    return _find(session, actor, template_id, in_trash=False)


def save_template(
    session: Session,
    actor: Actor,
    form: TemplateForm,
    *,
    provider: str,
    model: str,
    parameter_set: Mapping[str, Any],
    now: datetime,
) -> GenerationTemplate:
    """Keep an order form; ``parameter_set`` has the shape of an order's ``base_parameter_set``."""
    values = _read(session, actor, form)
    row = GenerationTemplate(
        id=new_id("gtp"),
        user_id=actor.user_id,
        provider=provider,
        model=model,
        parameter_set=dict(parameter_set),
        created_at=now,
        updated_at=now,
        **values,
    )
    session.add(row)
    session.flush()
    audit.record(session, actor, "template.created", row.id, after=values | {"model": model}, now=now)
    return row


def edit_template(
    session: Session, actor: Actor, template_id: str, form: TemplateForm, *, now: datetime
) -> GenerationTemplate:
    """Rename it, or change where it can be used."""
    row = get_template(session, actor, template_id)
    values = _read(session, actor, form)
    change(session, actor, row, values, "template.edited", now=now)
    return row


def replace_parameters(
    session: Session,
    actor: Actor,
    template_id: str,
    *,
    provider: str,
    model: str,
    parameter_set: Mapping[str, Any],
    now: datetime,
) -> GenerationTemplate:
    """Save another form under the same template."""
    row = get_template(session, actor, template_id)
    row.provider, row.model, row.parameter_set, row.updated_at = provider, model, dict(parameter_set), now
    session.flush()
    audit.record(session, actor, "template.replaced", row.id, after={"model": model}, now=now)
    return row


def delete_template(session: Session, actor: Actor, template_id: str, *, now: datetime) -> None:
    """Into the trash."""
    row = get_template(session, actor, template_id)
    row.deleted_at = row.updated_at = now
    session.flush()
    audit.record(session, actor, "template.deleted", row.id, now=now)


def restore_template(session: Session, actor: Actor, template_id: str, *, now: datetime) -> GenerationTemplate:
    """Out of the trash again."""
    row = _find(session, actor, template_id, in_trash=True)
    row.deleted_at, row.updated_at = None, now
    session.flush()
    audit.record(session, actor, "template.restored", row.id, now=now)
    return row


def count_use(session: Session, template_id: str) -> None:
    """One more order was placed with it; belongs to the order's transaction and trail."""
    session.execute(
        update(GenerationTemplate)
        .where(GenerationTemplate.id == template_id)
        .values(usage_count=GenerationTemplate.usage_count + 1, updated_at=GenerationTemplate.updated_at)
    )


def _find(session: Session, actor: Actor, template_id: str, *, in_trash: bool) -> GenerationTemplate:
    row = find_own(session, GenerationTemplate, actor, template_id, in_trash=in_trash)
    if row is None:
        raise GenerationTemplateNotFound("There is no such template any more. Reload the page.")
    return row


def _read(session: Session, actor: Actor, form: TemplateForm) -> dict[str, Any]:
    name = " ".join(form.name.split())
    if not name or len(name) > NAME_LENGTH:
        raise GenerationTemplateRefused(f"Give the template a name of at most {NAME_LENGTH} characters.")
    if form.project_id is not None:
        get_project(session, actor, form.project_id)
    return {
        "name": name,
        "description": (form.description or "").strip()[:2000] or None,
        "project_id": form.project_id,
        "is_global": form.project_id is None,
    }
