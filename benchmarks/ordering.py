"""Placing an order of 1,000 items against a bare bulk insert of the same rows.

Bare: one INSERT with all rows that are there already as plain values, one transaction, on the same table. Measured:
the product's whole placing (lookups read, the prompt expanded from a product of 10^6, each item priced, the rows
made and written, the order, the trail), one transaction. The best of several rounds of each, in turns, in one process.
"""

import time
from collections.abc import Iterator
from typing import Any

from sqlalchemy import delete, insert, select

from benchmarks.support import Bench, Row, each_engine
from core.clock import utc_now
from core.db.base import table_of
from core.db.engine import Database
from core.db.ids import new_id
from core.studio.orders import placing
from core.studio.orders.forms import OrderForm
from core.studio.orders.models import Order, OrderItem
from core.system.actors import Actor
from tests.factories import make_user
from tests.studio.factories import make_lookup, make_model, make_provider

NAME = "ordering"
ITEMS = 1_000
ROUNDS = 7
TARGET_RATIO = 0.4
PROMPT = "batch:maxbatchitems:1000 a [one] [two] [three] fox, soft light, in the manner of an old master"


def run() -> Iterator[Row]:
    for bench in each_engine():
        yield _measure(bench)


def _measure(bench: Bench) -> Row:
    with bench.database() as database:
        actor = _furnish(database)
        form = OrderForm("local", "painter", PROMPT, "blurry", {"steps": "20"}, seed=7)
        _place(database, actor, form)  # once to warm up, and to have rows to copy
        rows = _rows(database)
        placed, bare = [], []
        for _ in range(ROUNDS):
            bare.append(_insert(database, rows))
            placed.append(_place(database, actor, form))
        ratio = min(bare) / min(placed)
        return Row(
            "placing an order of 1,000 items",
            bench.engine,
            f"{min(placed) * 1000:.0f} ms",
            f"{min(bare) * 1000:.0f} ms for a bare insert of the same rows",
            ratio,
            f"≥ {TARGET_RATIO}",
            ratio >= TARGET_RATIO,
        )


def _furnish(database: Database) -> Actor:
    with database.session() as session:
        user = make_user(session)
        make_model(session, make_provider(session))
        for key in ("one", "two", "three"):
            make_lookup(session, user, key, [f"{key} {number}" for number in range(100)])
        return Actor.person(user.id)


def _place(database: Database, actor: Actor, form: OrderForm) -> float:
    started = time.perf_counter()
    with database.session() as session:
        order = placing.place(session, actor, form, now=utc_now())
    took = time.perf_counter() - started
    assert order.expanded_count == ITEMS
    return took


def _rows(database: Database) -> list[dict[str, Any]]:
    table = table_of(OrderItem)
    with database.read() as session:
        return [dict(row._mapping) for row in session.execute(select(table).limit(ITEMS))]


def _insert(database: Database, rows: list[dict[str, Any]]) -> float:
    """The same rows under another order, with ids of their own, made beforehand."""
    with database.session() as session:
        order = session.scalars(select(Order).limit(1)).one()
        copy = Order(
            user_id=order.user_id,
            provider=order.provider,
            model=order.model,
            model_name=order.model_name,
            base_parameter_set=order.base_parameter_set,
            expanded_count=ITEMS,
        )
        session.add(copy)
        session.flush()
        order_id = copy.id
    fresh = [row | {"id": new_id("itm"), "order_id": order_id} for row in rows]
    started = time.perf_counter()
    with database.connection() as connection:
        connection.execute(insert(table_of(OrderItem)), fresh)
    took = time.perf_counter() - started
    with database.session() as session:
        session.execute(delete(Order).where(Order.id == order_id))
    return took
