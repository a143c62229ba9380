"""One deviation in full, for the screen that edits it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.db.chunks import chunked
from core.media.models import Blob
from core.publishing.access import LEASE_SECONDS, load_posts, not_found
from core.publishing.changes import DeviationChanges
from core.publishing.listing import DeviationView, FileView, file_view, views_of
from core.publishing.models import Deviation, DeviationFile
from core.publishing.near_duplicates import Match, near_duplicates
from core.publishing.options import PublishOptions
from core.publishing.states import EDITABLE
from core.publishing.tags import SiteTags, for_site
from core.publishing.validation import problems, warnings
from core.system.actors import Actor
from core.system.models import AuditEvent


@dataclass(frozen=True, slots=True)
class FileDetail:
    """A file with its own fate at DeviantArt and what it says about its making.

    ``product_id``, ``generation`` and ``cost`` (US dollars; ``None``: unknown) are known of what came from the studio.
    """

    file: FileView
    stash_item_id: str | None
    remote_deviation_id: str | None
    remote_url: str | None
    published_at: datetime | None
    embedded: dict[str, Any] | None
    product_id: str | None = None
    generation: dict[str, Any] | None = None
    cost: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Happening:
    """One event of a deviation's history."""

    at: datetime
    by: str
    action: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class DeviationDetail:
    """Everything about one deviation.

    ``fields`` are the editable ones by name, as :class:`DeviationChanges` takes them; ``problems`` keep
    it from being scheduled, ``warnings`` do not. ``lookalikes`` are out already, or queued; a post that is
    itself out has none. ``outcome_unknown``: it is being looked up at DeviantArt.
    """

    view: DeviationView
    fields: dict[str, Any]
    options: PublishOptions
    files: tuple[FileDetail, ...]
    site_tags: SiteTags
    problems: tuple[str, ...]
    warnings: tuple[str, ...]
    lookalikes: tuple[Match, ...]
    outcome_unknown: bool


@dataclass(frozen=True, slots=True)
class EditableFields:
    """The fields of one post by name, and the version they are of."""

    updated_at: datetime
    fields: dict[str, Any]


# All but the options, which have a shape of their own.
FIELDS = tuple(name for name in DeviationChanges.model_fields if name != "publish_options")


def get_detail(
    session: Session, actor: Actor, deviation_id: str, *, now: datetime, lease_seconds: float = LEASE_SECONDS
) -> DeviationDetail:
    """One deviation, in the trash or not. Raises :class:`DeviationNotFound`."""
    post = None
    for trashed in (False, True):
        post = post or load_posts(session, actor, [deviation_id], trashed=trashed, lock=False).get(deviation_id)
    if post is None:
        raise not_found()
    (view,) = views_of(session, [deviation_id], now=now, lease_seconds=lease_seconds)
    fields = {name: getattr(post.row, name) for name in FIELDS}
    alike = near_duplicates(session, actor, [deviation_id], now=now) if post.row.status in EDITABLE else {}
    return DeviationDetail(
        view=view,
        fields=fields,
        options=PublishOptions.model_validate(post.row.publish_options),
        files=_files(session, post.files),
        site_tags=for_site(post.row.tags),
        problems=tuple(problems(post)),
        warnings=warnings(post),
        lookalikes=tuple(alike.get(deviation_id, ())),
        outcome_unknown=post.outcome_unknown,
    )


def read_fields(session: Session, actor: Actor, ids: Sequence[str]) -> dict[str, EditableFields]:
    """What can be edited of those of ``ids`` that may be: neither published, nor under way, nor in the trash."""
    columns = [getattr(Deviation, name) for name in FIELDS]
    found: dict[str, EditableFields] = {}
    for some in chunked(ids):
        query = select(Deviation.id, Deviation.updated_at, *columns).where(
            Deviation.id.in_(some),
            Deviation.user_id == actor.user_id,
            Deviation.deleted_at.is_(None),
            Deviation.status.in_(EDITABLE),
        )
        for row in session.execute(query):
            found[row.id] = EditableFields(row.updated_at, {name: getattr(row, name) for name in FIELDS})
    return {one: found[one] for one in ids if one in found}


def list_history(session: Session, actor: Actor, deviation_id: str, *, limit: int = 100) -> list[Happening]:
    """What happened to one deviation, newest first; nothing for another person's."""
    query = select(AuditEvent).where(AuditEvent.subject_id == deviation_id, AuditEvent.owner_id == actor.user_id)
    query = query.order_by(AuditEvent.at.desc(), AuditEvent.id.desc()).limit(limit)
    return [
        Happening(event.at, event.actor_kind.value, event.action, event.before, event.after, event.reason)
        for event in session.scalars(query)
    ]


def _files(session: Session, files: list[DeviationFile]) -> tuple[FileDetail, ...]:
    ids = [file.blob_id for file in files]
    embedded = {row.id: row.embedded for row in session.execute(select(Blob.id, Blob.embedded).where(Blob.id.in_(ids)))}
    return tuple(
        FileDetail(
            file_view(file), file.stash_item_id, file.remote_deviation_id, file.remote_url, file.published_at,
            embedded.get(file.blob_id), file.product_id, file.generation, file.cost,
        )
        for file in files
    )  # fmt: skip
