"""Which of a person's deviations a screen asks for: filters and search as conditions of one query."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, TableValuedAlias, exists, func, or_, select, text
from sqlalchemy.orm import Session

from core.db.folding import folded as folded
from core.publishing.models import QUEUE, Deviation, DeviationFile, DeviationStatus, HoldReason
from core.publishing.states import QUEUED
from core.system.actors import Actor


@dataclass(frozen=True, slots=True)
class DeviationFilter:
    """What to show; empty and ``None`` mean: any.

    ``search`` looks in title, description, tags and file names, whatever the case; each of its words must be
    found somewhere. ``rating_from`` leaves out what has no rating. Times are half-open: from included, before not.
    ``trashed`` looks in the trash only.
    """

    statuses: tuple[DeviationStatus, ...] = ()
    search: str = ""
    account_id: str | None = None
    automation_id: str | None = None
    tag: str | None = None
    gallery_id: str | None = None
    is_mature: bool | None = None
    is_ai_generated: bool | None = None
    hold_reason: HoldReason | None = None
    rating_from: int | None = None
    project: str | None = None
    sale_preset_id: str | None = None
    created_from: datetime | None = None
    created_before: datetime | None = None
    going_out_from: datetime | None = None
    going_out_before: datetime | None = None
    published_from: datetime | None = None
    published_before: datetime | None = None
    trashed: bool = False


def conditions(session: Session, actor: Actor, wanted: DeviationFilter) -> list[ColumnElement[bool]]:
    """The filter as conditions on ``deviations``; always the person's own rows."""
    found = [Deviation.user_id == actor.user_id]
    found.append(Deviation.deleted_at.is_not(None) if wanted.trashed else Deviation.deleted_at.is_(None))
    found += _status_conditions(wanted)
    for column, value in (
        (Deviation.account_id, wanted.account_id),
        (Deviation.automation_id, wanted.automation_id),
        (Deviation.is_mature, wanted.is_mature),
        (Deviation.is_ai_generated, wanted.is_ai_generated),
        (Deviation.hold_reason, wanted.hold_reason),
        (Deviation.project, wanted.project),
        (Deviation.sale_preset_id, wanted.sale_preset_id),
    ):
        if value is not None:
            found.append(column == value)
    if wanted.rating_from is not None:
        found.append(Deviation.rating >= wanted.rating_from)
    found += _time_conditions(wanted)
    if wanted.tag:
        exactly = wanted.tag.lower()
        found.append(_any_tag(session, lambda tag: tag == exactly))
    if wanted.gallery_id:
        found.append(_has_gallery(session, wanted.gallery_id))
    found += [_mentions(session, word) for word in wanted.search.lower().split()]
    return found


def _status_conditions(wanted: DeviationFilter) -> list[ColumnElement[bool]]:
    statuses = set(wanted.statuses)
    if not statuses:
        return []
    found = [Deviation.status.in_(sorted(statuses)) if len(statuses) > 1 else Deviation.status == next(iter(statuses))]
    if statuses <= QUEUED and not wanted.trashed:
        found.append(text(QUEUE))  # type: ignore[arg-type]  # for the partial index
    return found


def _time_conditions(wanted: DeviationFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    for column, start, end in (
        (Deviation.created_at, wanted.created_from, wanted.created_before),
        (Deviation.actual_publish_at, wanted.going_out_from, wanted.going_out_before),
        (Deviation.published_at, wanted.published_from, wanted.published_before),
    ):
        if start is not None:
            found.append(column >= start)
        if end is not None:
            found.append(column < end)
    return found


def _mentions(session: Session, word: str) -> ColumnElement[bool]:
    def holds(column: Any) -> ColumnElement[bool]:
        return folded(session, column).contains(word, autoescape=True)

    of_this = DeviationFile.deviation_id == Deviation.id
    return or_(
        holds(Deviation.title),
        holds(Deviation.description),
        _any_tag(session, lambda tag: tag.contains(word, autoescape=True)),
        exists().where(of_this, holds(DeviationFile.original_filename)),
    )


def _any_tag(session: Session, matches: Callable[[ColumnElement[str]], ColumnElement[bool]]) -> ColumnElement[bool]:
    tags = _unpacked(session, Deviation.tags)
    return exists(select(1).select_from(tags).where(matches(folded(session, tags.c.value))))


def _has_gallery(session: Session, folder_id: str) -> ColumnElement[bool]:
    galleries = _unpacked(session, Deviation.gallery_ids)
    return exists(select(1).select_from(galleries).where(galleries.c.value == folder_id))


def _unpacked(session: Session, column: Any) -> TableValuedAlias:
    """The elements of a JSON list as rows of ``value``."""
    is_postgresql = session.get_bind().dialect.name == "postgresql"
    unpack = func.jsonb_array_elements_text if is_postgresql else func.json_each
    return unpack(column).table_valued("value")
