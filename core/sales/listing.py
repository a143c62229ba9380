"""The queue as screens and exports show it: plain values, no rows of the database."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from core.db.folding import folded
from core.paging import Page, nearest_page
from core.sales.access import get_sale, is_shown
from core.sales.leases import LEASE_SECONDS, lease_expired
from core.sales.models import PricePreset, SaleQueue, SaleQueueStatus
from core.sales.money import money, plain_amount
from core.sales.usage import Usage, usage_by_preset
from core.system.actors import Actor
from core.system.models import AuditEvent

MAX_PAGE_SIZE = 200
CSV_LIMIT = 50_000
CSV_HEADER = (
    "queued_at", "title", "status", "price", "currency", "preset", "url", "attempts", "held_by", "completed_at",
    "completed_by", "has_proof", "error", "sale_id", "deviation_id",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SaleFilter:
    """Which sales; ``None`` means: any. ``text`` is looked for in the title, whatever the case."""

    status: SaleQueueStatus | None = None
    text: str | None = None

    def described(self) -> str:
        """The filter in words, for the head of an export."""
        said = [f"status = {self.status.value}"] if self.status else []
        said += [f"text = {self.text}"] if self.text else []
        return ", ".join(said) or "none"


@dataclass(frozen=True, slots=True)
class SaleView:
    """One sale. ``price`` in cents; ``held_until`` is the end of the lease of ``held_by``, which may have passed."""

    id: str
    deviation_id: str
    title: str
    url: str
    cover_blob_id: str | None
    price: int
    currency: str
    preset_id: str
    preset_name: str
    status: SaleQueueStatus
    attempts: int
    not_before: datetime | None
    held_by: str | None
    held_until: datetime | None
    is_lease_over: bool
    completed_at: datetime | None
    completed_by: str | None
    error_message: str | None
    has_proof: bool
    created_at: datetime
    updated_at: datetime

    @property
    def amount(self) -> str:
        return money(self.price, self.currency)

    @property
    def typed_price(self) -> str:
        """The bare number, to paste into the price field of the site."""
        return plain_amount(self.price, self.currency)


SalePage = Page[SaleView]


@dataclass(frozen=True, slots=True)
class Total:
    """What was priced in one currency: how many pieces, and the sum of their prices in cents."""

    currency: str
    count: int
    cents: int

    @property
    def amount(self) -> str:
        return money(self.cents, self.currency)


@dataclass(frozen=True, slots=True)
class PresetView:
    """One preset with what refers to it. Prices in cents, ``lowest`` and ``highest`` the same when it is fixed."""

    id: str
    name: str
    lowest: int
    highest: int
    currency: str
    description: str | None
    is_default: bool
    archived_at: datetime | None
    usage: Usage

    @property
    def is_range(self) -> bool:
        return self.lowest != self.highest

    @property
    def price_text(self) -> str:
        ends = [money(self.lowest, self.currency), money(self.highest, self.currency)]
        return " – ".join(dict.fromkeys(ends))


def list_sales(
    session: Session, actor: Actor, wanted: SaleFilter, *, page: int = 1, page_size: int = 50, now: datetime
) -> SalePage:
    """One page: what waits in the order of the queue, anything else with the latest change first.

    A ``page`` behind the last shows the last.
    """
    size = min(max(page_size, 1), MAX_PAGE_SIZE)
    total = session.scalar(select(func.count()).select_from(SaleQueue).where(*_conditions(session, actor, wanted))) or 0
    number = nearest_page(page, total=total, size=size)
    query = _query(session, actor, wanted).limit(size).offset((number - 1) * size)
    return SalePage(_views(session, query, now=now), total, number, size)


def find_sale(session: Session, actor: Actor, sale_id: str, *, now: datetime) -> SaleView | None:
    """One sale of the person; ``None`` when there is no such."""
    query = _select().where(SaleQueue.id == sale_id, SaleQueue.user_id == actor.user_id, is_shown())
    return next(iter(_views(session, query, now=now)), None)


def list_waiting(session: Session, actor: Actor, *, limit: int = 200, now: datetime) -> tuple[SaleView, ...]:
    """What waits for its price, the longest waiting first; also what a client tried and is left alone for a while."""
    return _views(session, _query(session, actor, SaleFilter(SaleQueueStatus.PENDING)).limit(limit), now=now)


def count_by_status(session: Session, actor: Actor) -> dict[SaleQueueStatus, int]:
    """How many there are in each state; a state without any is there as 0."""
    query = select(SaleQueue.status, func.count()).where(SaleQueue.user_id == actor.user_id, is_shown())
    found: dict[SaleQueueStatus, int] = {row[0]: row[1] for row in session.execute(query.group_by(SaleQueue.status))}
    return dict.fromkeys(SaleQueueStatus, 0) | found


@dataclass(frozen=True, slots=True)
class Signs:
    """By which one sees that the queue changed: numbers by state, the latest change, how many leases ran out."""

    counts: dict[SaleQueueStatus, int]
    changed_at: datetime | None
    silent: int


def signs(session: Session, actor: Actor, *, now: datetime) -> Signs:
    """As the queue is now; two that are equal mean that a screen would look the same."""
    latest = session.scalar(select(func.max(SaleQueue.updated_at)).where(SaleQueue.user_id == actor.user_id))
    return Signs(count_by_status(session, actor), latest, len(list_silent(session, actor, now=now)))


def list_silent(session: Session, actor: Actor, *, now: datetime) -> tuple[SaleView, ...]:
    """What clients hold that have not been heard of for longer than a lease."""
    held = list_sales(session, actor, SaleFilter(SaleQueueStatus.PROCESSING), page_size=MAX_PAGE_SIZE, now=now)
    return tuple(sale for sale in held.rows if sale.is_lease_over)


def totals(session: Session, actor: Actor) -> tuple[Total, ...]:
    """What was priced so far, by currency, the largest number of pieces first."""
    query = (
        select(SaleQueue.currency, func.count(), func.sum(SaleQueue.price))
        .where(SaleQueue.user_id == actor.user_id, SaleQueue.status == SaleQueueStatus.COMPLETED)
        .group_by(SaleQueue.currency)
        .order_by(func.count().desc(), SaleQueue.currency)
    )
    return tuple(Total(currency, count, int(cents)) for currency, count, cents in session.execute(query))


def history(session: Session, actor: Actor, sale_id: str) -> Sequence[AuditEvent]:
    """What happened to a sale, oldest first. Raises :class:`SaleNotFound`."""
    sale = get_sale(session, actor, sale_id, lock=False)
    query = select(AuditEvent).where(AuditEvent.subject_id == sale.id, AuditEvent.owner_id == actor.user_id)
    return session.scalars(query.order_by(AuditEvent.at, AuditEvent.id)).all()


def list_presets(session: Session, actor: Actor, *, archived: bool = False) -> tuple[PresetView, ...]:
    """The person's presets in their order, or the archived ones."""
    is_wanted = PricePreset.archived_at.is_not(None) if archived else PricePreset.archived_at.is_(None)
    query = select(PricePreset).where(PricePreset.user_id == actor.user_id, is_wanted)
    usage = usage_by_preset(session, actor)
    rows = session.scalars(query.order_by(PricePreset.sort_order, PricePreset.id))
    return tuple(
        PresetView(
            row.id,
            row.name,
            row.min_price or row.price,
            row.max_price or row.price,
            row.currency,
            row.description,
            row.is_default,
            row.archived_at,
            usage.get(row.id, Usage()),
        )
        for row in rows
    )


