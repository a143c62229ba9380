"""Orders for crash tests: at the sandbox's imitated providers, and at the local one."""

from collections import Counter
from typing import Any

from sqlalchemy import select

from core.adapters.images.factory import build_image_providers
from core.clock import utc_now
from core.identity.models import User
from core.jobs.furnishing import furnish_house
from core.settings import Settings
from core.studio.catalogue.models import Model, Provider
from core.studio.orders.models import GenerationAttempt, Order, OrderItem
from core.studio.products.models import Product
from tests.crash.installation import Installation
from tests.factories import make_user
from tests.studio.factories import make_item, make_order


def furnish(place: Installation, **limits: Any) -> None:
    """Providers and models, as the sidecar writes them; ``limits`` are set on every provider."""
    settings = Settings(data_dir=place.folder / "data", sandbox_url=place.sandbox_url)
    providers = build_image_providers(settings)
    furnish_house(place.database, providers, settings)
    for one in providers.values():
        one.close()
    with place.database.session() as session:
        for row in session.scalars(select(Provider)):
            for name, value in limits.items():
                setattr(row, name, value)


def order(place: Installation, provider_id: str, items: int, *, prompt: str = "a harbour") -> str:
    """An order of ``items`` items, each with words and a seed of its own; its id."""
    with place.database.session() as session:
        user = session.scalar(select(User)) or make_user(session, "alice")
        provider = session.get_one(Provider, provider_id)
        model = session.scalars(
            select(Model).where(Model.provider_id == provider_id, Model.is_available).order_by(Model.position)
        ).first()
        assert model is not None, f"{provider_id} has no model"
        now = utc_now()
        row = make_order(
            session, user, provider, model=model.model_id, model_name=model.name, expanded_count=items, created_at=now,
            model_modality=model.modality.value,
        )  # fmt: skip
        for number in range(1, items + 1):
            words = {"prompt": f"{prompt} {provider_id} {number}", "negative_prompt": "", "parameters": {}}
            make_item(session, row, sequence_number=number, generation_parameter_set=words, due_at=now)
        return row.id


def items(place: Installation, order_id: str) -> list[OrderItem]:
    with place.database.read() as session:
        query = select(OrderItem).where(OrderItem.order_id == order_id).order_by(OrderItem.sequence_number)
        return list(session.scalars(query))


def all_complete(place: Installation, *order_ids: str) -> bool:
    with place.database.read() as session:
        statuses = session.scalars(select(Order.status).where(Order.id.in_(order_ids)))
        return {status.value for status in statuses} == {"fulfilled"}


def products_of(place: Installation, order_id: str) -> list[Product]:
    with place.database.read() as session:
        query = select(Product).join(OrderItem, OrderItem.id == Product.order_item_id)
        return list(session.scalars(query.where(OrderItem.order_id == order_id)))


def unsettled(place: Installation) -> int:
    with place.database.read() as session:
        query = select(GenerationAttempt.id).where(GenerationAttempt.state.in_(["open", "submitted", "unknown"]))
        return len(session.scalars(query).all())


def begun_at(place: Installation, name: str) -> dict[str, Any]:
    """What the imitated provider was asked to begin: ``begun``, and how many contents came ``twice``."""
    answer = place.sandbox_client.get(f"/_sandbox/{name}/state")
    answer.raise_for_status()
    state = answer.json()
    contents = Counter(row["content"] for row in state["generations"])
    return {"begun": state["begun"], "twice": sum(times > 1 for times in contents.values())}


def reset(place: Installation, name: str, **behaviour: Any) -> None:
    place.sandbox_client.post(f"/_sandbox/{name}/reset").raise_for_status()
    if behaviour:
        place.sandbox_client.post(f"/_sandbox/{name}/behaviour", json=behaviour).raise_for_status()
