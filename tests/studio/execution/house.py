"""A sidecar's inside for tests: a database, a store, a scripted provider and a clock that is set by hand."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.db.engine import Database
from core.identity.models import User
from core.media.incoming import Incoming
from core.media.probe import ProbeLimits
from core.media.storage import ObjectStore
from core.metering.models import Usage
from core.studio.catalogue.models import Provider
from core.studio.execution import claims
from core.studio.execution.calls import Calls
from core.studio.execution.keeping import Keeper
from core.studio.execution.runner import Runner
from core.studio.execution.work import Work
from core.studio.orders.models import GenerationAttempt, GenerationLog, Order, OrderItem
from core.studio.products.models import Product
from core.studio.providers import ProviderKind
from tests.factories import NOON, make_user
from tests.studio.execution.scripted import Scripted
from tests.studio.factories import make_model, make_order, make_provider

WORKER = "worker-1"


@dataclass
class House:
    """One installation with one provider. ``now`` is what its clock says."""

    database: Database
    store: ObjectStore
    folder: Path
    scripted: Scripted
    provider_id: str = "replicate"
    now: datetime = NOON
    stopping: bool = False
    slept: list[float] = field(default_factory=list)

    def clock(self) -> datetime:
        return self.now

    def later(self, **delta: float) -> None:
        self.now += timedelta(**delta)

    @property
    def runner(self) -> Runner:
        incoming = Incoming(self.folder)
        calls = Calls({self.scripted.kind: self.scripted}, self.store, incoming, self.clock)
        keeper = Keeper(self.store, incoming, ProbeLimits(max_bytes=100_000))
        return Runner(
            self.database, calls, keeper, self.clock, lambda: self.stopping, unknown_wait=20, sleep=self.slept.append
        )

    def begin(self, limit: int = 32, worker: str = WORKER) -> list[Work]:
        return claims.begin_due(self.database, self.clock, worker, limit=limit)

    def follow(self, limit: int = 32, worker: str = WORKER) -> list[Work]:
        return claims.follow_due(self.database, self.clock, worker, limit=limit)

    def turn(self) -> int:
        """Do everything that is due at this moment, once; how many claims that were."""
        works = [*self.follow(), *self.begin()]
        for work in works:
            self.runner.run(work)
        return len(works)

    def run_until_idle(self, *, turns: int = 60) -> None:
        """Work, moving the clock to what is due next, until nothing waits."""
        for _ in range(turns):
            if self.turn():
                continue
            due_at = self._next_due()
            if due_at is None:
                return
            self.now = max(self.now + timedelta(seconds=1), due_at)
        raise AssertionError("It never came to an end.")

    def recover(self) -> list[str]:
        """The worker died; its leases ran out."""
        self.later(seconds=60)
        return claims.release_stale(self.database, now=self.now, lease_seconds=45)

    def place(self, items: int = 1, *, name: str = "alice", **fields: Any) -> str:
        """An order of ``items`` items; its id."""
        with self.database.session() as session:
            user = session.scalar(select(User).where(User.username == name)) or make_user(session, name)
            provider = session.get_one(Provider, self.provider_id)
            order = make_order(session, user, provider, items, created_at=self.now, **fields)
            for item in session.scalars(select(OrderItem).where(OrderItem.order_id == order.id)):
                item.due_at = self.now
            return order.id

    def set_items(self, order_id: str, **values: Any) -> None:
        with self.database.session() as session:
            for item in session.scalars(select(OrderItem).where(OrderItem.order_id == order_id)):
                for key, value in values.items():
                    setattr(item, key, value)

    def set_provider(self, **values: Any) -> None:
        with self.database.session() as session:
            row = session.get_one(Provider, self.provider_id)
            for key, value in values.items():
                setattr(row, key, value)

    @contextmanager
    def _read(self) -> Iterator[Session]:
        with self.database.read() as session:
            yield session

    @property
    def provider(self) -> Provider:
        with self._read() as session:
            return session.get_one(Provider, self.provider_id)

    def order(self, order_id: str) -> Order:
        with self._read() as session:
            return session.get_one(Order, order_id)

    def items(self, order_id: str) -> list[OrderItem]:
        query = select(OrderItem).where(OrderItem.order_id == order_id).order_by(OrderItem.sequence_number)
        with self._read() as session:
            return list(session.scalars(query))

    def item(self, order_id: str) -> OrderItem:
        return self.items(order_id)[0]

    def attempts(self, order_id: str) -> list[GenerationAttempt]:
        query = (
            select(GenerationAttempt)
            .join(OrderItem, OrderItem.id == GenerationAttempt.order_item_id)
            .where(OrderItem.order_id == order_id)
            .order_by(OrderItem.sequence_number, GenerationAttempt.number)
        )
        with self._read() as session:
            return list(session.scalars(query))

    def products(self, order_id: str) -> list[Product]:
        query = (
            select(Product)
            .join(OrderItem, OrderItem.id == Product.order_item_id)
            .where(OrderItem.order_id == order_id)
            .order_by(OrderItem.sequence_number, Product.output_index)
        )
        with self._read() as session:
            return list(session.scalars(query))

    def events(self) -> list[Usage]:
        with self._read() as session:
            return list(session.scalars(select(Usage).order_by(Usage.occurred_at, Usage.id)))

    def log(self, order_id: str) -> list[GenerationLog]:
        query = select(GenerationLog).where(GenerationLog.order_id == order_id)
        with self._read() as session:
            return list(session.scalars(query.order_by(GenerationLog.timestamp, GenerationLog.id)))

    def _next_due(self) -> datetime | None:
        query = select(OrderItem.due_at).where(OrderItem.due_at.is_not(None)).order_by(OrderItem.due_at).limit(1)
        paused = self.provider.paused_until
        with self._read() as session:
            due_at = session.scalar(query)
        return max(due_at, paused) if due_at and paused else due_at


def furnish(database: Database, store: ObjectStore, folder: Path, scripted: Scripted, **provider: Any) -> House:
    """A house whose one provider is ``scripted``."""
    provider_id = scripted.kind.value
    with database.session() as session:
        row = make_provider(session, provider_id, kind=ProviderKind(scripted.kind), **provider)
        make_model(session, row)
    return House(database, store, folder, scripted, provider_id)
