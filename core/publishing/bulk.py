"""Changing many posts at once, item by item, with an undo.

All changes of one call carry one correlation id. It names the batch in the audit trail, and the
trail's before-values are what :func:`undo` goes back to.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.logs import correlated
from core.publishing import tags as tagging
from core.publishing.access import LEASE_SECONDS, Post, load_posts
from core.publishing.changes import DeviationChanges, read_changes
from core.publishing.editing import edit_post, find_account, require_editable, require_version
from core.publishing.errors import ChangeRefused
from core.publishing.models import Deviation, LatePolicy, MatureLevel
from core.publishing.moves import snapshot
from core.publishing.patterns import Pattern, PatternValues, read_pattern
from core.publishing.post_values import text_values, title_values
from core.publishing.reports import BatchReport, Change, run_batch
from core.publishing.validation import warnings
from core.publishing.zones import zone_named
from core.system import audit
from core.system.actors import Actor
from core.system.models import AuditEvent


@dataclass(frozen=True, slots=True)
class DescriptionPattern:
    """A description to write for each post: ``answers`` and the post's own values fill the variables.

    ``append`` puts it below what the post has, once.
    """

    pattern: Pattern
    answers: Mapping[str, str] = field(default_factory=dict)
    append: bool = False


@dataclass(frozen=True, slots=True)
class BulkChanges:
    """What to do to every post of a selection.

    ``fields`` are set as they are (its tags and title, if given, replace); ``add_tags`` and ``remove_tags``
    work on what each post has. ``title_pattern`` is read by ``patterns``; ``{n}`` counts from ``first_number``.
    ``description`` is written with the values each post has after all that.
    """

    fields: DeviationChanges = field(default_factory=DeviationChanges)
    add_tags: Sequence[str] = ()
    remove_tags: Sequence[str] = ()
    title_pattern: str | None = None
    first_number: int = 1
    description: DescriptionPattern | None = None


@dataclass(frozen=True, slots=True)
class PostEdit:
    """What one post is to become, by the names of its fields; ``seen_at`` is the ``updated_at`` the person saw."""

    id: str
    values: Mapping[str, Any]
    seen_at: datetime


Trail = list[dict[str, Any]]


def edit_many(
    session: Session,
    actor: Actor,
    ids: Sequence[str],
    changes: BulkChanges,
    *,
    zone: str = "UTC",
    now: datetime,
    lease_seconds: float = LEASE_SECONDS,
) -> BatchReport:
    """Change all of ``ids`` in this order; what cannot be changed is skipped with its reason.

    ``zone`` decides the day that ``{date}`` stands for. Raises :class:`PatternRefused` before
    anything is changed when the title pattern cannot be read.
    """
    pattern = read_pattern(changes.title_pattern) if changes.title_pattern else None
    ids = list(dict.fromkeys(ids))
    numbers = {one: number for number, one in enumerate(ids, start=changes.first_number)}
    day = now.astimezone(zone_named(zone)).date()
    fixed = changes.fields.given()

    def change(post: Post, trail: Trail) -> Change:
        values = fixed | _new_tags(post.row, changes, fixed)
        if pattern is not None:
            values["title"] = _new_title(pattern, title_values(post, numbers[post.row.id], day))
        if changes.description is not None:
            values["description"] = _new_description(session, actor, post, changes.description, values, day)
        changed = edit_post(session, actor, post, values, trail=trail, now=now, lease_seconds=lease_seconds)
        return Change(bool(changed), warnings(post))

    return run_as_one(session, actor, ids, change)


def edit_each(
    session: Session, actor: Actor, edits: Sequence[PostEdit], *, now: datetime, lease_seconds: float = LEASE_SECONDS
) -> BatchReport:
    """Give each post its own values; what cannot be taken, or was changed since it was seen, is skipped."""
    wanted = {edit.id: edit for edit in edits}

    def change(post: Post, trail: Trail) -> Change:
        edit = wanted[post.row.id]
        # Before the version, for a worker's claim is a new one too.
        require_editable(post, now=now, lease_seconds=lease_seconds)
        require_version(post, edit.seen_at, advice="Check what you typed against it, then save again.")
        values = read_changes(dict(edit.values)).given()
        changed = edit_post(session, actor, post, values, trail=trail, now=now, lease_seconds=lease_seconds)
        return Change(bool(changed), warnings(post))

    return run_as_one(session, actor, list(wanted), change)


def describe(
    session: Session,
    actor: Actor,
    post: Post,
    wanted: DescriptionPattern,
    *,
    now: datetime,
    lease_seconds: float = LEASE_SECONDS,
) -> None:
    """Write the description of one loaded post. Today is what the answers say, else the day in UTC."""
    text = _new_description(session, actor, post, wanted, {}, now.date())
    edit_post(session, actor, post, {"description": text}, now=now, lease_seconds=lease_seconds)


def preview_titles(session: Session, actor: Actor, ids: Sequence[str], title_pattern: str, *, zone: str = "UTC",
                   first_number: int = 1, now: datetime) -> list[tuple[str, str]]:  # fmt: skip
    """What the titles would become: pairs of id and text. Raises :class:`PatternRefused`."""
    pattern = read_pattern(title_pattern)
    day = now.astimezone(zone_named(zone)).date()
    posts = load_posts(session, actor, ids, lock=False)
    return [
        (post.row.id, pattern.render(title_values(post, number, day)))
        for number, post in enumerate(posts.values(), start=first_number)
    ]


def undo(
    session: Session, actor: Actor, group: str, *, now: datetime, lease_seconds: float = LEASE_SECONDS
) -> BatchReport:
    """Take back one bulk edit, where nothing was changed since; the report's own group undoes the undo."""
    events = session.scalars(
        select(AuditEvent)
        .where(
            AuditEvent.correlation_id == group,
            AuditEvent.owner_id == actor.user_id,
            AuditEvent.action == "deviation.edited",
        )
        .order_by(AuditEvent.at, AuditEvent.id)
    ).all()
    if not events:
        raise ChangeRefused("There is nothing to undo: this change is not known, or it was cleared away.")
    by_post = {event.subject_id: event for event in events}

    def change(post: Post, trail: Trail) -> Change:
        event = by_post[post.row.id]
        before, after = event.before or {}, event.after or {}
        if snapshot(post.row, list(after)) != after:
            raise ChangeRefused(f"“{post.row.title}” was changed again since; what it has now is kept.")
        values = {name: _column_value(name, value) for name, value in before.items()}
        edit_post(session, actor, post, values, reason="undone", trail=trail, now=now, lease_seconds=lease_seconds)
        return Change()

    return run_as_one(session, actor, list(by_post), change)


