"""Who may work on which item: new calls within the limits of their provider, and calls that are under way.

Beginning a call takes the provider's row, counts its room, chooses whose turn it is and writes the call (``open``), the
lease and the money held, all in one transaction: the intent is there before the provider hears of it. Calls that were
begun are claimed apart: asking how they stand takes no room.
"""

import random
import uuid
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, case, exists, func, insert, or_, select, text, update
from sqlalchemy.orm import Session

from core.clock import SKEW, Clock
from core.db.base import table_of
from core.db.engine import Database
from core.db.ids import new_id
from core.logs import correlation_id
from core.metering.price import HIGHEST_COST
from core.studio.catalogue.models import Model, Provider
from core.studio.execution import logbook, notices, stops
from core.studio.execution.limits import Room, lock_provider, room_of
from core.studio.execution.requests import actual_parameters
from core.studio.execution.turns import next_items
from core.studio.execution.work import Work, load_works
from core.studio.hooks.preparing import prepare_words
from core.studio.orders import states
from core.studio.orders.models import (
    WAITING,
    AttemptState,
    GenerationAttempt,
    ItemStatus,
    Order,
    OrderItem,
    OrderStatus,
)
from core.studio.parameters import ParameterSpecSet
from core.studio.providers import Modality
from core.system.actors import Actor

I = table_of(OrderItem)  # noqa: E741 - columns below read as one
A = table_of(GenerationAttempt)
P = table_of(Provider)
# Word for word as the partial indexes say it.
_WAITING = text(f"order_items.{WAITING}")
_HELD = text("order_items.lock_id IS NOT NULL")


# Beginning calls


def ready_providers(session: Session, *, now: datetime) -> list[str]:
    """Providers with items that are due and could be begun, in no order: none is to come first for ever."""
    waits = exists().where(
        I.c.provider == P.c.id, _WAITING, I.c.status == ItemStatus.PENDING, I.c.due_at <= now, I.c.lock_id.is_(None)
    )
    query = select(P.c.id).where(
        P.c.is_enabled, P.c.deleted_at.is_(None), or_(P.c.paused_until.is_(None), P.c.paused_until <= now), waits
    )
    found = list(session.scalars(query))
    random.shuffle(found)
    return found


def begin_due(database: Database, clock: Clock, worker: str, *, limit: int) -> list[Work]:
    """Begin up to ``limit`` calls, whoever's turn it is."""
    with database.read() as session:
        providers = ready_providers(session, now=clock())
    begun: list[Work] = []
    for provider_id in providers:
        if len(begun) < limit:
            begun += begin(database, clock, worker, provider_id, limit=limit - len(begun))
    return begun


def begin(
    database: Database, clock: Clock, worker: str, provider_id: str, *, limit: int, only: Collection[str] | None = None
) -> list[Work]:
    """Begin up to ``limit`` calls of one provider, as far as its limits go; ``only`` narrows it to some items."""
    with database.session() as session:
        provider = lock_provider(session, provider_id)
        now = clock()  # the moment that counts is after the wait for the row
        room = room_of(session, provider, now=now, most=limit)
        if not room.calls:
            return []
        chosen = next_items(session, provider_id, now=now, limit=room.calls, only=only)
        items = _lock_items(session, chosen, now=now)
        ids = _open(session, provider, items, room, worker, now=now)
        return load_works(session, ids, is_fresh=True)


def may_begin(session: Session, provider_id: str, *, now: datetime, limit: int) -> list[str]:
    """The items that a claim would begin now, without taking them: for handing over to other machines."""
    provider = session.get_one(Provider, provider_id)
    room = room_of(session, provider, now=now, most=limit)
    session.expunge(provider)  # the day it begins is not for this look to write
    return next_items(session, provider_id, now=now, limit=room.calls) if room.calls else []


def provider_of(session: Session, item_id: str) -> str | None:
    """The provider of an item that waits to be begun; ``None`` for any other."""
    return session.scalar(select(I.c.provider).where(I.c.id == item_id, I.c.status == ItemStatus.PENDING))


