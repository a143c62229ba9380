"""Answers to use again: subject and body with variables in braces."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.publishing.notes.drafts import LONGEST_BODY, LONGEST_SUBJECT
from core.publishing.notes.errors import NoteRefused, NoteTemplateNotFound
from core.publishing.notes.models import NoteTemplate
from core.publishing.patterns import day_values, read_pattern
from core.system.actors import Actor
from core.system.audit import changes, record

VARIABLES = ("to", "me", "subject", "date", "weekday")
LONGEST_NAME = 100
MOST_TEMPLATES = 200


@dataclass(frozen=True, slots=True)
class Filled:
    """What a template became for one note."""

    subject: str
    body: str


def list_templates(session: Session, actor: Actor) -> list[NoteTemplate]:
    """The person's note templates in their order."""
    query = select(NoteTemplate).where(NoteTemplate.user_id == actor.user_id)
    return list(session.scalars(query.order_by(NoteTemplate.sort_order, NoteTemplate.name)))


def get_template(session: Session, actor: Actor, template_id: str, *, lock: bool = False) -> NoteTemplate:
    """One of the person's note templates; raises ``NoteTemplateNotFound`` for anybody else's."""
    query = select(NoteTemplate).where(NoteTemplate.id == template_id, NoteTemplate.user_id == actor.user_id)
    template = session.scalar(query.with_for_update() if lock else query)
    if template is None:
        raise NoteTemplateNotFound("There is no such note template. Reload the page.")
    return template


def save_template(
    session: Session,
    actor: Actor,
    name: str,
    subject: str,
    body: str,
    *,
    template_id: str | None = None,
    now: datetime,
) -> NoteTemplate:
    """Make a template, or change ``template_id``. Raises ``NoteRefused``, and ``PatternRefused`` for its braces."""
    values = _checked(name, subject, body)
    templates = list_templates(session, actor)
    if any(one.name.casefold() == values["name"].casefold() and one.id != template_id for one in templates):
        raise NoteRefused(f"There is a note template “{values['name']}” already. Choose another name.")
    if template_id is None:
        if len(templates) >= MOST_TEMPLATES:
            raise NoteRefused(f"There are {MOST_TEMPLATES} note templates already. Delete one first.")
        template = NoteTemplate(
            user_id=actor.user_id, sort_order=len(templates), created_at=now, updated_at=now, **values
        )
        session.add(template)
        session.flush()
        record(session, actor, "note_template.created", template.id, after={"name": values["name"]}, now=now)
        return template
    template = get_template(session, actor, template_id, lock=True)
    before, after = changes({name: getattr(template, name) for name in values}, dict(values))
    for field, value in values.items():
        setattr(template, field, value)
    template.updated_at = now
    session.flush()
    if after:
        record(session, actor, "note_template.changed", template.id, before=before, after=after, now=now)
    return template


def delete_template(session: Session, actor: Actor, template_id: str, *, now: datetime) -> None:
    """Delete a template; what was written from it stays."""
    template = get_template(session, actor, template_id)
    session.delete(template)
    session.flush()
    record(session, actor, "note_template.deleted", template_id, before={"name": template.name}, now=now)


def fill(template: NoteTemplate, *, to: Sequence[str], me: str, subject: str, day: date) -> Filled:
    """A note from a template. ``{to}`` names all recipients; ``{subject}`` is that of the note it answers."""
    values = {"to": _listed(to), "me": me, "subject": subject, **day_values(day)}
    return Filled(
        read_pattern(template.subject or "", VARIABLES).fill(values).strip()[:LONGEST_SUBJECT],
        read_pattern(template.body, VARIABLES).fill(values),
    )


def _checked(name: str, subject: str, body: str) -> dict[str, str]:
    values = {"name": " ".join(name.split()), "subject": subject.strip(), "body": body.strip()}
    if not 1 <= len(values["name"]) <= LONGEST_NAME:
        raise NoteRefused(f"A template needs a name of at most {LONGEST_NAME} characters.")
    if not values["body"]:
        raise NoteRefused("The template is empty. Write something first.")
    if len(values["subject"]) > LONGEST_SUBJECT or len(values["body"]) > LONGEST_BODY:
        raise NoteRefused(f"A subject has at most {LONGEST_SUBJECT} characters, a note at most {LONGEST_BODY:,}.")
    for field in ("subject", "body"):
        read_pattern(values[field], VARIABLES)
    return values


def _listed(names: Sequence[str]) -> str:
    return " and ".join(", ".join(names).rsplit(", ", 1)) if names else "you"
