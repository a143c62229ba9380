"""What waits for a person, and what goes out next by itself."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from core.identity.models import Account, AccountState
from core.publishing.models import Deviation, DeviationFile, DeviationStatus, HoldReason
from core.publishing.states import IN_PROGRESS, QUEUED
from core.system.actors import Actor

# More names than this are counted, not listed.
NAMED = 3


@dataclass(frozen=True, slots=True)
class Waiting:
    """Posts that wait for one and the same reason: how many, and the first few as pairs of id and title."""

    count: int = 0
    first: tuple[tuple[str, str], ...] = ()
    message: str | None = None  # of the first


@dataclass(frozen=True, slots=True)
class LostAccount:
    """An account that must be connected again, and how many posts it holds up."""

    id: str
    username: str
    held_posts: int


@dataclass(frozen=True, slots=True)
class Attention:
    """Everything that needs a person, and how far a new one has come."""

    failed: Waiting
    late: Waiting
    agreement: Waiting
    lost_accounts: tuple[LostAccount, ...]
    in_review: int
    has_account: bool
    has_post: bool
    has_plan: bool

    @property
    def is_settled_in(self) -> bool:
        """True once an account, a picture and a plan have all been there."""
        return self.has_account and self.has_post and self.has_plan


@dataclass(frozen=True, slots=True)
class Upcoming:
    """A post that will go out without anybody doing something. ``due_at`` is later than the promise after a try."""

    id: str
    title: str
    status: DeviationStatus
    blob_id: str | None
    file_count: int
    account: str
    is_sandbox: bool
    scheduled_at: datetime
    promised_at: datetime
    due_at: datetime
    retry_count: int

    @property
    def is_under_way(self) -> bool:
        return self.status in IN_PROGRESS


def attention(session: Session, actor: Actor) -> Attention:
    """What waits for the person now."""
    accounts = _accounts(session, actor)
    usable = {account_id for account_id, _, state in accounts if state is AccountState.CONNECTED}
    lost = [(account_id, name) for account_id, name, state in accounts if state is AccountState.RECONNECT]
    return Attention(
        failed=_waiting(session, actor, Deviation.status == DeviationStatus.FAILED),
        late=_waiting(session, actor, _held(HoldReason.LATE)),
        agreement=_waiting(session, actor, _held(HoldReason.AGREEMENT)),
        lost_accounts=tuple(_lost_accounts(session, actor, lost)),
        in_review=_count(session, actor, Deviation.status == DeviationStatus.REVIEW),
        has_account=bool(usable or lost),
        has_post=_exists(session, actor, Deviation.id.is_not(None)),
        has_plan=_exists(
            session,
            actor,
            Deviation.status.in_(QUEUED | {DeviationStatus.PUBLISHED, DeviationStatus.FAILED}),
        ),
    )


def next_out(session: Session, actor: Actor, *, limit: int = 6) -> list[Upcoming]:
    """What goes out next by itself, the earliest first; posts that are held or lack their account are left out."""
    query = (
        select(Deviation, Account.username, Account.provider)
        .join(Account, Account.id == Deviation.account_id)
        .where(
            _own(actor),
            Deviation.status.in_(QUEUED),
            Deviation.hold_reason.is_(None),
            Account.state == AccountState.CONNECTED,
        )
        .order_by(Deviation.due_at, Deviation.id)
        .limit(limit)
    )
    rows = session.execute(query).all()
    covers = _covers(session, [row.id for row, _, _ in rows])
    return [_upcoming(row, username, provider, covers) for row, username, provider in rows]


def _upcoming(row: Deviation, username: str, provider: str, covers: dict[str, tuple[str, int]]) -> Upcoming:
    blob_id, file_count = covers.get(row.id, (None, 0))
    # The database holds that queued posts have a time; the promise may be missing in rows of other programs.
    promised = row.actual_publish_at or row.due_at
    assert promised is not None
    assert row.due_at is not None
    return Upcoming(
        id=row.id,
        title=row.title,
        status=row.status,
        blob_id=blob_id,
        file_count=file_count,
        account=username,
        is_sandbox=provider.endswith("-sandbox"),
        scheduled_at=row.scheduled_at or promised,
        promised_at=promised,
        due_at=row.due_at,
        retry_count=row.retry_count,
    )


def _covers(session: Session, ids: list[str]) -> dict[str, tuple[str, int]]:
    """The first picture and the number of files of each post."""
    query = (
        select(DeviationFile.deviation_id, DeviationFile.blob_id)
        .where(DeviationFile.deviation_id.in_(ids))
        .order_by(DeviationFile.deviation_id, DeviationFile.sort_order)
    )
    blobs: dict[str, list[str]] = {}
    for deviation_id, blob_id in session.execute(query):
        blobs.setdefault(deviation_id, []).append(blob_id)
    return {deviation_id: (found[0], len(found)) for deviation_id, found in blobs.items()}


def _own(actor: Actor) -> ColumnElement[bool]:
    return and_(Deviation.user_id == actor.user_id, Deviation.deleted_at.is_(None))


def _held(reason: HoldReason) -> ColumnElement[bool]:
    return and_(Deviation.status.in_(QUEUED), Deviation.hold_reason == reason)


def _count(session: Session, actor: Actor, condition: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).select_from(Deviation).where(_own(actor), condition)) or 0


def _exists(session: Session, actor: Actor, condition: ColumnElement[bool]) -> bool:
    return session.scalar(select(Deviation.id).where(_own(actor), condition).limit(1)) is not None


def _waiting(session: Session, actor: Actor, condition: ColumnElement[bool]) -> Waiting:
    query = (
        select(Deviation.id, Deviation.title, Deviation.error_message)
        .where(_own(actor), condition)
        .order_by(Deviation.updated_at.desc(), Deviation.id)
        .limit(NAMED)
    )
    first = session.execute(query).all()
    if not first:
        return Waiting()
    names = tuple((deviation_id, title) for deviation_id, title, _ in first)
    return Waiting(_count(session, actor, condition), names, first[0].error_message)


def _accounts(session: Session, actor: Actor) -> list[tuple[str, str, AccountState]]:
    query = select(Account.id, Account.username, Account.state).where(Account.user_id == actor.user_id)
    return [(account_id, name, state) for account_id, name, state in session.execute(query.order_by(Account.username))]


def _lost_accounts(session: Session, actor: Actor, lost: list[tuple[str, str]]) -> list[LostAccount]:
    if not lost:
        return []
    query = (
        select(Deviation.account_id, func.count())
        .where(_own(actor), Deviation.status.in_(QUEUED), Deviation.account_id.in_([one for one, _ in lost]))
        .group_by(Deviation.account_id)
    )
    held = dict(session.execute(query).tuples())
    return [LostAccount(account_id, name, held.get(account_id, 0)) for account_id, name in lost]
