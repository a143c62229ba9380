"""Several writers at once: nothing lost, nothing twice, and nobody left standing in a deadlock."""

import random
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from core.db.engine import Database
from core.metering.days import Days
from core.metering.events import record
from core.metering.models import UsageHouseDay
from core.metering.rebuilding import check, rebuild_days
from core.metering.retrying import gave_way, in_transaction, record_events
from tests.factories import NOON, make_user
from tests.metering.support import SUMS, count_events, make_event, totals
from tests.support.databases import only_postgresql

TODAY = Days(NOON.date(), NOON.date())
WRITERS, BATCHES, SIZE = 6, 5, 20


def together(*acts: Callable[[], object]) -> list[object]:
    """All at once; raises what any of them raises."""
    with ThreadPoolExecutor(len(acts)) as pool:
        return [one.result() for one in [pool.submit(act) for act in acts]]


def test_writers_at_the_same_sums_lose_nothing(database: Database):
    with database.session() as session:
        people = [make_user(session, name) for name in ("alice", "bob", "charlie")]
    chance = random.Random(7)
    batches = [
        [make_event(chance.choice(people), "0.01", model=chance.choice(["flux", "sdxl", "dev"])) for _ in range(SIZE)]
        for _ in range(WRITERS * BATCHES)
    ]

    def write(number: int) -> None:
        for batch in batches[number::WRITERS]:
            record_events(database, batch, now=NOON)
            record_events(database, batch[:3], now=NOON)  # told again

    def build_anew() -> None:
        with database.session() as session:
            rebuild_days(session, TODAY, now=NOON)

    together(*(lambda number=number: write(number) for number in range(WRITERS)), build_anew)
    with database.session() as session:
        assert count_events(session) == WRITERS * BATCHES * SIZE
        for table in SUMS:
            assert totals(session, table)["calls"] == WRITERS * BATCHES * SIZE
            assert totals(session, table)["cost"] == Decimal("0.01") * WRITERS * BATCHES * SIZE
        assert check(session, TODAY, now=NOON) == []


def test_the_same_keys_at_the_same_time_are_one_event_each(database: Database):
    with database.session() as session:
        alice = make_user(session)
    events = [make_event(alice) for _ in range(10)]
    turned = [*reversed(events)]
    first, second, third = together(
        lambda: record_events(database, events, now=NOON),
        lambda: record_events(database, turned, now=NOON),
        lambda: record_events(database, events, now=NOON),
    )
    assert first == [*reversed(second)] == third  # type: ignore[call-overload]  # lists of ids
    with database.read() as session:
        assert totals(session, UsageHouseDay)["calls"] == 10


@only_postgresql
def test_a_transaction_that_meets_another_crosswise_is_run_again(database: Database):
    """Each records twice, in the other's order: one must give way, and tries again."""
    with database.session() as session:
        alice = make_user(session)
        record(session, [make_event(alice)], now=NOON)  # the first of all holds up the others
    meeting = threading.Barrier(2, timeout=30)

    def act(models: tuple[str, str], met: list[int]) -> None:
        def write(session) -> None:  # type: ignore[no-untyped-def]  # the session is SQLAlchemy's
            record(session, [make_event(alice, model=models[0])], now=NOON)
            met.append(1)
            if len(met) == 1:
                meeting.wait()
            record(session, [make_event(alice, model=models[1])], now=NOON)

        in_transaction(database, write)

    tries: tuple[list[int], list[int]] = ([], [])
    together(lambda: act(("flux", "sdxl"), tries[0]), lambda: act(("sdxl", "flux"), tries[1]))
    assert len(tries[0]) + len(tries[1]) >= 3  # they did meet
    with database.session() as session:
        assert totals(session, UsageHouseDay)["calls"] == 5
        assert check(session, TODAY, now=NOON) == []


def test_other_errors_of_the_database_are_not_tried_again(database: Database):
    tries = []

    def act(session) -> None:  # type: ignore[no-untyped-def]  # the session is SQLAlchemy's
        tries.append(1)
        session.execute(text("SELECT * FROM nowhere"))

    with pytest.raises((DBAPIError, Exception)) as caught:
        in_transaction(database, act)
    assert len(tries) == 1 and not gave_way(caught.value)
