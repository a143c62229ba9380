"""Placing an order: expanded, priced and written in one transaction; and the preview, which is the same without the
writing."""

import random
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from core.db.base import table_of
from core.db.ids import new_id
from core.db.search import text_of
from core.db.upsert import insert_ignoring
from core.studio.catalogue.access import get_model, get_provider
from core.studio.catalogue.models import Model, Provider
from core.studio.catalogue.quoting import Question, Quotes
from core.studio.catalogue.spending import left_today
from core.studio.expansion import ExpandedItem, Expansion, Limits, OrderText, Stage, expand, explain
from core.studio.hooks import registry as hooks
from core.studio.orders.errors import OrderRefused
from core.studio.orders.estimating import Estimate, Estimator
from core.studio.orders.forms import OrderForm
from core.studio.orders.inputs import check_inputs
from core.studio.orders.models import ItemStatus, Order, OrderItem, OrderItemInput, OrderStatus
from core.studio.orders.origins import with_known_origins
from core.studio.parameters import ParameterSpecSet, ParameterType
from core.studio.shelves.projects import get_active_project
from core.studio.wording import lookups, templates
from core.system import audit
from core.system.actors import Actor

LONGEST_PROMPT = 20_000
LIMITS = Limits(per_batch=100, per_order=1000)
DRY_RUN = "dryrun"


@dataclass(frozen=True, slots=True)
class Preview:
    """What an order would become. ``images`` is how many pictures it asks for in all.

    ``left_today`` are the US dollars that the provider's cap leaves today; ``None`` without a cap. ``stages`` are how
    the text became these items, for ``meta:debug``. ``questions`` are what to ask the provider where no price is known.
    """

    expansion: Expansion
    estimate: Estimate
    images: int
    left_today: Decimal | None = None
    stages: tuple[Stage, ...] = ()
    questions: tuple[Question, ...] = ()


@dataclass(frozen=True, slots=True)
class _Read:
    """A form that was looked through."""

    provider: Provider
    model: Model
    specs: ParameterSpecSet
    expansion: Expansion


def preview(session: Session, actor: Actor, form: OrderForm, *, now: datetime, quotes: Quotes | None = None) -> Preview:
    """What placing this form would order. Raises what :func:`place` raises for a form that cannot be used."""
    form, read = _read(session, actor, form)
    estimator = Estimator(session, read.provider, read.model, form.images_per_item, now, quotes)
    return Preview(
        read.expansion,
        estimator.total(read.expansion.items),
        len(read.expansion.items) * form.images_per_item,
        left_today(session, read.provider, now=now),
        _stages(session, actor, form, read),
        tuple(estimator.questions),
    )


def place(session: Session, actor: Actor, form: OrderForm, *, now: datetime, quotes: Quotes | None = None) -> Order:
    """Write the order with all its items; the sidecar takes them up from there.

    ``quotes`` stand in for prices that nobody knows. The same ``client_token`` gives the order it placed before. Raises
    :class:`OrderRefused`, ``PairingError``, ``ProviderNotFound``, ``ModelNotFound`` and ``ProjectNotFound``.
    """
    placed = _placed_before(session, actor, form)
    if placed is not None:
        return placed
    form, read = _read(session, actor, with_known_origins(session, actor, form))
    if read.expansion.debug == DRY_RUN:
        raise OrderRefused("This is a dry run. Take “meta:debug:dryrun” out of the prompt to order it.")
    if not read.expansion.items:
        raise OrderRefused("Nothing comes of this prompt. Look at the warnings beside it.")
    if form.project_id is not None:
        get_active_project(session, actor, form.project_id)
    estimator = Estimator(session, read.provider, read.model, form.images_per_item, now, quotes)
    order_id = new_id("ord")
    values = _order_values(actor, form, read, estimator.total(read.expansion.items), now)
    if not insert_ignoring(session, Order, {"id": order_id, **values}):
        return _required(_placed_before(session, actor, form))
    item_ids = _write_items(session, actor, order_id, form, read, estimator, now)
    _write_inputs(session, form, item_ids)
    if form.template_id is not None:
        templates.count_use(session, templates.get_template(session, actor, form.template_id).id)
    audit.record(
        session,
        actor,
        "order.placed",
        order_id,
        after={"provider": form.provider_id, "model": form.model_id, "items": len(item_ids)},
        now=now,
    )
    return session.get_one(Order, order_id)


def _read(session: Session, actor: Actor, form: OrderForm) -> tuple[OrderForm, _Read]:
    """What there is to make, and the form without what this model has no place for."""
    provider = get_provider(session, form.provider_id)
    if not provider.is_enabled:
        raise OrderRefused(
            f"{provider.name} is switched off. Switch it on under Providers & models, or choose another."
        )
    model = get_model(session, provider.id, form.model_id)
    if not model.is_available:
        raise OrderRefused(f"“{model.name}” is no longer offered. Choose another model.")
    specs = ParameterSpecSet.from_json(model.parameter_schema)
    if not takes_negative(model):
        form = replace(form, negative_prompt="")
    _check(form, model)
    check_inputs(session, actor, form.inputs, specs)
    expansion = expand(
        OrderText(form.prompt, form.negative_prompt, form.parameters),
        lookups.words(session, actor),
        specs,
        seed=form.seed,
        limits=LIMITS,
        images_per_item=form.images_per_item,
        hooks=hooks.NAMES,
    )
    return form, _Read(provider, model, specs, expansion)


