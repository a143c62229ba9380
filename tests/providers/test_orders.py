"""Orders carried out by the studio itself: its own rows at one end, a provider's stand-in at the other."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from core.db.engine import Database
from core.identity.models import InstanceUserRole
from core.media.storage import ObjectStore
from core.studio.catalogue import syncing
from core.studio.orders.models import AttemptState, ItemStatus
from core.studio.providers import ImageProvider, ProviderKind
from tests.factories import make_actor
from tests.providers.support import StandInControl
from tests.studio.execution.house import House, furnish

K = ProviderKind
# Where below the sandbox, with which key, which model, and what is chosen.
ORDERS: dict[ProviderKind, tuple[str, str | None, str, dict[str, Any]]] = {
    K.REPLICATE: ("replicate", "r8_sandbox", "black-forest-labs/flux-schnell", {"megapixels": "0.25"}),
    K.FAL: ("fal", "fal_sandbox", "fal-ai/flux/schnell", {"width": 256, "height": 256}),
    K.CIVITAI: (
        "civitai",
        "civitai_sandbox",
        "urn:air:sd1:checkpoint:civitai:4384@128713",
        {"width": 256, "height": 256},
    ),
    K.COMFYUI: ("comfyui", None, "text-to-image", {"steps": 2, "width": 64, "height": 64}),
    K.OPENAI: ("openai/v1", "sk-sandbox", "gpt-image-2", {"size": "64x64", "quality": "low"}),
    K.GEMINI: ("gemini", "AIza-sandbox", "gemini-2.5-flash-image", {"aspectRatio": "1:1"}),
    K.OPENAI_COMPATIBLE: ("openai/v1", "sk-sandbox", "dall-e-2", {"size": "256x256"}),
}
Ordered = Callable[[ProviderKind], tuple[House, str, StandInControl]]


@pytest.fixture
def ordered(
    database: Database,
    store: ObjectStore,
    tmp_path: Path,
    sandbox_url: str,
    providers: Mapping[ProviderKind, ImageProvider],
) -> Iterator[Ordered]:
    """A house with one order of one picture, and the control of its provider's stand-in."""
    opened: list[StandInControl] = []

    def order(kind: ProviderKind) -> tuple[House, str, StandInControl]:
        path, key, model_id, chosen = ORDERS[kind]
        opened.append(StandInControl(sandbox_url, path.partition("/")[0]))
        opened[-1].behave(seconds=0, **({"side": 64} if kind is K.GEMINI else {}))
        adapter: Any = providers[kind]
        fields = {"api_base_url": f"{sandbox_url}/{path}", "api_key_encrypted": key}
        house = furnish(database, store, tmp_path / "incoming", adapter, **fields)
        with database.session() as session:
            admin = make_actor(session, "root", role=InstanceUserRole.ADMIN)
        syncing.refresh_models(database, providers, admin, house.provider_id, now=house.now)
        order_id = house.place(1, model=model_id)
        house.set_items(order_id, generation_parameter_set={"prompt": "a harbour", "parameters": chosen})
        return house, order_id, opened[-1]

    yield order
    for control in opened:
        control.close()


@pytest.mark.parametrize("kind", ORDERS)
def test_an_order_becomes_a_picture(ordered: Ordered, kind: ProviderKind) -> None:
    house, order_id, control = ordered(kind)
    house.run_until_idle()
    (product,) = house.products(order_id)
    (event,) = house.events()
    assert house.item(order_id).status is ItemStatus.COMPLETE
    assert product.prompt == "a harbour"
    assert event.images == 1
    assert (control.begun, control.state()["keys_begun_twice"]) == (1, 0)


def test_a_picture_of_comfyui_keeps_its_sampler_and_its_scheduler(ordered: Ordered) -> None:
    house, order_id, _ = ordered(K.COMFYUI)
    house.run_until_idle()
    made_with = house.products(order_id)[0].parameters
    assert (made_with["sampler_name"], made_with["scheduler"], made_with["guidance"]) == ("euler", "normal", 7.0)


def test_a_lost_answer_of_comfyui_is_found_and_nothing_is_made_twice(ordered: Ordered) -> None:
    house, order_id, control = ordered(K.COMFYUI)
    control.fault("drop_after", "/prompt", count=1)
    house.run_until_idle()
    assert house.item(order_id).status is ItemStatus.COMPLETE
    assert control.begun == 1


@pytest.mark.parametrize(
    ("kind", "call"),
    [(K.REPLICATE, "/v1/models/*/predictions"), (K.FAL, "/fal-ai/*"), (K.CIVITAI, "/v2/consumer/workflows")],
)
def test_a_lost_answer_of_a_queue_is_found_and_paid_once(ordered: Ordered, kind: ProviderKind, call: str) -> None:
    house, order_id, control = ordered(kind)
    control.fault("drop_after", call, method="POST", count=1)
    house.run_until_idle()
    assert house.item(order_id).status is ItemStatus.COMPLETE
    assert len(house.products(order_id)) == 1
    assert control.begun == 1


def test_a_lost_answer_of_openai_is_left_to_a_person(ordered: Ordered) -> None:
    house, order_id, control = ordered(K.OPENAI)
    control.fault("drop_after", "/v1/images/*", count=1)
    house.run_until_idle()
    (attempt,) = house.attempts(order_id)
    assert attempt.state is AttemptState.UNKNOWN
    assert house.products(order_id) == []
    assert control.begun == 1


def test_a_picture_refused_by_gemini_costs_the_words_of_its_prompt(ordered: Ordered) -> None:
    house, order_id, _ = ordered(K.GEMINI)
    house.set_items(order_id, generation_parameter_set={"prompt": "sandbox:IMAGE_SAFETY", "parameters": {}})
    house.run_until_idle()
    (event,) = house.events()
    assert house.item(order_id).status is ItemStatus.FAILED
    assert (event.images, event.tokens_in) == (0, 5)
    assert event.cost is not None
    assert event.cost > 0
