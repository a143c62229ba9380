"""How much of a provider is asked for, and whose turn it is."""

import threading
from collections import Counter
from datetime import timedelta
from decimal import Decimal

from sqlalchemy import select, update

from core.db.engine import Database
from core.metering.consumption import Consumption
from core.studio.catalogue.models import Provider
from core.studio.execution import claims
from core.studio.orders.models import AttemptState, GenerationAttempt, ItemStatus, Order, OrderStatus
from core.studio.providers import CallState, CallStatus, Handle, Outcome, Output, Submitted
from core.system.models import Notification
from tests.factories import NOON
from tests.studio.execution.house import House
from tests.studio.execution.scripted import outcome_of, picture


def test_calls_begun_in_any_minute_are_counted(house: House) -> None:
    house.set_provider(rate_limit_requests=3)
    house.place(10)
    assert len(house.begin(limit=2)) == 2
    house.later(seconds=30)
    assert len(house.begin()) == 1
    house.later(seconds=30)
    assert house.begin() == []
    house.later(seconds=1.5)
    assert len(house.begin()) == 2


def test_calls_under_way_are_counted_until_the_provider_is_done_with_them(house: House) -> None:
    house.set_provider(concurrent_limit=2)
    house.place(5)
    first, _ = house.begin()
    assert house.begin() == []
    # The answer is there; while its picture is fetched and stored the provider has room.
    room: list[int] = []
    answer = Submitted(Handle("call-1"), Outcome([Output(url="https://example.com/1.png")]))
    house.scripted.script("submit", answer)
    house.scripted.script("fetch", lambda *_: room.append(len(house.begin())) or picture())
    house.runner.run(first)
    assert room == [1]


def test_the_day_s_money_is_held_before_a_call_and_spent_after_it(house: House) -> None:
    house.set_provider(daily_spend_cap=Decimal("0.10"))
    order_id = house.place(4)
    house.set_items(order_id, estimated_cost=Decimal("0.04"))
    used = Consumption(images=1, reported_cost=Decimal("0.01"))
    house.scripted.script("submit", *[Submitted(Handle("call-1"), outcome_of(picture(), consumption=used))] * 4)
    works = house.begin()
    assert (len(works), house.provider.held_today) == (2, Decimal("0.08"))
    assert house.item(order_id).error_category is None  # nothing is held back for good while calls are under way
    for work in works:
        house.runner.run(work)
    assert (house.provider.held_today, house.provider.spent_today) == (0, Decimal("0.02"))
    house.run_until_idle()
    assert house.provider.spent_today == Decimal("0.04")


def test_a_spent_cap_holds_items_back_and_tells_until_the_day_changes(house: House) -> None:
    house.set_provider(daily_spend_cap=Decimal("0.05"), spent_today=Decimal("0.03"), spend_day=NOON.date())
    order_id = house.place(2)
    house.set_items(order_id, estimated_cost=Decimal("0.04"))
    assert house.begin() == []
    item = house.item(order_id)
    assert (item.status, item.error_category) == (ItemStatus.PENDING, "spend_cap")
    assert "02 June, 00:00 UTC" in (item.error_message or "")
    with house.database.read() as session:
        assert list(session.scalars(select(Notification.topic))) == ["provider.stopped:prv_replicate"]
    house.later(hours=13)
    assert len(house.begin()) == 1
    house.set_provider(daily_spend_cap=Decimal("1.00"))
    assert len(house.begin()) == 1


def test_without_a_price_a_cap_cannot_be_kept_so_nothing_is_called(house: House) -> None:
    house.set_provider(daily_spend_cap=Decimal("5.00"))
    order_id = house.place()
    house.run_until_idle()
    item = house.item(order_id)
    assert (item.status, item.error_category) == (ItemStatus.FAILED, "spend_cap")
    assert "is not known" in (item.error_message or "")
    assert house.order(order_id).status is OrderStatus.FAILED
    assert (house.scripted.count("submit"), house.attempts(order_id)) == (0, [])