def _stages(session: Session, actor: Actor, form: OrderForm, read: _Read) -> tuple[Stage, ...]:
    if read.expansion.debug in (None, DRY_RUN):
        return ()
    return explain(
        OrderText(form.prompt, form.negative_prompt, form.parameters),
        lookups.words(session, actor),
        read.specs,
        seed=form.seed,
        mode=read.expansion.debug,
        limits=LIMITS,
        hooks=hooks.NAMES,
    )


def takes_negative(model: Model) -> bool:
    """Whether a negative prompt reaches this model."""
    return bool(model.capabilities.get("accepts_negative_prompt", True))


def _check(form: OrderForm, model: Model) -> None:
    most = int(model.capabilities.get("images_per_call") or 1)
    if not 1 <= form.images_per_item <= most:
        raise OrderRefused(f"“{model.name}” makes 1 to {most} pictures per call. Change the number.")
    if not form.prompt.strip() and model.capabilities.get("needs_prompt", True):
        raise OrderRefused("Say what the picture shows: the prompt is empty.")
    for text in (form.prompt, form.negative_prompt):
        if len(text) > LONGEST_PROMPT:
            raise OrderRefused(f"A prompt has at most {LONGEST_PROMPT:,} characters. Use lookups to shorten it.")


def _placed_before(session: Session, actor: Actor, form: OrderForm) -> Order | None:
    if form.client_token is None:
        return None
    same = select(Order).where(Order.user_id == actor.user_id, Order.client_token == form.client_token)
    return session.scalar(same)


def _required(order: Order | None) -> Order:
    if order is None:
        raise OrderRefused("This order could not be written. Reload the page and place it again.")
    return order


def _order_values(actor: Actor, form: OrderForm, read: _Read, estimate: Estimate, now: datetime) -> dict[str, Any]:
    model = read.model
    return {
        "user_id": actor.user_id,
        "project_id": form.project_id,
        "provider": read.provider.id,
        "model": model.model_id,
        "model_name": model.name,
        "model_family": model.family,
        "model_modality": model.modality.value,
        "status": OrderStatus.PENDING,
        "base_parameter_set": form.parameter_set(),
        "seed": form.seed,
        "expanded_count": len(read.expansion.items),
        "completed_count": 0,
        "failed_count": 0,
        "cancelled_count": 0,
        "estimated_cost": estimate.cost,
        "template_id": form.template_id,
        "repeats_id": form.repeats_id,
        "client_token": form.client_token,
        "search_text": text_of(form.prompt, form.negative_prompt, model.name),
        "created_at": now,
        "updated_at": now,
    }


def _write_items(
    session: Session, actor: Actor, order_id: str, form: OrderForm, read: _Read, estimator: Estimator, now: datetime
) -> list[str]:
    common = {
        "order_id": order_id,
        "user_id": actor.user_id,
        "provider": read.provider.id,
        "status": ItemStatus.PENDING,
        "images": form.images_per_item,
        "retry_count": 0,
        "due_at": now,
        "cost_is_estimated": False,
        "execution_version": 0,
        "created_at": now,
        "updated_at": now,
    }
    seed_name, highest = _seed_parameter(read.specs)
    rows: list[dict[str, Any]] = []
    for number, item in enumerate(read.expansion.items, start=1):
        parameters = dict(item.parameters)
        if seed_name is not None and parameters.get(seed_name) in (None, ""):
            # Chosen here, so that the item can be made again: whatever the provider would choose is lost to us.
            drawn = random.Random(f"{form.seed}:{number}").randint(0, highest)  # noqa: S311 - no secret
            parameters[seed_name] = str(drawn)
        rows.append(
            common
            | {
                "id": new_id("itm"),
                "sequence_number": number,
                "batch_number": item.batch,
                "generation_parameter_set": {
                    "prompt": item.prompt,
                    "negative_prompt": item.negative_prompt,
                    "parameters": parameters,
                    **_hooks(item),
                },
                "choices": dict(item.choices),
                "estimated_cost": estimator.item_cost(item.parameters),
            }
        )
    session.execute(insert(table_of(OrderItem)), rows)
    return [row["id"] for row in rows]


def _hooks(item: ExpandedItem) -> dict[str, list[str]]:
    return {when: list(names) for when, names in (("before", item.before), ("after", item.after)) if names}


def _seed_parameter(specs: ParameterSpecSet) -> tuple[str | None, int]:
    spec = next((one for one in specs if one.type is ParameterType.SEED), None)
    if spec is None:
        return None, 0
    return spec.name, min(int(spec.maximum) if spec.maximum is not None else 2**31 - 1, 2**31 - 1)


def _write_inputs(session: Session, form: OrderForm, item_ids: list[str]) -> None:
    rows = [
        {"order_item_id": item_id, "parameter": parameter, "product_id": product_id}
        for item_id in item_ids
        for parameter, product_id in form.inputs.items()
    ]
    if rows:
        session.execute(insert(table_of(OrderItemInput)), rows)
