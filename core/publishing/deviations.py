"""Making deviations: new ones, and copies of those that are there."""

from copy import deepcopy
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.identity.models import Account, AccountState
from core.publishing.access import Post, load_posts, not_found
from core.publishing.changes import DeviationChanges
from core.publishing.editing import completed, find_account, require_sound
from core.publishing.errors import IllegalMove
from core.publishing.models import Deviation, DeviationFile, DeviationStatus, UploadMode
from core.publishing.moves import plain
from core.publishing.pool_fields import require_preset
from core.publishing.states import require_move
from core.system import audit
from core.system.actors import Actor


def create(
    session: Session,
    actor: Actor,
    fields: DeviationChanges,
    *,
    status: DeviationStatus = DeviationStatus.DRAFT,
    reason: str | None = None,
    now: datetime,
) -> Deviation:
    """A new draft, or one for review, still without files; ``fields`` must name a title.

    Without an account in ``fields`` it gets the person's default one. Raises :class:`IllegalMove`
    for any other ``status``, :class:`ChangeRefused` when the fields do not go together.
    """
    if status is DeviationStatus.PUBLISHED:
        raise IllegalMove("Only what is in a gallery already begins as published: take the gallery over.")
    require_move(None, status)
    values = completed(fields.given())
    values.setdefault("account_id", default_account_id(session, actor))
    row = Deviation(user_id=actor.user_id, status=status, created_at=now, updated_at=now, upload_mode=UploadMode.SINGLE)
    post = Post(row, account=find_account(session, actor, values["account_id"]))
    require_sound(post, values)
    if values.get("sale_preset_id") is not None:
        require_preset(session, actor, values["sale_preset_id"])
    for name, value in values.items():
        setattr(row, name, value)
    session.add(row)
    session.flush()
    after = {"status": status.value} | {name: plain(value) for name, value in values.items()}
    audit.record(session, actor, "deviation.created", row.id, after=after, reason=reason, now=now)
    return row


def check_fields(session: Session, actor: Actor, fields: DeviationChanges) -> None:
    """Raise :class:`ChangeRefused` when new deviations cannot be given these fields."""
    values = completed(fields.given())
    row = Deviation(user_id=actor.user_id, status=DeviationStatus.DRAFT)
    require_sound(Post(row, account=find_account(session, actor, values.get("account_id"))), values)
    if values.get("sale_preset_id") is not None:
        require_preset(session, actor, values["sale_preset_id"])


def default_account_id(session: Session, actor: Actor) -> str | None:
    """The account a new post gets: the person's default, else the only one there is."""
    query = select(Account.id, Account.is_default).where(
        Account.user_id == actor.user_id, Account.state != AccountState.DISCONNECTED
    )
    accounts = session.execute(query.order_by(Account.is_default.desc(), Account.id).limit(2)).all()
    if accounts and (accounts[0].is_default or len(accounts) == 1):
        chosen: str = accounts[0].id
        return chosen
    return None


def duplicate(session: Session, actor: Actor, deviation_id: str, *, now: datetime) -> Deviation:
    """A draft with the same fields and files; nothing of where the original stands. The files are stored once."""
    original = load_posts(session, actor, [deviation_id], lock=False).get(deviation_id)
    if original is None:
        raise not_found()
    values: dict[str, Any] = {name: deepcopy(getattr(original.row, name)) for name in _copied_fields()}
    row = Deviation(user_id=actor.user_id, status=DeviationStatus.DRAFT, created_at=now, updated_at=now, **values)
    session.add(row)
    session.flush()
    session.add_all(_copied_file(file, row.id, now) for file in original.files)
    session.flush()
    audit.record(
        session, actor, "deviation.duplicated", row.id, after={"from": deviation_id, "status": "draft"}, now=now
    )
    return row


def _copied_fields() -> list[str]:
    return [*DeviationChanges.model_fields, "upload_mode"]


def _copied_file(file: DeviationFile, deviation_id: str, now: datetime) -> DeviationFile:
    return DeviationFile(
        deviation_id=deviation_id,
        blob_id=file.blob_id,
        original_filename=file.original_filename,
        storage_key=file.storage_key,
        storage_url=file.storage_url,
        mime_type=file.mime_type,
        file_size=file.file_size,
        width=file.width,
        height=file.height,
        duration=file.duration,
        sort_order=file.sort_order,
        created_at=now,
    )
