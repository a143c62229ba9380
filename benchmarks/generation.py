"""Orders through the sidecar's hands: 16 calls at once to a provider that takes a second, and 5,000 items in a row.

The ideal is what 16 calls of a second each come to when nothing else took any time. Every picture is fetched, looked
at, made smaller, stored and written as a product with its usage event. For the memory a provider answers at once; the
process's resident memory after 1,000 items is compared with that after all 5,000.
"""

import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pyvips
from sqlalchemy import func, insert, select

from benchmarks.support import Bench, Row, each_engine
from core.adapters.storage.factory import open_store
from core.clock import utc_now
from core.db.base import table_of
from core.db.engine import Database
from core.db.ids import new_id
from core.jobs.generation import GenerationHands
from core.jobs.ports import Ports, worker_name
from core.studio.orders.models import ItemStatus, Order, OrderItem
from core.studio.providers import (
    CallState,
    CallStatus,
    CatalogueModel,
    CheckedConnection,
    Connection,
    Consumption,
    ErrorCategory,
    GenerationError,
    GenerationRequest,
    Handle,
    Notice,
    Outcome,
    Output,
    ProviderKind,
    ProviderTraits,
    Submitted,
)
from tests.factories import make_user
from tests.studio.factories import make_model, make_order, make_provider

NAME = "generation"

AT_ONCE = 16
ITEMS = 320
TARGET_RATIO = 0.9
MANY, FIRST = 5_000, 1_000
PER_ORDER = 1_000
MEMORY_TARGET = 1.1


class TimedProvider:
    """Answers with a picture of its own after ``seconds``; 512 × 512 pixels, unlike any other."""

    kind = ProviderKind.OPENAI
    traits = ProviderTraits(answers_at_once=True)

    def __init__(self, seconds: float, side: int = 512) -> None:
        self._seconds = seconds
        shapes = np.random.default_rng(1).integers(0, 255, (16, 16, 3), dtype=np.uint8)
        picture = pyvips.Image.new_from_memory(shapes.tobytes(), 16, 16, 3, "uchar").resize(side / 16)
        self._jpeg: bytes = picture.jpegsave_buffer(Q=85)

    def check(self, connection: Connection) -> CheckedConnection:
        return CheckedConnection(None, "It answers.")

    def models(self, connection: Connection) -> Sequence[CatalogueModel]:
        return []

    def submit(self, connection: Connection, request: GenerationRequest) -> Submitted:
        time.sleep(self._seconds)
        # A comment after the start mark makes the bytes differ, and nothing else.
        note = request.key.encode()
        unique = self._jpeg[:2] + b"\xff\xfe" + (len(note) + 2).to_bytes(2, "big") + note + self._jpeg[2:]
        return Submitted(Handle(request.key), Outcome([Output(data=unique)], consumption=Consumption(images=1)))

    def find(self, connection: Connection, request: GenerationRequest, *, since: datetime) -> Handle | None:
        return None

    def poll(self, connection: Connection, handle: Handle) -> CallStatus:
        return CallStatus(CallState.LOST)

    def cancel(self, connection: Connection, handle: Handle) -> bool:
        return False

    def fetch(self, connection: Connection, output: Output, into: Path, *, max_bytes: int) -> None:
        into.write_bytes(output.data or b"")

    def verify(self, connection: Connection, headers: Mapping[str, str], body: bytes, *, now: datetime) -> Notice:
        raise GenerationError("The timed provider sends no webhooks.", ErrorCategory.AUTHENTICATION)

    def close(self) -> None:
        pass


def fill(database: Database, items: int, *, concurrent: int | None) -> None:
    """Orders of up to a thousand items, due now."""
    with database.session() as session:
        user = make_user(session, f"artist{random.randrange(10**9)}")
        provider = make_provider(session, "openai", concurrent_limit=concurrent)
        make_model(session, provider)
        for start in range(0, items, PER_ORDER):
            count = min(PER_ORDER, items - start)
            order = make_order(session, user, provider, expanded_count=count, created_at=utc_now())
            session.execute(insert(table_of(OrderItem)), [_item(order, number) for number in range(1, count + 1)])


def _item(order: Order, number: int) -> dict[str, Any]:
    now = utc_now()
    return {
        "id": new_id("itm"),
        "order_id": order.id,
        "user_id": order.user_id,
        "provider": order.provider,
        "sequence_number": number,
        "batch_number": 1,
        "status": ItemStatus.PENDING,
        "images": 1,
        "generation_parameter_set": {"prompt": f"a harbour at dawn {number}", "negative_prompt": "", "parameters": {}},
        "choices": {},
        "retry_count": 0,
        "due_at": now,
        "cost_is_estimated": False,
        "execution_version": 0,
        "created_at": now,
        "updated_at": now,
    }


def hands_of(database: Database, bench: Bench, url: str, provider: TimedProvider) -> GenerationHands:
    store = open_store((bench.folder / "files").as_uri())
    ports = Ports(bench.settings(url), database, store, {}, utc_now, worker_name())
    ports = replace(ports, image_providers={provider.kind: provider})
    return GenerationHands(ports, lambda: False, lambda: True)


def complete(database: Database) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).where(OrderItem.status == ItemStatus.COMPLETE)) or 0


def _last_completed(database: Database) -> datetime:
    """When the last item was complete: looking for it now and then would count the pauses between the looks."""
    with database.read() as session:
        return session.scalars(select(func.max(OrderItem.completed_at))).one()


def _until(database: Database, hands: GenerationHands, items: int, *, every: float) -> None:
    while complete(database) < items:
        hands.wake()  # as the sidecar's tick does
        time.sleep(every)


def _throughput(bench: Bench) -> Row:
    with bench.database_url() as url:
        database = Database(url)
        fill(database, ITEMS, concurrent=AT_ONCE)
        hands = hands_of(database, bench, url, TimedProvider(1.0))
        started = utc_now()
        hands.start()
        _until(database, hands, ITEMS, every=0.5)
        took = (_last_completed(database) - started).total_seconds()
        assert hands.stop(timeout=10)
        database.dispose()
    ideal, measured = AT_ONCE / 1.0, ITEMS / took
    return Row(
        f"{ITEMS} items, 16 at once, 1 s each", bench.engine, f"{measured:.1f} items/s", f"ideal {ideal:.1f}/s",
        measured / ideal, f"≥ {TARGET_RATIO}", measured / ideal >= TARGET_RATIO,
    )  # fmt: skip


def _memory(bench: Bench) -> Row:
    process = psutil.Process()
    with bench.database_url() as url:
        database = Database(url)
        fill(database, MANY, concurrent=AT_ONCE)
        hands = hands_of(database, bench, url, TimedProvider(0.0, side=64))
        hands.start()
        _until(database, hands, FIRST, every=0.5)
        early = process.memory_info().rss
        _until(database, hands, MANY, every=0.5)
        late = process.memory_info().rss
        assert hands.stop(timeout=10)
        database.dispose()
    basis = f"after 1,000 {early / 1024**2:.0f} MB"
    return Row(
        "5,000 items: memory at the end", bench.engine, f"{late / 1024**2:.0f} MB", basis,
        late / early, f"≤ {MEMORY_TARGET}", late / early <= MEMORY_TARGET,
    )  # fmt: skip


def run() -> Sequence[Row]:
    """Both figures on both engines."""
    return [measure(bench) for bench in each_engine() for measure in (_throughput, _memory)]
