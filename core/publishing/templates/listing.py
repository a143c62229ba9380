"""A person's templates: looked up, listed, and as rows of a CSV file."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.publishing.csv_cells import cell
from core.publishing.templates.errors import TemplateNotFound
from core.publishing.templates.models import MetadataTemplate, TemplateType
from core.publishing.templates.variables import TemplateVariable, read_variables
from core.system.actors import Actor

COLUMNS = ("type", "name", "category", "tags", "text", "variables", "changed at (UTC)")


def list_templates(session: Session, actor: Actor, kind: TemplateType) -> list[MetadataTemplate]:
    """The person's templates of a type, in their order."""
    query = select(MetadataTemplate).where(MetadataTemplate.user_id == actor.user_id, MetadataTemplate.type == kind)
    order = (MetadataTemplate.sort_order, MetadataTemplate.created_at, MetadataTemplate.id)
    return list(session.scalars(query.order_by(*order)))


def get_template(session: Session, actor: Actor, template_id: str, *, lock: bool = False) -> MetadataTemplate:
    """One of the person's templates, locked when it is to be changed; raises :class:`TemplateNotFound` for others'."""
    query = select(MetadataTemplate).where(
        MetadataTemplate.id == template_id, MetadataTemplate.user_id == actor.user_id
    )
    found = session.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise TemplateNotFound("There is no such template. It may have been deleted; reload the page.")
    return found


def list_categories(session: Session, actor: Actor) -> list[str]:
    """The categories in use, by name."""
    query = select(MetadataTemplate.category).where(
        MetadataTemplate.user_id == actor.user_id, MetadataTemplate.category.is_not(None)
    )
    return sorted({category for category in session.scalars(query) if category}, key=str.casefold)


def variables_of(template: MetadataTemplate) -> tuple[TemplateVariable, ...]:
    """What the template declares."""
    return read_variables(template.variables)


def csv_rows(session: Session, actor: Actor, kind: TemplateType) -> Iterator[tuple[str, ...]]:
    """What was asked for, the heading, then one row for each template."""
    yield (f"Templates of type {kind.value}",)
    yield COLUMNS
    for one in list_templates(session, actor, kind):
        declared = "; ".join(
            f"{{{variable.name}}} {variable.question} = {variable.default}" for variable in variables_of(one)
        )
        yield (
            one.type.value,
            cell(one.name),
            cell(one.category or ""),
            cell(", ".join(one.tags)),
            cell(one.content or ""),
            cell(declared),
            one.updated_at.isoformat(timespec="seconds"),
        )