def _lock_items(session: Session, ids: Sequence[str], *, now: datetime) -> list[OrderItem]:
    """The chosen items, in turn; those a person is just changing are left for later. Orders that begin are held."""
    if not ids:
        return []
    orders = select(OrderItem.order_id).where(OrderItem.id.in_(ids)).distinct()
    open_orders = select(Order.id).where(
        Order.id.in_(set(session.scalars(orders))), Order.paused_at.is_(None), Order.deleted_at.is_(None)
    )
    # An order that runs is only looked at: those who settle its calls hold it, and must not keep others from beginning.
    running = session.scalars(open_orders.where(Order.status == OrderStatus.PROCESSING)).all()
    resting = open_orders.where(Order.status != OrderStatus.PROCESSING).order_by(Order.id)
    held = session.scalars(resting.with_for_update(key_share=True, skip_locked=True)).all()
    order_ids = [*running, *held]
    query = select(OrderItem).where(
        OrderItem.id.in_(ids),
        OrderItem.order_id.in_(order_ids),
        OrderItem.status == ItemStatus.PENDING,
        OrderItem.due_at <= now,
        OrderItem.lock_id.is_(None),
        OrderItem.cancel_requested_at.is_(None),
    )
    locked = query.with_for_update(key_share=True, skip_locked=True)
    found = {one.id: one for one in session.scalars(locked, execution_options={"populate_existing": True})}
    return [found[one] for one in ids if one in found]


def _open(
    session: Session, provider: Provider, items: Sequence[OrderItem], room: Room, worker: str, *, now: datetime
) -> list[str]:
    """Write the calls that are about to be made, and hold their money; the ids of their items."""
    models = _models_of(session, items)
    numbers = _last_numbers(session, [item.id for item in items])
    begun: list[str] = []
    refused: set[str] = set()
    for item in items:
        model = models.get(item.order_id)
        if model is None or (provider.daily_spend_cap is not None and item.estimated_cost is None):
            if _holds_order(session, item.order_id):
                reason = stops.NO_MODEL if model is None else stops.no_price(provider)
                stops.refuse(session, item, reason, now=now)
                refused.add(item.order_id)
        elif room.take(item.estimated_cost):
            _open_one(session, provider, item, model, numbers.get(item.id, 0) + 1, worker, now=now)
            begun.append(item.id)
        elif room.calls and not room.held:
            stops.hold_for_cap(session, provider, now=now)  # nothing under way could still set money free
    session.flush()
    _roll_up(session, {item.order_id for item in items}, refused, now=now)
    return begun


def _holds_order(session: Session, order_id: str) -> bool:
    """Hold the order unless somebody else does: they may be waiting for the provider's row, which is ours."""
    query = select(Order.id).where(Order.id == order_id)
    return session.scalar(query.with_for_update(key_share=True, skip_locked=True)) is not None


def _open_one(
    session: Session, provider: Provider, item: OrderItem, model: Model, number: int, worker: str, *, now: datetime
) -> None:
    specs = ParameterSpecSet.from_json(model.parameter_schema)
    generation, skipped = prepare_words(item.generation_parameter_set, specs)
    for hook in skipped:
        logbook.skipped_hook(session, item.user_id, item.order_id, item.id, hook, now=now)
    actual = actual_parameters(specs, generation, item.id)
    held = item.estimated_cost
    session.execute(
        insert(A),
        {
            "id": new_id("gat"),
            "order_item_id": item.id,
            "user_id": item.user_id,
            "provider": provider.id,
            "model": model.model_id,
            "modality": Modality(model.modality).value,
            "number": number,
            "key": str(uuid.uuid4()),
            "state": AttemptState.OPEN,
            "request": {"parameters": actual, "images": item.images, "version": model.version},
            "opened_at": now,
            "polls": 0,
            "held_cost": held,
            "correlation_id": correlation_id(),
        },
    )
    provider.held_today = min(provider.held_today + (held or 0), HIGHEST_COST)
    states.require_item_move(item.status, ItemStatus.GENERATING)
    item.status = ItemStatus.GENERATING
    item.lock_id, item.locked_at, item.execution_version = worker, now, item.execution_version + 1
    item.started_at = item.started_at or now
    item.actual_parameter_set = actual
    item.return_parameter_set = item.provider_request_id = item.progress = None
    item.due_at = item.updated_at = now


def _roll_up(session: Session, order_ids: Collection[str], refused: Collection[str], *, now: datetime) -> None:
    """Only orders whose first item begins, or that an item was refused of, add up to something new."""
    is_new = or_(Order.status == OrderStatus.PENDING, Order.id.in_(refused))
    for order in session.scalars(select(Order).where(Order.id.in_(order_ids), is_new).order_by(Order.id)):
        rolled_up = states.roll_up(session, order.id, Actor.sidecar(order.user_id), now=now)
        notices.tell_ended(session, order.id, rolled_up, now=now)