def test_tokens_of_the_last_minute_leave_less_room(house: House) -> None:
    house.set_provider(rate_limit_tokens=1000)
    house.place(6)
    used = Consumption(images=1, tokens_in=100, tokens_out=200)
    house.scripted.script("submit", *[Submitted(Handle("call-1"), outcome_of(picture(), consumption=used))] * 6)
    (first,) = house.begin()  # what one uses is not known yet
    house.runner.run(first)
    assert len(house.begin()) == 2  # 300 are used and each takes 300


def test_people_take_turns_and_so_do_the_orders_of_one(house: House) -> None:
    house.set_provider(rate_limit_requests=8)
    many, few = house.place(100, name="alice"), house.place(4, name="bob")
    second = house.place(100, name="alice")
    begun = [work.order_id for work in house.begin()]
    assert Counter(begun) == {few: 4, many: 2, second: 2}
    assert begun[0] != begun[1]
    assert house.place(1, name="charlie") not in begun
    house.later(seconds=62)
    assert [work.user_id for work in house.begin(limit=1)] == [house.order(_latest(house)).user_id]


def _latest(house: House) -> str:
    with house.database.read() as session:
        return session.scalars(select(Order.id).order_by(Order.id.desc()).limit(1)).one()


def test_what_is_paused_or_thrown_away_or_whose_provider_is_off_is_not_begun(house: House) -> None:
    house.place(1, paused_at=NOON)
    house.place(1, deleted_at=NOON)
    assert house.begin() == []
    order_id = house.place()
    house.set_provider(is_enabled=False)
    assert house.begin() == []
    house.set_provider(is_enabled=True, paused_until=NOON + timedelta(seconds=5))
    assert house.begin() == []
    house.later(seconds=5)
    assert [work.order_id for work in house.begin()] == [order_id]


def test_an_item_whose_model_left_the_catalogue_says_so(house: House) -> None:
    order_id = house.place(1, model="gone")
    house.run_until_idle()
    assert "no longer in the catalogue" in (house.item(order_id).error_message or "")


def test_many_processes_at_once_never_pass_a_limit(house: House, database_url: str) -> None:
    """Each thread has a database of its own, as processes do: nothing but the database holds them apart."""
    house.set_provider(concurrent_limit=5, rate_limit_requests=30)
    house.place(40, name="alice")
    house.place(40, name="bob")
    most: list[int] = []
    begun: list[str] = []

    def hammer(number: int) -> None:
        database = Database(database_url, pool_size=2)
        for _ in range(12):
            works = claims.begin_due(database, house.clock, f"worker-{number}", limit=4)
            begun.extend(work.id for work in works)
            with database.session() as session:
                query = select(GenerationAttempt.id).where(GenerationAttempt.state == AttemptState.OPEN)
                most.append(len(session.scalars(query).all()))
                done = [work.attempt.id for work in works]
                values = {"state": AttemptState.DONE, "finished_at": house.now}
                session.execute(update(GenerationAttempt).where(GenerationAttempt.id.in_(done)).values(**values))
        database.dispose()

    threads = [threading.Thread(target=hammer, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(begun) == len(set(begun)) == 30
    assert max(most) <= 5


def test_polling_takes_no_room(house: House) -> None:
    house.set_provider(rate_limit_requests=1)
    house.scripted.script("poll", *[CallStatus(CallState.RUNNING)] * 3)
    order_id = house.place()
    house.run_until_idle()
    assert house.item(order_id).status is ItemStatus.COMPLETE
    assert house.now < NOON + timedelta(seconds=30)


def test_the_provider_s_row_says_nothing_new_when_items_are_only_looked_at(house: House) -> None:
    order_id = house.place(3)
    house.set_provider(concurrent_limit=2)
    with house.database.read() as session:
        assert len(claims.may_begin(session, "replicate", now=house.now, limit=9)) == 2
    assert house.provider.spend_day is None
    assert {item.status for item in house.items(order_id)} == {ItemStatus.PENDING}
    assert isinstance(house.provider, Provider)
