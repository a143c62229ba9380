"""Takeovers of galleries that stopped with an error and wait for their person."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.identity.models import Account
from core.publishing.statistics.models import GalleryImport, GalleryImportStatus
from core.system.actors import Actor

_AT_REST = (GalleryImportStatus.PAUSED, GalleryImportStatus.FAILED)


@dataclass(frozen=True, slots=True)
class StoppedTakeover:
    """``reason`` is a sentence for the person."""

    account_id: str
    username: str
    reason: str


def list_stopped(session: Session, actor: Actor) -> tuple[StoppedTakeover, ...]:
    """Each account whose newest takeover stopped with an error; what the person paused is not among them."""
    query = (
        select(GalleryImport, Account.username)
        .join(Account, Account.id == GalleryImport.account_id)
        .where(GalleryImport.user_id == actor.user_id)
        .order_by(GalleryImport.started_at, GalleryImport.id)
    )
    newest = {row[0].account_id: row for row in session.execute(query)}
    return tuple(
        StoppedTakeover(run.account_id, username, run.error_message)
        for run, username in newest.values()
        if run.status in _AT_REST and run.error_message
    )