def run_as_one(
    session: Session, actor: Actor, ids: Sequence[str], change: Callable[[Post, Trail], Change]
) -> BatchReport:
    """Change each post under one correlation id; all rows and events are written in a few statements."""
    trail: Trail = []
    with correlated() as group:
        report = run_batch(ids, load_posts(session, actor, ids), lambda post: change(post, trail), group=group)
    # Post by post, thousands of them would take seconds.
    session.flush()
    audit.record_all(session, trail)
    return report


def _new_tags(row: Deviation, changes: BulkChanges, fixed: dict[str, Any]) -> dict[str, Any]:
    if not changes.add_tags and not changes.remove_tags:
        return {}
    unwanted = {tag.casefold() for tag in tagging.tidy(changes.remove_tags)}
    have = [tag for tag in fixed.get("tags", row.tags) if tag.casefold() not in unwanted]
    return read_changes({"tags": [*have, *changes.add_tags]}).given()


def _new_title(pattern: Pattern, values: PatternValues) -> str:
    title: str = read_changes({"title": pattern.render(values)}).title
    return title


def _new_description(
    session: Session, actor: Actor, post: Post, wanted: DescriptionPattern, values: Mapping[str, Any], day: date
) -> str | None:
    """The text for a post that is about to get ``values``."""
    known = text_values(post, day)
    if "title" in values:
        known["title"] = values["title"]
    if "tags" in values:
        known["tags"] = ", ".join(values["tags"])
    if "account_id" in values:
        account = find_account(session, actor, values["account_id"])
        known["account"] = account.username if account else ""
    text = wanted.pattern.fill(known | dict(wanted.answers)).strip()
    if wanted.append:
        text = _appended(values.get("description", post.row.description), text)
    description: str | None = read_changes({"description": text}).description
    return description


def _appended(before: str | None, text: str) -> str:
    # Applied a second time, as after a click too many, it is there already.
    if not before or before == text or before.endswith(f"\n\n{text}"):
        return before or text
    return f"{before}\n\n{text}"


_ENUMS = {"mature_level": MatureLevel, "late_policy": LatePolicy}


def _column_value(name: str, value: Any) -> Any:
    """A value from the audit trail as its column takes it."""
    return _ENUMS[name](value) if name in _ENUMS and value is not None else value
