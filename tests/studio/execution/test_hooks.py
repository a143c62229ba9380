"""Hooks of an item: run once for each call and picture, told of when skipped, and nothing is lost by them."""

import io
from datetime import timedelta
from typing import Any

import pytest
import pyvips
from PIL import Image
from sqlalchemy import select

from core.identity.models import User
from core.media.models import Blob
from core.media.storage import ObjectStore
from core.studio.execution.keeping import Kept
from core.studio.execution.products import write_products
from core.studio.orders.models import LogLevel, OrderItemInput
from core.studio.products import trash
from core.studio.products.detail import get_product
from core.studio.products.models import Product, ProductOriginal
from core.studio.providers import Connection, GenerationRequest, Handle, Submitted
from core.system.actors import Actor
from core.system.models import StorageRemoval
from tests.factories import make_blob
from tests.media.samples import make_png
from tests.studio.execution.house import House
from tests.studio.execution.scripted import outcome_of, picture
from tests.studio.factories import make_product


def ordered(house: House, *, prompt: str = "a harbour", **hooks: tuple[str, ...]) -> str:
    order_id = house.place()
    named = {when: list(names) for when, names in hooks.items()}
    made = {"prompt": prompt, "negative_prompt": "", "parameters": {"width": 64, "height": 32}}
    house.set_items(order_id, generation_parameter_set=made | named)
    return order_id


def stored(house: House, blob_id: str) -> bytes:
    with house.database.read() as session:
        key = session.get_one(Blob, blob_id).storage_key
    with house.store.open(key) as file:
        return file.read()


def size(data: bytes) -> tuple[int, int]:
    return Image.open(io.BytesIO(data)).size


def original_of(house: House, product_id: str) -> str | None:
    with house.database.read() as session:
        query = select(ProductOriginal.blob_id).where(ProductOriginal.product_id == product_id)
        return session.scalar(query)


def test_the_product_is_what_hooks_made_and_the_picture_as_it_came_is_kept_beside_it(house: House) -> None:
    order_id = ordered(house, after=("upscale", "gone", "grayscale"))
    house.run_until_idle()
    (product,) = house.products(order_id)
    assert size(stored(house, product.blob_id)) == (16, 16)
    assert product.provider_metadata["hooks_after"] == ["upscale", "grayscale"]
    original = original_of(house, product.id)
    assert original is not None and stored(house, original) == picture(1)
    (line,) = [line for line in house.log(order_id) if line.event == "hook_skipped"]
    assert (line.level, line.details["hook"]) == (LogLevel.WARNING, "gone") and "“gone”" in line.message


@pytest.mark.parametrize("after", [(), ("gone",), ("upscale",) * 16])
def test_what_hooks_cannot_change_is_kept_as_it_came(
    house: House, monkeypatch: pytest.MonkeyPatch, after: tuple[str, ...]
) -> None:
    monkeypatch.setattr("core.studio.hooks.pictures.write", _refuses)
    order_id = ordered(house, after=after)
    house.run_until_idle()
    (product,) = house.products(order_id)
    assert stored(house, product.blob_id) == picture(1)
    assert ("hooks_after" in product.provider_metadata, original_of(house, product.id)) == (False, None)
    skipped = [line for line in house.log(order_id) if line.event == "hook_skipped"]
    assert bool(skipped) is bool(after)


def _refuses(*_: Any) -> None:
    raise pyvips.Error("disk full")


def test_storing_the_same_result_again_leaves_one_product_with_one_original(house: House) -> None:
    order_id = ordered(house, after=("upscale",))
    (work,) = house.begin()
    outcome = outcome_of(picture(1))

    def kept() -> Kept:
        (found,) = house.runner.keeper.keep_all(work, house.scripted, outcome, without=frozenset())
        assert isinstance(found, Kept)
        return found

    first, again = kept(), kept()
    assert first.probed.sha256 == again.probed.sha256
    for one, new in ((first, 1), (again, 0)):
        with house.database.session() as session:
            assert write_products(session, work, outcome, [one], now=house.now) == new
    (product,) = house.products(order_id)
    assert again.original is not None and original_of(house, product.id) is not None
    with house.database.read() as session:
        assert len(session.scalars(select(Blob.id)).all()) == 2
        removed = set(session.scalars(select(StorageRemoval.key)))
    assert removed == {*again.place.keys, *again.original[0].keys}


def test_with_the_product_its_original_goes_too_unless_something_else_shows_it(house: House) -> None:
    order_id = ordered(house, after=("upscale",))
    house.run_until_idle()
    (product,) = house.products(order_id)
    original = original_of(house, product.id)
    assert original is not None
    with house.database.session() as session:
        actor = Actor.person(product.user_id)
        assert get_product(session, actor, product.id).original_blob_id == original
        other = make_product(session, session.get_one(User, product.user_id), session.get_one(Blob, original))
        assert get_product(session, actor, other.id).original_blob_id is None
        for one, left in ((product.id, {original}), (other.id, set())):
            trash.throw_away(session, actor, [one], now=house.now)
            trash.purge(session, actor, [one], now=house.now + timedelta(days=1))
            assert set(session.scalars(select(Blob.id))) == left
        assert session.scalars(select(Product.id)).all() == []


def test_hooks_before_the_call_change_what_is_sent_and_not_what_was_ordered(house: House) -> None:
    order_id = ordered(house, prompt="a  harbour,, at dusk,", before=("gone", "tidy"))
    house.run_until_idle()
    assert house.scripted.requests[0].parameters["prompt"] == "a harbour, at dusk"
    assert house.item(order_id).generation_parameter_set["prompt"] == "a  harbour,, at dusk,"
    (product,) = house.products(order_id)
    assert (product.prompt, product.provider_metadata["hooks_before"]) == ("a harbour, at dusk", ["tidy"])
    assert [line.details["hook"] for line in house.log(order_id) if line.event == "hook_skipped"] == ["gone"]


@pytest.mark.parametrize(
    ("hooks", "sent"),
    [(("tidy",), (60, 40)), (("square-input",), (40, 40)), (("square-input", "fit-input"), (64, 32))],
)
def test_a_picture_goes_in_as_hooks_make_it(
    house: House, store: ObjectStore, hooks: tuple[str, ...], sent: tuple[int, int]
) -> None:
    order_id, seen = ordered(house, before=hooks), list[tuple[int, int]]()
    put_in(house, store, order_id, make_png(60, 40))

    def submit(_: Connection, request: GenerationRequest) -> Submitted:
        seen.append(size(request.inputs[0].path.read_bytes()))
        return Submitted(Handle("call-1"))

    house.scripted.script("submit", submit)
    house.run_until_idle()
    assert seen == [sent]
    assert "hook_skipped" not in [line.event for line in house.log(order_id)]


def test_a_picture_that_hooks_cannot_read_goes_in_as_it_is(house: House, store: ObjectStore) -> None:
    order_id = ordered(house, before=("square-input",))
    put_in(house, store, order_id, b"no picture at all")
    house.scripted.script("submit", lambda _, request: Submitted(Handle(f"call-{len(request.inputs)}")))
    house.run_until_idle()
    assert len(house.products(order_id)) == 1
    assert [line.event for line in house.log(order_id)].count("hook_skipped") == 1


def put_in(house: House, store: ObjectStore, order_id: str, data: bytes) -> None:
    with house.database.session() as session:
        user = session.scalars(select(User)).one()
        blob = make_blob(session, user)
        store.put(blob.storage_key, data, content_type="image/png")
        product = make_product(session, user, blob)
        item = house.item(order_id)
        session.add(OrderItemInput(order_item_id=item.id, parameter="image", product_id=product.id))
