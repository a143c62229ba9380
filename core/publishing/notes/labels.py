"""A person's own coloured labels, on notes and on folders; the site knows nothing of them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from core.publishing.notes.access import get_folder, get_note
from core.publishing.notes.errors import LabelNotFound, NoteRefused
from core.publishing.notes.models import NoteFolderLabel, NoteLabel
from core.system.actors import Actor
from core.system.audit import changes, record

COLOURS = ("#3d5a4c", "#c9853b", "#7a8fb5", "#a85751", "#8d9b6a", "#6d5a86")
MOST_LABELS = 50
LONGEST_NAME = 60
_COLOUR = re.compile(r"#[0-9a-f]{6}")


@dataclass(frozen=True, slots=True)
class Target:
    """What carries a label: a note, or a folder with everything in it."""

    note_id: str | None = None
    folder_id: str | None = None

    def __post_init__(self) -> None:
        if (self.note_id is None) == (self.folder_id is None):
            raise ValueError("A label goes on a note or on a folder.")


def list_labels(session: Session, actor: Actor) -> list[NoteLabel]:
    """The person's labels in their order."""
    query = select(NoteLabel).where(NoteLabel.user_id == actor.user_id)
    return list(session.scalars(query.order_by(NoteLabel.sort_order, NoteLabel.name)))


def save_label(
    session: Session, actor: Actor, name: str, color: str, *, label_id: str | None = None, now: datetime
) -> NoteLabel:
    """Make a label, or change ``label_id``. ``color`` is ``#rrggbb``. Raises ``NoteRefused`` for a name in use."""
    text, shade = " ".join(name.split()), color.lower()
    if not 1 <= len(text) <= LONGEST_NAME:
        raise NoteRefused(f"A label needs a name of at most {LONGEST_NAME} characters.")
    if not _COLOUR.fullmatch(shade):
        raise NoteRefused("A colour is written like #7a8fb5.")
    labels = list_labels(session, actor)
    if any(one.name.casefold() == text.casefold() and one.id != label_id for one in labels):
        raise NoteRefused(f"There is a label “{text}” already. Choose another name.")
    if label_id is not None:
        return _change(session, actor, label_id, text, shade, now)
    if len(labels) >= MOST_LABELS:
        raise NoteRefused(f"There are {MOST_LABELS} labels already. Delete one first.")
    label = NoteLabel(
        user_id=actor.user_id, name=text, color=shade, sort_order=len(labels), created_at=now, updated_at=now
    )
    session.add(label)
    session.flush()
    record(session, actor, "note_label.created", label.id, after={"name": text, "color": shade}, now=now)
    return label


def delete_label(session: Session, actor: Actor, label_id: str, *, now: datetime) -> None:
    """Delete a label; what carried it stays."""
    label = get_label(session, actor, label_id)
    session.delete(label)
    session.flush()
    record(session, actor, "note_label.deleted", label_id, before={"name": label.name}, now=now)


def put_on(session: Session, actor: Actor, label_id: str, target: Target, *, now: datetime) -> None:
    """Put a label on a note or folder; one that is there already stays."""
    get_label(session, actor, label_id, lock=True)
    _check(session, actor, target)
    if session.scalar(select(func.count()).where(*_link(label_id, target))):
        return
    session.add(NoteFolderLabel(label_id=label_id, folder_id=target.folder_id, note_id=target.note_id))
    session.flush()
    record(session, actor, "note_label.put_on", label_id, after=_named(target), now=now)


def take_off(session: Session, actor: Actor, label_id: str, target: Target, *, now: datetime) -> None:
    """Take a label off again."""
    get_label(session, actor, label_id, lock=True)
    _check(session, actor, target)
    session.execute(delete(NoteFolderLabel).where(*_link(label_id, target)))
    record(session, actor, "note_label.taken_off", label_id, before=_named(target), now=now)


def get_label(session: Session, actor: Actor, label_id: str, *, lock: bool = False) -> NoteLabel:
    """One of the person's labels; raises ``LabelNotFound`` for anybody else's."""
    query = select(NoteLabel).where(NoteLabel.id == label_id, NoteLabel.user_id == actor.user_id)
    label = session.scalar(query.with_for_update() if lock else query)
    if label is None:
        raise LabelNotFound("There is no such label. Reload the page.")
    return label


def labels_of_notes(session: Session, actor: Actor, note_ids: Sequence[str]) -> dict[str, list[str]]:
    """The ids of the labels on each note itself, by the note's id."""
    return _labels_by(session, actor, NoteFolderLabel.note_id, note_ids)


def labels_of_folders(session: Session, actor: Actor, folder_ids: Sequence[str]) -> dict[str, list[str]]:
    """The ids of the labels on each folder, by the folder's id."""
    return _labels_by(session, actor, NoteFolderLabel.folder_id, folder_ids)


def _labels_by(
    session: Session, actor: Actor, column: InstrumentedAttribute[str | None], ids: Sequence[str]
) -> dict[str, list[str]]:
    query = (
        select(column, NoteFolderLabel.label_id)
        .join(NoteLabel, NoteLabel.id == NoteFolderLabel.label_id)
        .where(NoteLabel.user_id == actor.user_id, column.in_(list(ids)))
        .order_by(NoteLabel.sort_order, NoteLabel.name)
    )
    found: dict[str, list[str]] = {}
    for carrier, label_id in session.execute(query):
        found.setdefault(str(carrier), []).append(label_id)
    return found


def _change(session: Session, actor: Actor, label_id: str, name: str, color: str, now: datetime) -> NoteLabel:
    label = get_label(session, actor, label_id, lock=True)
    before, after = changes({"name": label.name, "color": label.color}, {"name": name, "color": color})
    label.name, label.color, label.updated_at = name, color, now
    session.flush()
    if after:
        record(session, actor, "note_label.changed", label_id, before=before, after=after, now=now)
    return label


def _check(session: Session, actor: Actor, target: Target) -> None:
    if target.note_id is not None:
        get_note(session, actor, target.note_id)
    if target.folder_id is not None:
        get_folder(session, actor, target.folder_id)


def _link(label_id: str, target: Target) -> tuple[ColumnElement[bool], ...]:
    return (
        NoteFolderLabel.label_id == label_id,
        NoteFolderLabel.note_id.is_not_distinct_from(target.note_id),
        NoteFolderLabel.folder_id.is_not_distinct_from(target.folder_id),
    )


def _named(target: Target) -> dict[str, str | None]:
    return {"note_id": target.note_id} if target.note_id else {"folder_id": target.folder_id}
