"""Starting, pausing, resuming and cancelling a takeover; the sidecar does the work in between."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.identity.accounts import get_account
from core.identity.models import AccountState
from core.publishing.models import Deviation
from core.publishing.statistics.models import GalleryImport, GalleryImportStatus
from core.publishing.takeover.errors import TakeoverNotFound, TakeoverRefused
from core.system import audit
from core.system.actors import Actor
from core.system.models import AuditEvent

S = GalleryImportStatus
UNDER_WAY = (S.RUNNING, S.PAUSED)
STARTED = "gallery_import.started"


@dataclass(frozen=True, slots=True)
class Takeover:
    """How a takeover stands. ``known``: found on the site and here already; ``works`` is how many of this account's
    taken-over works are here now."""

    id: str
    account_id: str
    status: GalleryImportStatus
    with_pictures: bool
    found: int
    imported: int
    known: int
    attempts: int
    works: int
    error_message: str | None
    due_at: datetime
    started_at: datetime
    finished_at: datetime | None


def start(
    session: Session,
    actor: Actor,
    account_id: str,
    *,
    with_pictures: bool = True,
    bring_back: bool = False,
    now: datetime,
) -> str:
    """Begin to take over an account's gallery; the id of the takeover.

    ``bring_back`` also takes what the person deleted here before. Raises ``AccountNotFound`` and
    :class:`TakeoverRefused` when the account is not connected or a takeover is under way.
    """
    account = get_account(session, actor, account_id, lock=True)
    if account.state is not AccountState.CONNECTED:
        raise TakeoverRefused(f"{account.username} must be connected first. Connect it, then take over its gallery.")
    if _find_under_way(session, account.id) is not None:
        raise TakeoverRefused(f"The gallery of {account.username} is being taken over already. Resume or cancel that.")
    row = GalleryImport(
        user_id=actor.user_id,
        account_id=account.id,
        with_pictures=with_pictures,
        due_at=now,
        started_at=now,
    )
    session.add(row)
    session.flush()
    # What was asked for stands in the trail, where the work reads it: see ``asked_to_bring_back``.
    after = {"account_id": account.id, "with_pictures": with_pictures, "bring_back": bring_back}
    audit.record(session, actor, STARTED, row.id, after=after, now=now)
    return row.id


def pause(session: Session, actor: Actor, import_id: str, *, now: datetime) -> None:
    """Hold a takeover; what is here already stays. Raises :class:`TakeoverRefused` unless it is running."""
    _move(session, actor, import_id, S.PAUSED, (S.RUNNING,), "paused", now=now)


def resume(session: Session, actor: Actor, import_id: str, *, now: datetime) -> None:
    """Let a paused or failed takeover go on where it stopped. Raises :class:`TakeoverRefused`."""
    row = _move(session, actor, import_id, S.RUNNING, (S.PAUSED, S.FAILED), "resumed", now=now)
    row.due_at, row.attempts, row.error_message, row.finished_at = now, 0, None, None
    session.flush()


def cancel(session: Session, actor: Actor, import_id: str, *, now: datetime) -> None:
    """End a takeover before its end; what is here already stays. Raises :class:`TakeoverRefused`."""
    row = _move(session, actor, import_id, S.CANCELLED, UNDER_WAY, "cancelled", now=now)
    row.finished_at = now
    session.flush()


def latest_by_account(session: Session, actor: Actor) -> dict[str, Takeover]:
    """Each account's newest takeover, by account."""
    query = select(GalleryImport).where(GalleryImport.user_id == actor.user_id)
    rows = session.scalars(query.order_by(GalleryImport.started_at, GalleryImport.id))
    newest = {row.account_id: row for row in rows}
    works = count_works(session, actor)
    return {account_id: _view(row, works.get(account_id, 0)) for account_id, row in newest.items()}


def count_works(session: Session, actor: Actor) -> dict[str, int]:
    """How many taken-over works are here, outside the trash, by account."""
    query = select(Deviation.account_id, func.count()).where(
        Deviation.user_id == actor.user_id, Deviation.imported_at.is_not(None), Deviation.deleted_at.is_(None)
    )
    rows = session.execute(query.group_by(Deviation.account_id)).all()
    return {row[0]: row[1] for row in rows if row[0] is not None}


def asked_to_bring_back(session: Session, import_id: str) -> bool:
    """Whether the person wants what they deleted here to be taken over again."""
    query = select(AuditEvent.after).where(AuditEvent.subject_id == import_id, AuditEvent.action == STARTED)
    after = session.scalar(query.limit(1))
    return bool(after and after.get("bring_back"))


def _move(
    session: Session,
    actor: Actor,
    import_id: str,
    target: GalleryImportStatus,
    origins: tuple[GalleryImportStatus, ...],
    word: str,
    *,
    now: datetime,
) -> GalleryImport:
    query = select(GalleryImport).where(GalleryImport.id == import_id, GalleryImport.user_id == actor.user_id)
    row = session.scalar(query.with_for_update())
    if row is None:
        raise TakeoverNotFound("There is no such takeover. Reload the page.")
    if row.status not in origins:
        raise TakeoverRefused(f"This takeover is {row.status.value}, so it cannot be {word}. Reload the page.")
    if row.status is S.FAILED and _find_under_way(session, row.account_id) is not None:
        raise TakeoverRefused("Another takeover of this gallery is under way. Let it end first.")
    before = {"status": row.status.value}
    row.status = target
    session.flush()
    action = f"gallery_import.{word}"
    audit.record(session, actor, action, row.id, before=before, after={"status": target.value}, now=now)
    return row


def _find_under_way(session: Session, account_id: str) -> str | None:
    query = select(GalleryImport.id).where(GalleryImport.account_id == account_id, GalleryImport.status.in_(UNDER_WAY))
    return session.scalar(query)


def _view(row: GalleryImport, works: int) -> Takeover:
    return Takeover(
        row.id, row.account_id, row.status, row.with_pictures, row.found, row.imported, row.known, row.attempts, works,
        row.error_message, row.due_at, row.started_at, row.finished_at,
    )  # fmt: skip
