"""What becomes of calls whose worker died, or whose answer was lost."""

import json
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest

from core.db.engine import DatabaseUnavailableError
from core.media.storage import ObjectStore
from core.studio.execution import claims, outcomes
from core.studio.orders import actions
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
    ProviderKind,
)
from core.system.actors import Actor
from tests.studio.execution.house import House, furnish
from tests.studio.execution.scripted import Scripted, outcome_of, picture


class Killed(BaseException):
    """As if the process had gone at this place."""


def test_a_call_that_was_begun_is_looked_up_and_found(house: House) -> None:
    order_id = house.place()
    house.begin()  # and the process is gone, before or after the call
    house.recover()
    house.scripted.script("find", Handle("call-9"))
    house.run_until_idle()
    assert house.item(order_id).status is ItemStatus.COMPLETE
    assert house.scripted.count("submit") == 0
    assert [one.provider_request_id for one in house.attempts(order_id)] == ["call-9"]
    assert "recovered" in [line.event for line in house.log(order_id)]


def test_a_call_that_certainly_never_arrived_is_made_again_at_once_which_is_no_retry(house: House) -> None:
    order_id = house.place()
    house.begin()
    house.recover()
    house.turn()  # asks, and puts it back
    house.turn()  # begins it anew, at the same moment
    item = house.item(order_id)
    assert (item.status, item.retry_count) == (ItemStatus.GENERATING, 0)
    assert [one.state for one in house.attempts(order_id)] == [AttemptState.FAILED, AttemptState.SUBMITTED]
    assert house.attempts(order_id)[0].cost == 0
    house.run_until_idle()
    assert (house.scripted.count("submit"), len(house.events())) == (1, 1)


