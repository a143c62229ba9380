"""Counts kept by triggers are what a recount gives, whatever happens to the rows, on both engines."""

import random

import pytest
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from core.identity.models import User
from core.studio.orders.models import Order
from core.studio.products.models import Product
from core.studio.shelves.models import (
    Collection,
    CollectionProduct,
    Project,
    Tag,
    TagAssociation,
    TaggedKind,
)
from tests.factories import NOON, make_blob, make_user
from tests.studio.factories import make_collection, make_order, make_product, make_project, make_provider

STEPS = 150


def _assert_counts_are_true(session: Session) -> None:
    session.flush()
    session.expire_all()
    for project in session.scalars(select(Project)):
        products = select(func.count()).where(Product.project_id == project.id, Product.deleted_at.is_(None))
        orders = select(func.count()).where(Order.project_id == project.id, Order.deleted_at.is_(None))
        counted = (session.scalar(products), session.scalar(orders))
        assert (project.product_count, project.order_count) == counted
    for collection in session.scalars(select(Collection)):
        members = (
            select(func.count())
            .select_from(CollectionProduct)
            .join(Product, Product.id == CollectionProduct.product_id)
            .where(CollectionProduct.collection_id == collection.id, Product.deleted_at.is_(None))
        )
        assert collection.product_count == session.scalar(members)
    for tag in session.scalars(select(Tag)):
        used = select(func.count()).select_from(TagAssociation).where(TagAssociation.tag_id == tag.id)
        assert tag.usage_count == session.scalar(used)


@pytest.fixture
def alice(session) -> User:
    return make_user(session)


def test_counts_follow_random_changes(session, alice):
    chance = random.Random(7)
    blob, provider = make_blob(session, alice), make_provider(session)
    projects = [make_project(session, alice, name).id for name in ("A", "B", "C")]
    collections = [make_collection(session, alice, name).id for name in ("X", "Y")]
    tags = [Tag(user_id=alice.id, name=name, name_key=name, created_at=NOON) for name in ("red", "blue")]
    session.add_all(tags)
    products = [make_product(session, alice, blob, project_id=chance.choice(projects)).id for _ in range(12)]
    orders = [make_order(session, alice, provider, project_id=chance.choice(projects)).id for _ in range(6)]

    def move() -> None:
        model, ids = chance.choice([(Product, products), (Order, orders)])
        values = {"project_id": chance.choice([*projects, None])}
        session.execute(update(model).where(model.id == chance.choice(ids)).values(values))

    def trash() -> None:
        model, ids = chance.choice([(Product, products), (Order, orders)])
        session.execute(
            update(model).where(model.id == chance.choice(ids)).values(deleted_at=chance.choice([NOON, None]))
        )

    def collect() -> None:
        key = {"collection_id": chance.choice(collections), "product_id": chance.choice(products)}
        session.execute(delete(CollectionProduct).filter_by(**key))
        if chance.random() < 0.7:
            session.execute(insert(CollectionProduct).values(**key, position=0, added_at=NOON))

    def tag() -> None:
        kind, ids = chance.choice([(TaggedKind.PRODUCT, products), (TaggedKind.PROJECT, projects)])
        key = {"tag_id": chance.choice(tags).id, "entity_type": kind, "entity_id": chance.choice(ids)}
        session.execute(delete(TagAssociation).filter_by(**key))
        if chance.random() < 0.7:
            session.execute(insert(TagAssociation).values(**key, created_at=NOON))

    def purge() -> None:
        if len(products) > 4:
            gone = products.pop(chance.randrange(len(products)))
            session.execute(delete(Product).where(Product.id == gone))

    steps = [move, trash, collect, collect, tag, tag, purge]
    for number in range(STEPS):
        chance.choice(steps)()
        if number % 10 == 9:
            _assert_counts_are_true(session)
    assert any(session.scalars(select(Tag.usage_count))) and any(session.scalars(select(Collection.product_count)))


def test_what_is_deleted_for_good_leaves_no_tags_behind(session, alice):
    project = make_project(session, alice)
    product = make_product(session, alice, project_id=project.id)
    tag = Tag(user_id=alice.id, name="red", name_key="red", created_at=NOON)
    session.add(tag)
    session.flush()
    for kind, one in ((TaggedKind.PROJECT, project.id), (TaggedKind.PRODUCT, product.id)):
        session.add(TagAssociation(tag_id=tag.id, entity_type=kind, entity_id=one, created_at=NOON))
    session.flush()
    session.execute(delete(Project).where(Project.id == project.id))  # takes its products along
    assert session.scalars(select(TagAssociation)).all() == []
    assert session.scalar(select(Product.id)) is None
    _assert_counts_are_true(session)
