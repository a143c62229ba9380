"""Templates put to use: shown with a post's values, and applied to posts.

A description becomes text at the moment it is applied; later changes of the template or of the
post's title leave it as it is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from core.publishing import bulk
from core.publishing.access import LEASE_SECONDS, load_posts, not_found
from core.publishing.bulk import BulkChanges, DescriptionPattern
from core.publishing.changes import read_changes
from core.publishing.patterns import Pattern, day_values
from core.publishing.post_values import BUILT_IN, text_values
from core.publishing.reports import BatchReport
from core.publishing.templates.errors import TemplateRefused
from core.publishing.templates.listing import get_template, variables_of
from core.publishing.templates.models import MetadataTemplate, TemplateType
from core.publishing.templates.variables import TemplateVariable, answers_to, read_text, read_variables
from core.publishing.zones import zone_named
from core.system.actors import Actor

# What a preview shows while there is no post to fill it from.
EXAMPLE = {
    "title": "Winter fox",
    "filename": "fox-0042",
    "tags": "fox, snow, night",
    "account": "your-account",
    "link": "https://www.deviantart.com/your-account/art/winter-fox",
}


@dataclass(frozen=True, slots=True)
class Use:
    """How a template is applied: in place of what a post has, or added to it; ``answers`` fill declared variables."""

    append: bool = False
    answers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rendered:
    """A text as it comes out; ``empty`` names the variables the post has nothing for."""

    text: str
    empty: tuple[str, ...] = ()


def render(
    session: Session,
    actor: Actor,
    template: MetadataTemplate,
    deviation_id: str | None,
    answers: Mapping[str, str],
    *,
    typed: Mapping[str, str] | None = None,
    zone: str = "UTC",
    now: datetime,
) -> Rendered:
    """The text of a description or comment for one post; without one, for an example.

    ``typed`` are values of the post that are not saved yet; ``zone`` decides which day today is.
    Raises ``TemplateRefused`` and ``DeviationNotFound``.
    """
    declared = variables_of(template)
    pattern = read_text(_text_of(template), declared)
    values = _values(session, actor, deviation_id, zone, now) | dict(typed or {})
    return _rendered(pattern, values | answers_to(declared, answers))


def render_draft(
    session: Session,
    actor: Actor,
    content: str,
    declared: Sequence[Mapping[str, object]],
    deviation_id: str | None,
    *,
    zone: str = "UTC",
    now: datetime,
) -> Rendered:
    """As :func:`render`, for a template that is still being typed: with defaults, and where there is none with what
    will be asked."""
    variables = read_variables(declared)
    pattern = read_text(content, variables)
    asked = {one.name: one.default or f"‹{one.question}›" for one in variables}
    return _rendered(pattern, _values(session, actor, deviation_id, zone, now) | asked)


def changes_of(template: MetadataTemplate, use: Use) -> BulkChanges:
    """What applying the template means for posts. Comments are not part of a post: ``TemplateRefused``."""
    if template.type is TemplateType.TAG:
        if use.append:
            return BulkChanges(add_tags=template.tags)
        return BulkChanges(read_changes({"tags": template.tags}))
    if template.type is TemplateType.COMMENT:
        raise TemplateRefused("A comment is not part of a post. Copy it under Publish › Templates.")
    return BulkChanges(description=description_of(template, use))


def description_of(template: MetadataTemplate, use: Use) -> DescriptionPattern:
    """The text of a description template with its variables answered; the rest is filled from each post."""
    declared = variables_of(template)
    return DescriptionPattern(
        read_text(_text_of(template), declared), answers_to(declared, use.answers), append=use.append
    )


def apply(
    session: Session,
    actor: Actor,
    template_id: str,
    ids: Sequence[str],
    use: Use | None = None,
    *,
    zone: str = "UTC",
    now: datetime,
    lease_seconds: float = LEASE_SECONDS,
) -> BatchReport:
    """Apply a template to one post or many; what cannot be changed is skipped with its reason.

    ``bulk.undo`` with the report's group takes it back. Raises ``TemplateNotFound`` and ``TemplateRefused``.
    """
    changes = changes_of(get_template(session, actor, template_id), use or Use())
    return bulk.edit_many(session, actor, ids, changes, zone=zone, now=now, lease_seconds=lease_seconds)


def questions(template: MetadataTemplate) -> tuple[TemplateVariable, ...]:
    """What has to be asked before the template is applied."""
    return () if template.type is TemplateType.TAG else variables_of(template)


def _text_of(template: MetadataTemplate) -> str:
    if template.type is TemplateType.TAG:
        raise TemplateRefused("A template of tags has no text.")
    return template.content or ""


def _values(session: Session, actor: Actor, deviation_id: str | None, zone: str, now: datetime) -> dict[str, str]:
    day = now.astimezone(zone_named(zone)).date()
    if deviation_id is None:
        return EXAMPLE | day_values(day)
    posts = load_posts(session, actor, [deviation_id], lock=False)
    if deviation_id not in posts:
        raise not_found()
    return text_values(posts[deviation_id], day)


def _rendered(pattern: Pattern, values: Mapping[str, str]) -> Rendered:
    empty = tuple(name for name in BUILT_IN if name in pattern.names and not values[name])
    return Rendered(pattern.fill(values).strip(), empty)