def test_a_call_that_never_arrives_however_often_it_is_made_is_given_up(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.studio.execution.runner.MOST_CALLS", 3)
    house.scripted.script("submit", *[ValueError("a mistake of ours")] * 9)
    order_id = house.place()
    house.run_until_idle()
    item = house.item(order_id)
    assert (item.status, house.scripted.count("submit"), item.cost) == (ItemStatus.FAILED, 3, 0)
    assert "never arrived" in (item.error_message or "")
    assert house.events() == []


def test_a_lost_answer_is_left_alone_for_a_while_before_it_is_looked_up(house: House) -> None:
    lost = GenerationError("No answer.", ErrorCategory.NETWORK, effect_possible=True)
    house.scripted.script("submit", lost)
    house.scripted.script("find", Handle("call-1"))
    order_id = house.place()
    house.turn()
    assert house.attempts(order_id)[0].state is AttemptState.OPEN
    house.later(seconds=19)
    assert house.turn() == 0
    house.later(seconds=1)
    house.run_until_idle()
    assert house.item(order_id).status is ItemStatus.COMPLETE
    assert house.scripted.count("submit") == 1


def test_what_was_found_but_is_another_call_of_ours_is_nobody_s_proof(house: House) -> None:
    house.place()
    house.run_until_idle()
    house.scripted.script("submit", GenerationError("No answer.", ErrorCategory.NETWORK, effect_possible=True))
    house.scripted.script("find", Handle("call-1"))
    order_id = house.place()
    house.run_until_idle()
    assert house.attempts(order_id)[0].state is AttemptState.UNKNOWN


def test_a_lost_call_nobody_can_be_asked_about_is_for_a_person_to_repeat(at_once: House) -> None:
    order_id = at_once.place()
    at_once.begin()
    at_once.recover()
    at_once.run_until_idle()
    item, (attempt,) = at_once.item(order_id), at_once.attempts(order_id)
    assert (item.status, attempt.state, item.cost) == (ItemStatus.FAILED, AttemptState.UNKNOWN, None)
    assert "may have been made and charged" in (item.error_message or "")
    assert at_once.scripted.count("submit") == 0
    with at_once.database.session() as session:
        assert actions.retry_items(session, Actor.person(item.user_id), order_id, now=at_once.now) == 1
    at_once.run_until_idle()
    assert at_once.item(order_id).status is ItemStatus.COMPLETE
    assert [one.number for one in at_once.attempts(order_id)] == [1, 2]


def test_killed_between_storing_and_writing_the_same_pictures_come_once(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    order_id = house.place()
    house.turn()
    house.later(seconds=1)
    with monkeypatch.context() as patch:
        patch.setattr("core.studio.execution.settling.complete", lambda *_, **__: (_ for _ in ()).throw(Killed))
        with pytest.raises(Killed):
            house.turn()
    assert house.products(order_id) == []
    house.recover()
    house.run_until_idle()
    assert len(house.products(order_id)) == 1
    assert house.scripted.count("submit") == 1


def test_who_lost_the_lease_leaves_the_handle_to_the_next(house: House) -> None:
    order_id = house.place()
    (work,) = house.begin()
    house.recover()  # we were only slow
    house.runner.run(work)
    attempt = house.attempts(order_id)[0]
    assert (attempt.state, attempt.provider_request_id) == (AttemptState.SUBMITTED, "call-1")
    house.run_until_idle()
    assert house.item(order_id).status is ItemStatus.COMPLETE
    assert (house.scripted.count("submit"), house.scripted.count("find")) == (1, 0)


def test_what_a_call_brought_outlasts_an_outage_of_the_database(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    order_id = house.place()
    (work,) = house.begin()
    opened, away = house.database.session, [2]

    @contextmanager
    def session() -> Any:
        if away[0]:
            away[0] -= 1
            raise DatabaseUnavailableError("Away.")
        with opened() as one:
            yield one

    with monkeypatch.context() as patch:
        patch.setattr(house.database, "session", session)
        house.runner.run(work)
    assert house.slept == [0.5, 1]
    assert house.item(order_id).provider_request_id == "call-1"


def test_what_is_drawn_here_is_simply_drawn_again(database: Any, store: ObjectStore, tmp_path: Any) -> None:
    scripted = Scripted(ProviderKind.LOCAL, answers_at_once=True, finds_lost_calls=False, needs_key=False)
    house = furnish(database, store, tmp_path / "incoming", scripted)
    order_id = house.place()
    house.begin()
    house.recover()
    house.run_until_idle()
    first, second = house.attempts(order_id)
    assert (first.state, second.state) == (AttemptState.FAILED, AttemptState.DONE)
    assert first.request == second.request  # with the seed that was left to chance
    assert house.item(order_id).cost == 0


def test_a_lease_from_a_clock_that_ran_ahead_is_taken_back_and_its_waits_are_forgotten(house: House) -> None:
    order_id = house.place()
    house.now += timedelta(days=3)
    house.begin()
    house.set_provider(paused_until=house.now + timedelta(hours=5))
    house.now -= timedelta(days=3)
    assert claims.release_stale(house.database, now=house.now, lease_seconds=45) == [house.item(order_id).id]
    with house.database.session() as session:
        assert claims.forget_waits(session, now=house.now, beyond=timedelta()) == 1
    house.run_until_idle()
    assert house.item(order_id).status is ItemStatus.COMPLETE


def test_asked_to_end_nothing_new_is_begun_and_nothing_is_lost(house: House) -> None:
    order_id = house.place()
    works = house.begin()
    house.stopping = True
    for work in works:
        house.runner.run(work)
    item = house.item(order_id)
    assert (item.status, item.lock_id, house.scripted.count("submit")) == (ItemStatus.PENDING, None, 0)
    house.stopping = False
    house.run_until_idle()
    assert house.item(order_id).status is ItemStatus.COMPLETE


def test_an_answer_is_the_same_after_it_was_written_as_json() -> None:
    outcome = outcome_of(picture(1), returned={"seed": 4}, model_answered="painter-2")
    assert outcomes.outcome_from_json(json.loads(json.dumps(outcomes.outcome_to_json(outcome)))) == outcome


def test_what_nobody_thought_of_is_said_and_tried_again_later(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    order_id = house.place()
    house.turn()
    house.later(seconds=1)
    with monkeypatch.context() as patch:
        patch.setattr("core.studio.execution.results.write_products", lambda *_, **__: 1 / 0)
        house.turn()
    item = house.item(order_id)
    assert (item.status, item.lock_id) == (ItemStatus.GENERATING, None)
    assert "unexpected" in (item.error_message or "")
    house.run_until_idle()
    assert house.item(order_id).status is ItemStatus.COMPLETE
    assert house.scripted.count("submit") == 1


def test_a_house_that_was_off_for_months_brings_its_calls_to_an_end(house: House) -> None:
    outcome = Outcome([Output(url="https://cdn.test/a.png")], consumption=Consumption(images=1))
    house.scripted.script("poll", *[CallStatus(CallState.DONE, outcome=outcome)] * 2)
    house.scripted.script("fetch", GenerationError("The store has no room.", ErrorCategory.FILE_SYSTEM))
    order_id = house.place()
    house.turn()
    house.later(seconds=5)
    house.turn()
    assert house.attempts(order_id)[0].finished_at is not None  # made, but not yet kept
    house.later(days=90)
    house.turn()
    assert house.item(order_id).status is ItemStatus.COMPLETE
    assert len(house.events()) == 1
