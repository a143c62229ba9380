"""Items whose calls a courier makes: what becomes of them when either side dies, and what they cost."""

import os
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest

from core.adapters.images.courier.presence import Role
from core.adapters.images.courier.spool import Reason, Spool
from core.adapters.images.couriered import Couriered
from core.db.engine import Database
from core.jobs.courier import Courier, sweep
from core.media.storage import ObjectStore
from core.metering.models import UsageStatus
from core.studio.orders.models import AttemptState, ItemStatus
from core.studio.providers import ErrorCategory, GenerationError, ProviderKind
from core.system import heartbeats
from tests.studio.execution.house import House, furnish
from tests.studio.execution.scripted import Scripted


@dataclass
class Served:
    """A house whose provider is called through a spool, and the provider itself."""

    house: House
    inner: Scripted
    spool: Spool

    def wait(self, done: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 60
        while not done():
            assert time.monotonic() < deadline
            time.sleep(0.01)

    def courier(self) -> Courier:
        return Courier(
            self.spool, self.house.database, {self.inner.kind: self.inner}, threads=4, clock=self.house.clock
        )

    def carry_all(self) -> None:
        """A courier comes, makes what waits, and ends in good order."""
        courier = self.courier()
        thread = threading.Thread(target=courier.run)
        thread.start()
        self.wait(lambda: not self.spool.waiting())
        courier.stop()
        thread.join(timeout=60)
        assert not thread.is_alive()

    def hand_over(self, order_id: str) -> None:
        """The sidecar's side, with a courier that has not looked yet."""
        waits = self.spool.enter(Role.TAKES)
        self.house.turn()
        waits.leave()
        assert self.house.attempts(order_id)[-1].state is AttemptState.SUBMITTED


@pytest.fixture
def served(database: Database, store: ObjectStore, tmp_path: Path) -> Iterator[Served]:
    inner = Scripted(ProviderKind.OPENAI, answers_at_once=True, finds_lost_calls=False, can_cancel=False)
    spool = Spool(tmp_path / "courier")
    assert spool.id
    os.utime(spool.folder / "id", (0, 0))  # the house is old
    provider = Couriered(inner, spool, is_shared=True)
    house = furnish(database, store, tmp_path / "incoming", inner)
    house.scripted = provider  # type: ignore[assignment]  # what a test scripts is behind it
    yield Served(house, inner, spool)
    provider.close()


def test_a_sidecar_that_died_in_the_middle_finds_the_answer_and_is_told_at_once(served: Served) -> None:
    house, order_id = served.house, served.house.place(3)
    served.hand_over(order_id)
    served.carry_all()
    assert {item.due_at for item in house.items(order_id)} == {house.now}  # no pause until the next look
    house.run_until_idle()
    assert [item.status for item in house.items(order_id)] == [ItemStatus.COMPLETE] * 3
    assert len(served.inner.requests) == 3 == len({one.key for one in served.inner.requests})
    assert len(house.products(order_id)) == 3


def test_killed_before_handing_over_the_call_is_made_again_and_once(served: Served) -> None:
    house, order_id = served.house, served.house.place()
    house.begin()
    house.recover()
    house.run_until_idle()
    assert [one.state for one in house.attempts(order_id)] == [AttemptState.FAILED, AttemptState.DONE]
    assert (house.item(order_id).status, len(served.inner.requests)) == (ItemStatus.COMPLETE, 1)


def test_killed_right_after_handing_over_the_call_is_found(served: Served) -> None:
    house, order_id = served.house, served.house.place()
    waits = served.spool.enter(Role.TAKES)
    (work,) = house.begin()
    house.runner.calls.submit(work)
    waits.leave()
    served.carry_all()
    house.recover()
    house.run_until_idle()
    assert [one.state for one in house.attempts(order_id)] == [AttemptState.DONE]
    assert len(served.inner.requests) == 1


def test_a_refusal_through_the_courier_costs_nothing_and_is_tried_again_like_any_other(served: Served) -> None:
    house, order_id = served.house, served.house.place()
    served.inner.script("submit", GenerationError("Busy.", ErrorCategory.TRANSIENT, http_status=500))
    served.hand_over(order_id)
    served.carry_all()
    house.run_until_idle()
    first, second = house.attempts(order_id)
    assert (first.state, first.cost, second.state) == (AttemptState.FAILED, Decimal(0), AttemptState.DONE)
    assert house.item(order_id).retry_count == 1
    assert [event.status for event in house.events()] == [UsageStatus.ERROR, UsageStatus.OK]


def test_what_a_courier_had_in_hand_when_it_was_killed_waits_for_a_person(served: Served) -> None:
    house, order_id = served.house, served.house.place()
    served.hand_over(order_id)
    (key,) = served.spool.waiting()
    courier = served.spool.enter(Role.TAKES)
    served.spool.take(key, courier)
    courier.leave()
    house.run_until_idle()
    assert house.attempts(order_id)[0].state is AttemptState.UNKNOWN
    item = house.item(order_id)
    assert item.status is ItemStatus.FAILED and "process that made this call ended" in (item.error_message or "")
    assert served.inner.requests == []


def test_cancelled_before_a_courier_came_nothing_is_made_or_charged(served: Served) -> None:
    house, order_id = served.house, served.house.place()
    served.hand_over(order_id)
    house.set_items(order_id, cancel_requested_at=house.now)
    house.run_until_idle()
    assert (house.item(order_id).status, house.item(order_id).cost) == (ItemStatus.CANCELLED, None)
    assert house.events() == []
    served.carry_all()
    assert served.inner.requests == []


def test_a_call_that_nobody_waits_for_any_more_is_not_made(served: Served) -> None:
    house, order_id = served.house, served.house.place()
    served.hand_over(order_id)
    with house.database.session() as session:
        session.get_one(type(house.attempts(order_id)[0]), house.attempts(order_id)[0].id).state = AttemptState.UNKNOWN
    (served.spool.folder / "waiting" / "rubbish").write_bytes(b"{}")
    (key,) = set(served.spool.waiting()) - {"rubbish"}
    served.carry_all()
    assert served.inner.requests == []
    standing = served.spool.look(key)
    assert standing is not None and standing.reason is Reason.UNWANTED


def test_answers_are_removed_once_their_products_are_there_and_a_courier_that_ended_leaves_no_pulse(
    served: Served,
) -> None:
    house, order_id = served.house, served.house.place()
    served.hand_over(order_id)
    served.carry_all()
    later = Spool(served.spool.folder, clock=lambda: time.time() + 3600)
    assert sweep(later, house.database) == 0
    house.run_until_idle()
    assert sweep(later, house.database) == 1
    with house.database.read() as session:
        assert heartbeats.list_pulses(session, now=house.now) == []
