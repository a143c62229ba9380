"""What the studio throws away for good, and what outlives it."""

import pytest
from sqlalchemy import func, select

from core.identity.errors import AdministratorsOnly
from core.jobs.ports import Ports
from core.jobs.retention import clean_studio
from core.media.models import Blob
from core.studio import retention
from core.studio.orders.models import GenerationLog, ItemStatus, LogLevel, Order, OrderItem
from core.studio.products.models import Product
from core.studio.retention import TrashKind
from core.studio.shelves.models import Collection, Project
from core.studio.wording.models import GenerationTemplate, Lookup
from core.system.actors import Actor
from core.system.models import AuditEvent, StorageRemoval
from tests.factories import DAY, NOON, make_user
from tests.identity.support import add
from tests.studio.factories import (
    make_collection,
    make_item,
    make_lookup,
    make_order,
    make_product,
    make_project,
    make_provider,
)

OLD, YOUNG = NOON - 91 * DAY, NOON - 89 * DAY


@pytest.fixture
def ports(database, store, settings):
    return Ports(settings, database, store, {}, lambda: NOON, "worker")


def count(database, model):
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(model))


def make_template(session, user, name="Kept", **fields):
    row = GenerationTemplate(
        **{"user_id": user.id, "name": name, "provider": "local", "model": "painter", "parameter_set": {},
           "is_global": "project_id" not in fields, "created_at": NOON, "updated_at": NOON} | fields
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def test_the_trash_goes_after_its_time_and_nothing_else_does(ports):
    with ports.database.session() as session:
        user = make_user(session)
        provider = make_provider(session)
        for gone in (OLD, YOUNG, None):
            make_product(session, user, deleted_at=gone)
            order = make_order(session, user, provider, deleted_at=gone)
            make_item(session, order, status=ItemStatus.COMPLETE)
            make_project(session, user, deleted_at=gone)
            make_collection(session, user, deleted_at=gone)
            make_template(session, user, deleted_at=gone)
            make_lookup(session, user, f"key-{gone and gone.day}", ["a"], deleted_at=gone)
    said = clean_studio(ports)
    assert said == "Forgot 0 lines about the making of pictures, emptied 6 things from the studio's trash."
    models = (Product, Order, OrderItem, Project, Collection, GenerationTemplate, Lookup, Blob)
    assert [count(ports.database, model) for model in models] == [2] * 8
    assert count(ports.database, StorageRemoval) == 4  # one picture and its thumbnails
    with ports.database.read() as session:
        purged = select(func.count()).select_from(AuditEvent).where(AuditEvent.action.like("%.purged"))
        assert session.scalar(purged) == 6
    assert clean_studio(ports) is None


def test_products_outlive_the_order_and_the_project_they_came_from(ports):
    with ports.database.session() as session:
        user = make_user(session)
        project = make_project(session, user, deleted_at=OLD)
        order = make_order(session, user, make_provider(session), project_id=project.id, deleted_at=OLD)
        item = make_item(session, order, status=ItemStatus.COMPLETE)
        taken_back = make_product(session, user, project_id=project.id, order_item_id=item.id)
        binned_later = make_product(session, user, project_id=project.id, deleted_at=YOUNG)
        template = make_template(session, user, project_id=project.id)
    clean_studio(ports)
    with ports.database.read() as session:
        kept = {row.id: row for row in session.scalars(select(Product))}
        assert set(kept) == {taken_back.id, binned_later.id}
        assert {(row.project_id, row.order_item_id) for row in kept.values()} == {(None, None)}
        assert session.get(GenerationTemplate, template.id).is_global
        assert session.scalar(select(func.count()).select_from(Project)) == 0


def test_an_order_with_work_left_is_never_purged(ports):
    with ports.database.session() as session:
        make_order(session, make_user(session), make_provider(session), items=1, deleted_at=OLD)
    clean_studio(ports)
    assert count(ports.database, Order) == 1


def test_generation_logs_go_after_a_month(ports):
    with ports.database.session() as session:
        user = make_user(session)
        for at in (NOON - 31 * DAY, NOON - 29 * DAY):
            session.add(GenerationLog(user_id=user.id, timestamp=at, level=LogLevel.INFO, event="stored", message="x"))
    assert clean_studio(ports).startswith("Forgot 1 lines")
    assert count(ports.database, GenerationLog) == 1


def test_an_administrator_empties_everybodys_trash_and_a_member_does_not(session):
    root, bob = add(session, "root", is_admin=True), add(session, "bob")
    make_collection(session, bob, deleted_at=NOON)
    make_collection(session, bob)
    with pytest.raises(AdministratorsOnly):
        retention.empty_trash(session, Actor.person(bob.id), TrashKind.COLLECTIONS, now=NOON)
    actor = Actor.person(root.id)
    heaps = {one.kind: one for one in retention.trash_of_house(session, actor)}
    assert (heaps[TrashKind.COLLECTIONS].count, heaps[TrashKind.COLLECTIONS].oldest_at) == (1, NOON)
    assert (heaps[TrashKind.ORDERS].count, heaps[TrashKind.ORDERS].oldest_at) == (0, None)
    assert retention.empty_trash(session, actor, TrashKind.COLLECTIONS, now=NOON) == 1
    assert retention.empty_trash(session, actor, TrashKind.COLLECTIONS, now=NOON) == 0
    assert session.scalar(select(func.count()).select_from(Collection)) == 1