def sales_csv(session: Session, actor: Actor, wanted: SaleFilter, *, now: datetime) -> Iterator[list[str]]:
    """The export: a line with the filters, the head, then the sales in the order of the list."""
    yield [f"# Atelier sale queue. Filters: {wanted.described()}"]
    yield list(CSV_HEADER)
    for one in _views(session, _query(session, actor, wanted).limit(CSV_LIMIT), now=now):
        yield [
            _instant(one.created_at), one.title, one.status.value, one.typed_price, one.currency, one.preset_name,
            one.url, str(one.attempts), one.held_by or "", _instant(one.completed_at), one.completed_by or "",
            "yes" if one.has_proof else "no", one.error_message or "", one.id, one.deviation_id,
        ]  # fmt: skip


def presets_csv(presets: Sequence[PresetView]) -> Iterator[list[str]]:
    """The export of the presets screen."""
    yield ["name", "lowest", "highest", "currency", "default", "archived_at", "description", "preset_id"]
    for one in presets:
        ends = [plain_amount(cents, one.currency) for cents in (one.lowest, one.highest)]
        is_default = "yes" if one.is_default else "no"
        yield [one.name, *ends, one.currency, is_default, _instant(one.archived_at), one.description or "", one.id]


def _conditions(session: Session, actor: Actor, wanted: SaleFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [SaleQueue.user_id == actor.user_id, is_shown()]
    if wanted.status is not None:
        found.append(SaleQueue.status == wanted.status)
    if wanted.text:
        found.append(folded(session, SaleQueue.title).contains(wanted.text.strip().lower(), autoescape=True))
    return found


def _select() -> Select[SaleQueue, str]:
    return select(SaleQueue, PricePreset.name).join(PricePreset, PricePreset.id == SaleQueue.price_preset_id)


def _query(session: Session, actor: Actor, wanted: SaleFilter) -> Select[SaleQueue, str]:
    query = _select().where(*_conditions(session, actor, wanted))
    if wanted.status is SaleQueueStatus.PENDING:
        return query.order_by(SaleQueue.created_at, SaleQueue.id)
    return query.order_by(SaleQueue.updated_at.desc(), SaleQueue.id.desc())


def _views(session: Session, query: Select[SaleQueue, str], *, now: datetime) -> tuple[SaleView, ...]:
    return tuple(_view(row, name, now=now) for row, name in session.execute(query))


def _view(row: SaleQueue, preset_name: str, *, now: datetime) -> SaleView:
    return SaleView(
        id=row.id,
        deviation_id=row.deviation_id,
        title=row.title,
        url=row.url,
        cover_blob_id=row.cover_blob_id,
        price=row.price,
        currency=row.currency,
        preset_id=row.price_preset_id,
        preset_name=preset_name,
        status=row.status,
        attempts=row.attempts,
        not_before=row.not_before,
        held_by=row.processing_by,
        held_until=row.locked_at + timedelta(seconds=LEASE_SECONDS) if row.locked_at else None,
        is_lease_over=lease_expired(row, now=now),
        completed_at=row.completed_at,
        completed_by=row.completed_by,
        error_message=row.error_message,
        has_proof=row.screenshot_key is not None,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def _instant(at: datetime | None) -> str:
    return at.isoformat(timespec="seconds") if at else ""
