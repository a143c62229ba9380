"""Finding a person's deviations, and seeing whether they may be touched now.

No lookup goes by id alone: another person's id answers like a missing one.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.db.chunks import chunked
from core.identity.models import Account, AccountState
from core.publishing.errors import DeviationBusy, DeviationNotFound, OutcomeUnknown
from core.publishing.execution.work import PUBLISH
from core.publishing.models import Deviation, DeviationFile
from core.publishing.states import QUEUED
from core.system.actors import Actor
from core.system.models import Intent, IntentState

# As in settings; callers that know the settings pass their own.
LEASE_SECONDS = 45.0


@dataclass(slots=True)
class Post:
    """A deviation with what decides about it: files in order, account, and whether a publish call is unsettled."""

    row: Deviation
    files: list[DeviationFile] = field(default_factory=list)
    account: Account | None = None
    outcome_unknown: bool = False

    @property
    def has_published_files(self) -> bool:
        return any(is_published(file) for file in self.files)

    @property
    def is_being_looked_up(self) -> bool:
        """Whether the sidecar is about to settle what became of a lost publish call."""
        is_connected = self.account is not None and self.account.state is AccountState.CONNECTED
        is_waiting = self.row.status not in QUEUED or self.row.hold_reason is not None
        return self.outcome_unknown and is_connected and not is_waiting


def is_published(file: DeviationFile) -> bool:
    """True when DeviantArt shows this file, even if its address was never found."""
    return file.remote_deviation_id is not None or file.published_at is not None


def get_post(session: Session, actor: Actor, deviation_id: str, *, trashed: bool = False) -> Post:
    """The person's deviation, locked for a change. Raises :class:`DeviationNotFound`.

    ``trashed`` looks in the trash instead of outside it.
    """
    found = load_posts(session, actor, [deviation_id], trashed=trashed)
    if not found:
        raise not_found()
    return found[deviation_id]


def load_posts(
    session: Session, actor: Actor, ids: Sequence[str], *, trashed: bool = False, lock: bool = True
) -> dict[str, Post]:
    """Those of ``ids`` that are the person's, locked for a change unless told otherwise, in the order of ``ids``.

    The rows are locked in the order of their keys, so that two batches never wait for each other.
    """
    rows: dict[str, Deviation] = {}
    for some in chunked(sorted(set(ids))):
        query = select(Deviation).where(Deviation.id.in_(some), Deviation.user_id == actor.user_id)
        query = query.where(Deviation.deleted_at.is_not(None) if trashed else Deviation.deleted_at.is_(None))
        query = query.order_by(Deviation.id).execution_options(populate_existing=True)
        if lock:
            query = query.with_for_update()
        rows |= {row.id: row for row in session.scalars(query)}
    posts = {one: Post(rows[one]) for one in dict.fromkeys(ids) if one in rows}
    _add_files(session, posts)
    _add_accounts(session, posts)
    return posts


def not_found() -> DeviationNotFound:
    return DeviationNotFound("There is no such deviation. It may have been deleted; reload the page.")


def has_live_lease(row: Deviation, *, now: datetime, lease_seconds: float) -> bool:
    """True while a worker holds the post and has shown a sign of life within ``lease_seconds``."""
    if row.execution_lock_id is None or row.execution_locked_at is None:
        return False
    return row.execution_locked_at >= now - timedelta(seconds=lease_seconds)


def require_untouched(post: Post, *, now: datetime, lease_seconds: float) -> None:
    """Raise :class:`DeviationBusy` or :class:`OutcomeUnknown` unless the post may be moved now.

    A lost publish call is in the way only as long as the sidecar is about to look it up. Later it is
    not: whatever sends the post again looks it up first.
    """
    if has_live_lease(post.row, now=now, lease_seconds=lease_seconds):
        raise DeviationBusy(f"“{post.row.title}” is being sent to DeviantArt right now. Try again in a minute.")
    if post.is_being_looked_up:
        raise OutcomeUnknown(f"{may_be_public(post)} It is being looked up; try again in a few minutes.")


def require_settled(post: Post) -> None:
    """Raise :class:`OutcomeUnknown` while nobody knows what became of a publish call: a changed post could not be
    told from what may be public."""
    if post.outcome_unknown:
        raise OutcomeUnknown(
            f"{may_be_public(post)} Let it go out again first: it is looked up before anything is sent."
        )


def may_be_public(post: Post) -> str:
    return f"An answer of DeviantArt about “{post.row.title}” was lost, so it may already be public."


def _add_files(session: Session, posts: dict[str, Post]) -> None:
    owner: dict[str, Post] = {}
    for some in chunked(posts):
        query = select(DeviationFile).where(DeviationFile.deviation_id.in_(some))
        query = query.order_by(DeviationFile.deviation_id, DeviationFile.sort_order, DeviationFile.id)
        for file in session.scalars(query.execution_options(populate_existing=True)):
            posts[file.deviation_id].files.append(file)
            owner[file.id] = posts[file.deviation_id]
    for some in chunked(owner):
        unsettled = select(Intent.subject_id).where(
            Intent.subject_id.in_(some),
            Intent.kind == PUBLISH,
            Intent.state.in_([IntentState.OPEN, IntentState.UNKNOWN]),
        )
        for file_id in session.scalars(unsettled):
            owner[file_id].outcome_unknown = True


def _add_accounts(session: Session, posts: dict[str, Post]) -> None:
    ids = {post.row.account_id for post in posts.values() if post.row.account_id}
    if not ids:
        return
    accounts = {account.id: account for account in session.scalars(select(Account).where(Account.id.in_(ids)))}
    for post in posts.values():
        post.account = accounts.get(post.row.account_id or "")
