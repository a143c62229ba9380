"""A house with something on every screen, so that looking at the screens is looking at more than empty states."""

import io
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import update
from sqlalchemy.orm import Session

from core.clock import utc_now
from core.demo.tools import lay_out
from core.identity import api_keys
from core.identity.models import Account, InstanceUser, InstanceUserRole, User
from core.media.blobs import thumbnail_key
from core.media.models import Blob
from core.metering.consumption import Consumption
from core.metering.events import UsageStatus, record
from core.metering.price import Price
from core.publishing.models import Deviation
from core.publishing.statistics.models import DeviationStatistics, StatisticsTurn
from core.runtime import Runtime
from core.sales.models import SaleQueueStatus
from core.studio.catalogue.models import Provider
from core.studio.orders.models import ItemStatus, OrderStatus
from core.studio.wording.models import GenerationTemplate
from core.system import channels, heartbeats
from core.system.actors import Actor
from core.system.notifications import notify
from tests.factories import DAY, HOUR, make_attempt, make_blob, make_deviation, make_preset, make_user
from tests.media.samples import picture
from tests.metering.support import UNKNOWN, make_event
from tests.sales.support import make_sale
from tests.studio.factories import (
    make_collection,
    make_item,
    make_lookup,
    make_model,
    make_order,
    make_product,
    make_project,
    make_provider,
)


@dataclass(frozen=True)
class House:
    """What can be opened: ids of a post that failed, of a failed order, and of a picture of the gallery."""

    post: str
    order: str
    product: str


def furnish(runtime: Runtime, owner: User, account: Account) -> House:
    """Fill the house of its owner."""
    now = utc_now()
    with runtime.database.session() as session:
        session.execute(
            update(InstanceUser).where(InstanceUser.user_id == owner.id).values(role=InstanceUserRole.ADMIN)
        )
        make_user(session, "bob")
        blob = make_blob(session, owner)
        post = _publish(session, owner, account, blob, now)
        order, product = _create(session, owner, blob, now)
        _administer(session, owner, now)
    _hang(runtime, blob)
    return House(post, order, product)


def _publish(session: Session, owner: User, account: Account, blob: Blob, now: datetime) -> str:
    lay_out(session, Actor.person(owner.id), now=now)
    for status in ("draft", "draft", "review", "review"):
        make_deviation(session, owner, account, status=status, blobs=[blob], tags=["fox", "snow"])
    at = now + HOUR
    due = {"scheduled_at": at, "actual_publish_at": at, "due_at": at}
    make_deviation(session, owner, account, status="scheduled", title="Winter fox", blobs=[blob], **due)
    failed = make_deviation(
        session, owner, account, status="failed", title="Dunes", blobs=[blob], error_message="Too long."
    )
    make_attempt(session, failed, started_at=now - HOUR, outcome="failed", message="Too long.", http_status=400)
    notify(session, owner.id, "test", "“Dunes” could not be published", link=f"content?open={failed.id}", now=now)
    make_deviation(session, owner, account, title="Thrown away", blobs=[blob], deleted_at=now - DAY)
    preset = make_preset(session, owner, name="Originals")
    for status in SaleQueueStatus:
        when = now - 2 * DAY
        post = make_deviation(session, owner, account, status="published", blobs=[blob], published_at=when)
        make_attempt(session, post, started_at=when)
        _count(session, post, now)
        make_sale(session, owner, preset, deviation=post, status=status, cover_blob_id=blob.id)
    return failed.id


def _count(session: Session, post: Deviation, now: datetime) -> None:
    own = {"user_id": post.user_id, "account_id": post.account_id, "deviation_id": post.id}
    for hours in (40, 1):
        counts = {"views": 400 // hours, "favourites": 80 // hours, "comments": 1}
        session.add(DeviationStatistics(**own, taken_at=now - hours * HOUR, **counts))
    session.add(StatisticsTurn(**own, next_at=now + HOUR, taken_at=now - HOUR, views=400, favourites=80, comments=1))


def _create(session: Session, owner: User, blob: Blob, now: datetime) -> tuple[str, str]:
    provider = session.get(Provider, "local") or make_provider(session)
    make_model(session, provider)
    project = make_project(session, owner)
    make_lookup(session, owner, "weather", ["snow", "rain", "fog"])
    written = {"provider": "local", "model": "painter", "parameter_set": {"prompt": "a {fox|owl} in __weather__"}}
    session.add(GenerationTemplate(user_id=owner.id, name="Animals", is_global=True, **written))
    for status, each in (
        (OrderStatus.PROCESSING, (ItemStatus.PENDING, ItemStatus.GENERATING)),
        (OrderStatus.FULFILLED, (ItemStatus.COMPLETE,)),
        (OrderStatus.FAILED, (ItemStatus.FAILED,)),
    ):
        order = make_order(
            session, owner, provider, status=status, project_id=project.id, expanded_count=len(each),
            completed_count=each.count(ItemStatus.COMPLETE), failed_count=each.count(ItemStatus.FAILED),
            created_at=now - DAY,
        )  # fmt: skip
        for number, item in enumerate(each, 1):
            make_item(session, order, sequence_number=number, status=item)
    marks = ({"liked": True, "rating": 4}, {"rejected": True}, {"rating": 5}, {})
    products = [
        make_product(session, owner, blob, created_at=now - number * HOUR, project_id=project.id, seed="7",
                     parameters={"steps": 20}, cost=Decimal("0.04"), **mark)
        for number, mark in enumerate(marks)
    ]  # fmt: skip
    make_collection(session, owner, "Best", cover_product_id=products[0].id)
    return order.id, products[0].id


def _administer(session: Session, owner: User, now: datetime) -> None:
    actor = Actor.person(owner.id)
    api_keys.create(session, actor, "Shop", ["sales"], now=now)
    channels.add_webhook(session, actor, "https://anna.example", ["post.failed"], allow_private=True, now=now)
    heartbeats.beat(session, "wrk-1", heartbeats.SCHEDULER, started_at=now, is_leader=True, now=now)
    guess = Price(Decimal("7.25"), "a list", estimated=True)
    events = [
        make_event(owner, "0.50", occurred_at=now - HOUR),
        make_event(owner, UNKNOWN, provider="civitai", model="nameless", occurred_at=now - 2 * HOUR),
        make_event(owner, "0.25", status=UsageStatus.ERROR, occurred_at=now - timedelta(days=3)),
        make_event(owner, guess, consumption=Consumption(images=4), occurred_at=now - DAY),
    ]
    record(session, events, now=now)


def _hang(runtime: Runtime, blob: Blob) -> None:
    small = io.BytesIO()
    picture(150, 112).save(small, "WEBP")
    runtime.store.put(blob.storage_key, small.getvalue(), content_type="image/webp")
    for size in (150, 400, 800):
        runtime.store.put(thumbnail_key(blob.storage_key, size), small.getvalue(), content_type="image/webp")
