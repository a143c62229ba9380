"""Providers that answer rubbish: every item ends, what was made is kept, and none goes round for ever."""

from decimal import Decimal
from typing import Any

import pytest

from core.studio import tidying
from core.studio.execution import results
from core.studio.orders.models import AttemptState, ItemStatus
from core.studio.providers import (
    CallState,
    CallStatus,
    Consumption,
    ErrorCategory,
    GenerationError,
    Handle,
    Outcome,
    Output,
    Submitted,
)
from tests.studio.execution.house import House
from tests.studio.execution.scripted import outcome_of, picture

NUL, HALF = "a\x00b", "a\ud800b"
DEEP: dict[str, Any] = {}
for _ in range(900):
    DEEP = {"in": DEEP}


def _done(**fields: Any) -> CallStatus:
    return CallStatus(CallState.DONE, outcome=outcome_of(picture(1), **fields))


def _used(**fields: Any) -> CallStatus:
    return _done(consumption=Consumption(images=1, **fields))


GOOD_WITH_RUBBISH = {
    "invisible characters": _done(returned={"seed": NUL, "note": [HALF, {NUL: float("nan"), "far": float("inf")}]}),
    "too deep": _done(returned={"seed": "7", "deep": DEEP}),
    "a strange model": _done(model_answered=NUL + HALF),
    "less than nothing": _used(seconds=Decimal(-3), tokens_in=-1, reported_cost=Decimal(-1)),
    "more than there is": _used(seconds=Decimal("1e300"), megapixels=Decimal("1e400"), tokens_in=10**30),
    "sums that overflow": _used(tokens_in=2**63 - 1, tokens_out=2**63 - 1),
    "a cost beyond all": _used(reported_cost=Decimal("1e300")),
    "no number": _used(reported_cost=Decimal("NaN"), seconds=Decimal("Infinity")),
    "strange details": CallStatus(
        CallState.DONE, outcome=Outcome([Output(data=picture(1), seed=NUL, details={NUL: HALF})])
    ),
}


@pytest.mark.parametrize("status", GOOD_WITH_RUBBISH.values(), ids=GOOD_WITH_RUBBISH.keys())
def test_a_picture_is_kept_whatever_is_said_beside_it(house: House, status: CallStatus) -> None:
    house.scripted.script("poll", status)
    order_id = house.place()
    house.turn()
    house.later(seconds=5)
    house.turn()
    item, (event,) = house.item(order_id), house.events()
    assert (item.status, len(house.products(order_id))) == (ItemStatus.COMPLETE, 1)
    assert event.cost is None or 0 <= event.cost < 100_000


def test_a_failure_may_quote_anything(house: House) -> None:
    error = GenerationError(f"It says: {NUL}{HALF}", ErrorCategory.VALIDATION, http_status=10**12, provider_code=NUL)
    house.scripted.script("poll", CallStatus(CallState.RUNNING, progress=float("nan")))
    house.scripted.script("poll", CallStatus(CallState.FAILED, error=error))
    order_id = house.place()
    house.run_until_idle(turns=10)
    item = house.item(order_id)
    assert (item.status, item.error_message) == (ItemStatus.FAILED, "It says: abab")
    assert house.attempts(order_id)[0].http_status is None


@pytest.mark.parametrize("name", [NUL, HALF, "x" * 5000], ids=["nul", "half", "long"])
def test_a_call_with_a_strange_name_is_made_once_and_followed(house: House, name: str) -> None:
    house.scripted.script("submit", Submitted(Handle(f"{name}-1", {"link": name})))
    order_id = house.place()
    house.run_until_idle(turns=10)
    assert house.item(order_id).status is ItemStatus.COMPLETE
    assert house.scripted.count("submit") == 1


def test_an_answer_of_thousands_of_pictures_is_taken_up_to_a_number(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tidying, "MOST_OUTPUTS", 3)
    many = Outcome([Output(data=picture(1))] * 5)
    house.scripted.script("poll", CallStatus(CallState.DONE, outcome=many))
    order_id = house.place()
    house.run_until_idle(turns=10)
    assert house.item(order_id).status is ItemStatus.COMPLETE
    assert len(house.products(order_id)) == 3


def test_costs_beyond_what_a_day_can_hold_stop_nothing(house: House) -> None:
    house.scripted.script("poll", *[_used(reported_cost=Decimal(60_000))] * 2)
    order_id = house.place(2)
    house.set_items(order_id, estimated_cost=Decimal(60_000))
    house.run_until_idle(turns=10)
    assert [item.status for item in house.items(order_id)] == [ItemStatus.COMPLETE] * 2
    assert house.provider.spent_today == Decimal("99999.999999999")
    assert house.provider.held_today == 0


def test_what_nobody_thought_of_does_not_go_round_for_ever(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("nobody thought of this")

    monkeypatch.setattr(results, "kept", fail)
    order_id = house.place()
    house.set_items(order_id, estimated_cost=Decimal("0.5"))
    house.turn()
    house.later(seconds=5)
    house.turn()
    item = house.item(order_id)
    assert (item.status, item.lock_id, house.provider.held_today) == (ItemStatus.GENERATING, None, Decimal("0.5"))
    house.later(hours=25)
    house.turn()
    assert house.item(order_id).status is ItemStatus.FAILED
    assert house.attempts(order_id)[0].state is AttemptState.UNKNOWN
    assert house.provider.held_today == 0