def _models_of(session: Session, items: Sequence[OrderItem]) -> dict[str, Model]:
    """The model of each order, by the order's id."""
    query = (
        select(Order.id, Model)
        .join(Model, and_(Model.provider_id == Order.provider, Model.model_id == Order.model))
        .where(Order.id.in_({item.order_id for item in items}))
    )
    return dict(session.execute(query).all())


def _last_numbers(session: Session, ids: Sequence[str]) -> dict[str, int]:
    query = select(A.c.order_item_id, func.max(A.c.number)).where(A.c.order_item_id.in_(ids))
    return dict(session.execute(query.group_by(A.c.order_item_id)).all())


# Calls under way


def due_ids(session: Session, *, now: datetime, limit: int) -> list[str]:
    """Items with a call under way that is to be asked about now, longest due first."""
    query = select(I.c.id).where(_followed(now), I.c.provider.in_(select(P.c.id)))
    return list(session.scalars(query.order_by(I.c.due_at, I.c.id).limit(limit)))


def follow_due(database: Database, clock: Clock, worker: str, *, limit: int) -> list[Work]:
    """Claim calls that are to be asked about."""
    with database.read() as session:  # nothing to do is the rule: do not open a write for it
        ids = due_ids(session, now=clock(), limit=limit)
    return follow(database, clock, worker, ids)


def follow(database: Database, clock: Clock, worker: str, ids: Sequence[str]) -> list[Work]:
    """Claim those of ``ids`` that still can be; what others took meanwhile is left out."""
    if not ids:
        return []
    now = clock()
    with database.session() as session:
        free = select(I.c.id).where(I.c.id.in_(ids), _followed(now)).with_for_update(skip_locked=True, key_share=True)
        claimed = update(I).where(I.c.id.in_(list(session.scalars(free))), _followed(now))
        lease = {"lock_id": worker, "locked_at": now, "execution_version": I.c.execution_version + 1}
        taken = set(session.scalars(claimed.values(**lease).returning(I.c.id)))
        return load_works(session, [one for one in ids if one in taken], is_fresh=False)


def _followed(now: datetime) -> ColumnElement[bool]:
    return and_(_WAITING, I.c.status == ItemStatus.GENERATING, I.c.due_at <= now, I.c.lock_id.is_(None))


# Leases


def extend_leases(database: Database, worker: str, ids: Sequence[str], *, now: datetime) -> int:
    """Heartbeat: keep the leases of ``worker`` on the items it really has in hand; how many there are."""
    if not ids:
        return 0
    with database.session() as session:
        changed = update(I).where(I.c.id.in_(ids), I.c.lock_id == worker).values(locked_at=now)
        return len(session.execute(changed.returning(I.c.id)).all())


def release_stale(database: Database, *, now: datetime, lease_seconds: float) -> list[str]:
    """Take back the leases of workers that fell silent; their items are looked at at once."""
    lease = timedelta(seconds=lease_seconds)
    # One from the future was taken before the clock was put back, and would outlive its worker by the difference.
    return _release(database, or_(I.c.locked_at < now - lease, I.c.locked_at > now + SKEW), now=now)


def release_others(database: Database, worker: str, *, now: datetime) -> list[str]:
    """Take back all leases but ``worker``'s: for one who knows to be alone, as the leader on SQLite does."""
    return _release(database, I.c.lock_id != worker, now=now)


def forget_waits(session: Session, *, now: datetime, beyond: timedelta) -> int:
    """Make due what was put off to later than ``beyond`` from now, items and providers; how many.

    For when the clock was put back: tries, polls and pauses were put off by a clock that ran ahead.
    """
    items = update(I).where(_WAITING, I.c.lock_id.is_(None), I.c.due_at > now + beyond).values(due_at=now)
    providers = update(P).where(P.c.paused_until > now + beyond).values(paused_until=None)
    brought = len(session.execute(items.returning(I.c.id)).all())
    return brought + len(session.execute(providers.returning(P.c.id)).all())


def _release(database: Database, condition: ColumnElement[bool], *, now: datetime) -> list[str]:
    with database.read() as session:  # nothing to do is the rule: do not open a write for it
        if session.scalar(select(I.c.id).where(_HELD, condition).limit(1)) is None:
            return []
    with database.session() as session:
        released = (
            update(I)
            .where(I.c.lock_id.is_not(None), condition)
            .values(
                lock_id=None,
                locked_at=None,
                due_at=case((I.c.due_at > now, now), else_=I.c.due_at),
                execution_version=I.c.execution_version + 1,
            )
            .returning(I.c.id)
        )
        found = list(session.scalars(released))
        stops.note_recovered(session, found, now=now)
        return found
