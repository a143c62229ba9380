"""Rows of the studio for tests; what a test does not name gets a plain, valid value. They flush and never commit."""

import itertools
from typing import Any

from sqlalchemy.orm import Session

from core.db.ids import new_id
from core.identity.models import User
from core.media.models import Blob
from core.studio.catalogue.models import Model, Provider
from core.studio.orders.models import GenerationAttempt, ItemStatus, Order, OrderItem
from core.studio.parameters import ParameterSpec, ParameterSpecSet, ParameterType
from core.studio.products.models import Product, ProductSource, ProductType
from core.studio.providers import Modality, ProviderKind
from core.studio.shelves.models import Collection, Project
from core.studio.wording.models import Lookup
from tests.factories import NOON, make_blob

SPECS = ParameterSpecSet.of(
    (
        ParameterSpec("steps", ParameterType.INTEGER, default=20, minimum=1, maximum=50, order=1),
        ParameterSpec("seed", ParameterType.SEED, order=2),
        ParameterSpec("width", ParameterType.INTEGER, default=512, minimum=64, maximum=2048, step=8, order=3),
        ParameterSpec("height", ParameterType.INTEGER, default=512, minimum=64, maximum=2048, step=8, order=4),
    )
)
_numbers = itertools.count(1)


def make_provider(session: Session, provider_id: str = "local", **fields: Any) -> Provider:
    """A provider that is switched on, of the kind its id begins with."""
    values: dict[str, Any] = {
        "id": provider_id,
        "kind": ProviderKind(provider_id.partition("-")[0]),
        "name": provider_id.capitalize(),
        "created_at": NOON,
        "updated_at": NOON,
    }
    row = Provider(**values | fields)
    session.add(row)
    session.flush()
    return row


def make_model(session: Session, provider: Provider, model_id: str = "painter", **fields: Any) -> Model:
    values: dict[str, Any] = {
        "provider_id": provider.id,
        "model_id": model_id,
        "name": model_id.capitalize(),
        "modality": Modality.TEXT_TO_IMAGE,
        "parameter_schema": SPECS.to_json(),
        "capabilities": {"images_per_call": 4},
        "created_at": NOON,
        "updated_at": NOON,
    }
    row = Model(**values | fields)
    session.add(row)
    session.flush()
    return row


def make_project(session: Session, user: User, name: str = "Harbour", **fields: Any) -> Project:
    row = Project(**{"user_id": user.id, "name": name, "created_at": NOON, "updated_at": NOON} | fields)
    session.add(row)
    session.flush()
    return row


def make_order(session: Session, user: User, provider: Provider, items: int = 0, **fields: Any) -> Order:
    """An order with ``items`` pending items that are due at noon."""
    values: dict[str, Any] = {
        "user_id": user.id,
        "provider": provider.id,
        "model": "painter",
        "model_name": "Painter",
        "model_modality": Modality.TEXT_TO_IMAGE.value,
        "base_parameter_set": {"prompt": "a harbour", "negative_prompt": "", "parameters": {}},
        "expanded_count": items,
        "created_at": NOON,
        "updated_at": NOON,
    }
    row = Order(**values | fields)
    session.add(row)
    session.flush()
    for number in range(1, items + 1):
        make_item(session, row, sequence_number=number)
    return row


def make_item(session: Session, order: Order, **fields: Any) -> OrderItem:
    values: dict[str, Any] = {
        "order_id": order.id,
        "user_id": order.user_id,
        "provider": order.provider,
        "sequence_number": next(_numbers),
        "status": ItemStatus.PENDING,
        "generation_parameter_set": {"prompt": "a harbour", "negative_prompt": "", "parameters": {"steps": 20}},
        "due_at": NOON,
        "created_at": NOON,
        "updated_at": NOON,
    }
    row = OrderItem(**values | fields)
    session.add(row)
    session.flush()
    return row


def make_generation_attempt(session: Session, item: OrderItem, **fields: Any) -> GenerationAttempt:
    values: dict[str, Any] = {
        "order_item_id": item.id,
        "user_id": item.user_id,
        "provider": item.provider,
        "model": "painter",
        "modality": Modality.TEXT_TO_IMAGE.value,
        "number": 1,
        "key": f"key-{next(_numbers)}",
        "request": {},
        "opened_at": NOON,
    }
    row = GenerationAttempt(**values | fields)
    session.add(row)
    session.flush()
    return row


def make_product(session: Session, user: User, blob: Blob | None = None, **fields: Any) -> Product:
    number = next(_numbers)
    values: dict[str, Any] = {
        "id": new_id("prd"),
        "user_id": user.id,
        "blob_id": (blob or make_blob(session, user)).id,
        "type": ProductType.IMAGE,
        "source": ProductSource.GENERATED,
        "name": f"picture-{number}",
        "provider": "local",
        "model": "painter",
        "prompt": "a harbour",
        "search_text": "a harbour",
        "created_at": NOON,
        "updated_at": NOON,
    }
    row = Product(**values | fields)
    session.add(row)
    session.flush()
    return row


def make_collection(session: Session, user: User, name: str = "Best", **fields: Any) -> Collection:
    row = Collection(**{"user_id": user.id, "name": name, "created_at": NOON, "updated_at": NOON} | fields)
    session.add(row)
    session.flush()
    return row


def make_lookup(session: Session, user: User | None, key: str, values: list[str], **fields: Any) -> Lookup:
    """A person's lookup, or one of the house when there is no person."""
    row = Lookup(
        **{
            "user_id": user.id if user else None,
            "key": key,
            "values": values,
            "is_system": user is None,
            "created_at": NOON,
            "updated_at": NOON,
        }
        | fields
    )
    session.add(row)
    session.flush()
    return row
