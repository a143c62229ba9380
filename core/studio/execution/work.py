"""All that a worker knows of a claimed item, loaded once; the lease keeps it true."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.media.models import Blob
from core.metering.prices.bundled import OWN_HARDWARE
from core.studio.catalogue.connections import connection_of, model_ref
from core.studio.catalogue.models import Model, Provider
from core.studio.hooks.protocol import Skipped
from core.studio.orders.models import AttemptState, GenerationAttempt, ItemStatus, Order, OrderItem, OrderItemInput
from core.studio.parameters import ParameterSpecSet
from core.studio.products.models import Product
from core.studio.providers import Connection, Modality, ModelRef, ProviderKind

UNSETTLED = (AttemptState.OPEN, AttemptState.SUBMITTED)


@dataclass(slots=True)
class AttemptWork:
    """The unsettled call of an item. ``finished_at``: the provider is done with it, its results are not yet stored."""

    id: str
    number: int
    key: str
    state: AttemptState
    request: dict[str, Any]
    handle: dict[str, Any] | None
    opened_at: datetime
    submitted_at: datetime | None
    finished_at: datetime | None
    polls: int
    held_cost: Decimal | None


@dataclass(frozen=True, slots=True)
class InputWork:
    """A product that goes in. ``storage_key`` is its picture."""

    parameter: str
    product_id: str
    storage_key: str
    mime_type: str
    sha256: str


@dataclass(slots=True)
class Work:
    """A claimed item with its unsettled call. ``lock_id`` and ``version`` are the claim; every write carries them.

    ``is_fresh``: this very claim began the call, so it was certainly not made yet. ``before`` and ``after`` are hooks;
    those that were ``skipped`` are logged with the next write.
    """

    id: str
    order_id: str
    user_id: str
    project_id: str | None
    lock_id: str
    version: int
    status: ItemStatus
    sequence_number: int
    images: int
    prompt: str
    negative_prompt: str
    choices: dict[str, Any]
    retry_count: int
    is_cancelled: bool
    cost_so_far: Decimal | None
    had_calls: bool
    started_at: datetime | None
    attempt: AttemptWork
    connection: Connection
    model: ModelRef
    model_name: str
    specs: ParameterSpecSet
    inputs: tuple[InputWork, ...] = field(default=())
    has_lost_input: bool = False  # a picture that was to go in was deleted for good
    is_fresh: bool = False
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    skipped: list[Skipped] = field(default_factory=list)

    @property
    def provider_id(self) -> str:
        return self.connection.provider_id

    @property
    def is_own_hardware(self) -> bool:
        """Whether nobody charges its calls, so that repeating one costs nothing."""
        return self.kind.value in OWN_HARDWARE

    @property
    def kind(self) -> ProviderKind:
        return self.connection.kind


def load_works(session: Session, ids: Sequence[str], *, is_fresh: bool) -> list[Work]:
    """Claimed items with their calls; an item without an unsettled call, which cannot be, is left out."""
    if not ids:
        return []
    rows = session.execute(
        select(OrderItem, Order, GenerationAttempt)
        .join(Order, Order.id == OrderItem.order_id)
        .join(GenerationAttempt, GenerationAttempt.order_item_id == OrderItem.id)
        .where(OrderItem.id.in_(ids), GenerationAttempt.state.in_(UNSETTLED))
        .execution_options(populate_existing=True)
    ).all()
    providers = {one: session.get_one(Provider, one) for one in {row.OrderItem.provider for row in rows}}
    models = _models(session, {(row.Order.provider, row.Order.model) for row in rows})
    inputs = _inputs(session, [row.OrderItem.id for row in rows])
    position = {one: number for number, one in enumerate(ids)}
    return [
        _work(item, order, attempt, providers[item.provider], models.get((order.provider, order.model)),
              inputs[item.id], is_fresh=is_fresh)
        for item, order, attempt in sorted(rows, key=lambda row: position[row.OrderItem.id])
    ]  # fmt: skip


def _models(session: Session, wanted: set[tuple[str, str]]) -> dict[tuple[str, str], Model]:
    found = {}
    for provider_id, model_id in wanted:
        query = select(Model).where(Model.provider_id == provider_id, Model.model_id == model_id)
        row = session.scalar(query)
        if row is not None:
            found[provider_id, model_id] = row
    return found


def _inputs(session: Session, ids: Sequence[str]) -> dict[str, tuple[InputWork, ...]]:
    query = (
        select(OrderItemInput.order_item_id, OrderItemInput.parameter, Product.id, Blob)
        .join(Product, Product.id == OrderItemInput.product_id)
        .join(Blob, Blob.id == Product.blob_id)
        .where(OrderItemInput.order_item_id.in_(ids))
        .order_by(OrderItemInput.parameter)
    )
    found: dict[str, tuple[InputWork, ...]] = defaultdict(tuple)
    for item_id, parameter, product_id, blob in session.execute(query):
        found[item_id] += (InputWork(parameter, product_id, blob.storage_key, blob.mime_type, blob.sha256),)
    return found


def _work(
    item: OrderItem, order: Order, attempt: GenerationAttempt, provider: Provider, model: Model | None,
    inputs: tuple[InputWork, ...], *, is_fresh: bool,
) -> Work:  # fmt: skip
    generation = item.generation_parameter_set
    return Work(
        id=item.id,
        order_id=item.order_id,
        user_id=item.user_id,
        project_id=order.project_id,
        lock_id=item.lock_id or "",
        version=item.execution_version,
        status=item.status,
        sequence_number=item.sequence_number,
        images=item.images,
        prompt=generation.get("prompt") or "",
        negative_prompt=generation.get("negative_prompt") or "",
        choices=item.choices,
        retry_count=item.retry_count,
        is_cancelled=item.cancel_requested_at is not None,
        cost_so_far=item.cost,
        had_calls=attempt.number > 1,
        started_at=item.started_at,
        attempt=_attempt(attempt),
        connection=connection_of(provider),
        model=model_ref(model) if model else ModelRef(attempt.model, Modality(attempt.modality)),
        model_name=order.model_name,
        specs=ParameterSpecSet.from_json(model.parameter_schema if model else None),
        inputs=inputs,
        has_lost_input=len(inputs) < len(order.base_parameter_set.get("inputs") or {}),
        is_fresh=is_fresh,
        before=tuple(generation.get("before") or ()),
        after=tuple(generation.get("after") or ()),
    )


def _attempt(row: GenerationAttempt) -> AttemptWork:
    return AttemptWork(
        row.id, row.number, row.key, row.state, row.request, row.handle, row.opened_at, row.submitted_at,
        row.finished_at, row.polls, row.held_cost,
    )  # fmt: skip
