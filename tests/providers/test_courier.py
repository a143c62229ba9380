"""Calls that go through a courier's spool: each stage, two takers, and carriers that died."""

import os
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.adapters.images.courier.carrying import carry
from core.adapters.images.courier.letters import Answer, Errand
from core.adapters.images.courier.presence import Presence, Role
from core.adapters.images.courier.spool import WITHDRAWN_SECONDS, Reason, Spool, Stage
from core.adapters.images.couriered import Couriered, couriered
from core.studio.providers import (
    CallState,
    Connection,
    Consumption,
    ErrorCategory,
    GenerationError,
    GenerationRequest,
    Handle,
    Modality,
    ModelRef,
    Outcome,
    ProviderKind,
    Submitted,
)
from tests.providers.support import input_file
from tests.studio.execution.scripted import Scripted, outcome_of, picture

CONNECTION = Connection("openai", ProviderKind.OPENAI, api_key="sk-secret")
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def request(**fields: object) -> GenerationRequest:
    model = ModelRef("painter", Modality.TEXT_TO_IMAGE)
    return GenerationRequest(str(uuid.uuid4()), model, {"prompt": "a harbour"}, **fields)  # type: ignore[arg-type]


class Desk:
    """A sidecar's side of a spool, and couriers that come and die."""

    def __init__(self, folder: Path) -> None:
        self.seconds = 0.0
        self.spool = Spool(folder, clock=lambda: datetime.now(UTC).timestamp() + self.seconds)
        self.inner = Scripted(ProviderKind.OPENAI, answers_at_once=True, finds_lost_calls=False, can_cancel=False)
        self.provider = self.seen_by(is_shared=True)
        assert self.spool.id
        os.utime(folder / "id", (0, 0))  # the house is old

    def seen_by(self, *, is_shared: bool) -> Couriered:
        return Couriered(self.inner, self.spool, is_shared=is_shared, sleep=lambda _: None)

    def courier(self) -> Presence:
        return self.spool.enter(Role.TAKES)

    def begin(self, given: GenerationRequest) -> Handle:
        submitted = self.provider.submit(CONNECTION, given)
        assert submitted.outcome is None
        return submitted.handle

    def carry(self, key: str, courier: Presence) -> Answer:
        errand = self.spool.read(key)
        assert errand is not None and self.spool.take(key, courier)
        return carry(self.spool, errand, courier, self.inner, CONNECTION, sleep=lambda _: None)

    def state(self, handle: Handle) -> CallState:
        return self.provider.poll(CONNECTION, handle).state

    def find(self, given: GenerationRequest, since: datetime | None = None) -> Handle | None:
        return self.provider.find(CONNECTION, given, since=since or datetime.now(UTC))

    def restarted(self, spool: Path) -> Couriered:
        return Couriered(self.inner, Spool(spool), is_shared=True)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "courier")


def test_a_call_is_handed_over_made_and_answered_with_everything_that_belongs_to_it(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "in.png"
    path.write_bytes(picture(7))
    given, courier = request(images=2, inputs=(input_file(path),)), desk.courier()
    handle = desk.begin(given)
    path.unlink()  # what the sidecar had brought here goes with it
    assert desk.state(handle) is CallState.QUEUED
    used = Consumption(images=2, reported_cost=None)
    seen: list[bytes] = []

    def answer(connection: Connection, asked: GenerationRequest) -> object:
        assert desk.state(handle) is CallState.RUNNING
        seen.extend(one.path.read_bytes() for one in asked.inputs)
        return type("S", (), {"outcome": outcome_of(picture(1), picture(2), consumption=used, returned={"seed": 5})})

    desk.inner.script("submit", answer)
    desk.carry(given.key, courier)
    status = desk.provider.poll(CONNECTION, handle)
    assert (status.state, seen) == (CallState.DONE, [picture(7)])
    assert isinstance(status.outcome, Outcome)
    assert [one.data for one in status.outcome.outputs] == [picture(1), picture(2)]
    assert (status.outcome.consumption, status.outcome.returned) == (used, {"seed": 5})
    assert desk.state(handle) is CallState.DONE  # asked again, after a crash
    (asked,) = desk.inner.requests
    assert (asked.key, asked.parameters, asked.images) == (given.key, {"prompt": "a harbour"}, 2)


def test_nobody_else_can_read_the_spool_and_no_key_is_in_it(desk: Desk) -> None:
    courier = desk.courier()
    desk.begin(request())
    files = [path for path in desk.spool.folder.rglob("*") if path.is_file()]
    assert files
    assert all(path.stat().st_mode & 0o077 == 0 for path in [desk.spool.folder, *files])
    assert not any(b"sk-secret" in path.read_bytes() for path in files)
    courier.leave()


def test_of_two_couriers_one_takes_a_call(desk: Desk) -> None:
    first, second, given = desk.courier(), desk.courier(), request()
    desk.begin(given)
    assert [desk.spool.take(given.key, one) for one in (first, second)] == [True, False]
    standing = desk.spool.look(given.key)
    assert standing is not None and (standing.stage, standing.carrier) == (Stage.TAKEN, first.name)


def test_what_a_dead_courier_had_in_hand_is_lost_and_the_rest_is_taken_by_the_next(desk: Desk) -> None:
    courier, taken, waiting = desk.courier(), request(), request()
    handles = [desk.begin(taken), desk.begin(waiting)]
    desk.spool.take(taken.key, courier)
    os.close(courier._descriptor)  # as the system does for a process that was killed
    status = desk.provider.poll(CONNECTION, handles[0])
    assert status.state is CallState.LOST
    assert status.error is not None and status.error.effect_possible
    assert desk.state(handles[1]) is CallState.QUEUED
    desk.carry(waiting.key, desk.courier())
    assert desk.state(handles[1]) is CallState.DONE
    assert desk.spool.waiting() == []


def test_an_answer_outlives_the_courier_that_brought_it(desk: Desk) -> None:
    courier, given = desk.courier(), request()
    handle = desk.begin(given)
    desk.carry(given.key, courier)
    os.close(courier._descriptor)
    assert desk.restarted(desk.spool.folder).poll(CONNECTION, handle).state is CallState.DONE


def test_a_refusal_says_all_it_knows_and_an_answer_that_was_lost_on_the_way_stays_in_doubt(desk: Desk) -> None:
    courier, given, doubtful = desk.courier(), request(), request()
    refusal = GenerationError(
        "Slower.", ErrorCategory.RATE_LIMITED, http_status=429, provider_code="slow_down", retry_after=12.5,
        consumption=Consumption(images=0),
    )  # fmt: skip
    timeout = GenerationError("No answer.", ErrorCategory.TRANSIENT, effect_possible=True)
    desk.inner.script("submit", refusal, timeout)
    handles = [desk.begin(given), desk.begin(doubtful)]
    for one in (given, doubtful):
        desk.carry(one.key, courier)
    status = desk.provider.poll(CONNECTION, handles[0])
    assert status.state is CallState.FAILED and not status.was_begun and status.error is not None
    assert {**vars(status.error)} == {**vars(refusal)} and str(status.error) == "Slower."
    lost = desk.provider.poll(CONNECTION, handles[1])
    assert lost.state is CallState.LOST and "may have been made and charged" in str(lost.error)


def test_an_answer_of_rubbish_comes_through_as_far_as_it_can_be_written(desk: Desk) -> None:
    deep: list[object] = []
    for _ in range(100_000):
        deep = [deep]
    courier, given = desk.courier(), request()
    handle = desk.begin(given)
    bad = outcome_of(picture(), returned={"a\0\ud800": deep, "b": float("nan")}, model_answered="m" * 999)
    desk.inner.script("submit", Submitted(Handle("x"), bad))
    desk.carry(given.key, courier)
    status = desk.provider.poll(CONNECTION, handle)
    assert status.state is CallState.DONE and status.outcome is not None
    assert status.outcome.outputs[0].data == picture()


def test_a_call_is_withdrawn_before_it_is_taken_and_not_after(desk: Desk) -> None:
    courier, early, late = desk.courier(), request(), request()
    handles = [desk.begin(early), desk.begin(late)]
    desk.spool.take(late.key, courier)
    assert [desk.provider.cancel(CONNECTION, one) for one in handles] == [True, False]
    status = desk.provider.poll(CONNECTION, handles[0])
    assert (status.state, status.was_begun) == (CallState.CANCELLED, False)
    assert not desk.spool.take(early.key, courier)
    assert desk.state(handles[1]) is CallState.RUNNING


def test_what_was_never_handed_over_is_known_not_to_be_made_and_cannot_be_handed_over_any_more(desk: Desk) -> None:
    given = request()
    assert desk.find(given) is None
    with pytest.raises(GenerationError) as refused:  # a sidecar that had stood still wakes up
        desk.provider.submit(CONNECTION, given)
    assert not refused.value.effect_possible
    assert desk.find(given) is None  # whoever asked may have died before writing it down
    assert desk.inner.requests == []


def test_a_call_is_found_by_its_key_at_every_stage(desk: Desk) -> None:
    courier, given = desk.courier(), request()
    handle = desk.begin(given)
    for step in (lambda: None, lambda: desk.carry(given.key, courier)):
        step()
        found = desk.find(given)
        assert found is not None and found.request_id == handle.request_id
    assert desk.state(found) is CallState.DONE


def test_where_others_may_have_handed_it_over_nobody_says_that_a_call_was_not_made(desk: Desk) -> None:
    alone, now = desk.seen_by(is_shared=False), datetime.now(UTC)
    with pytest.raises(GenerationError) as early:
        alone.find(CONNECTION, request(), since=now)
    assert early.value.category is ErrorCategory.TRANSIENT  # another machine may be the one that is asked next
    with pytest.raises(GenerationError) as late:
        alone.find(CONNECTION, request(), since=now - timedelta(hours=1))
    assert late.value.effect_possible
    with pytest.raises(GenerationError):  # a spool that was made after the call is no witness
        desk.provider.find(CONNECTION, request(), since=datetime.fromtimestamp(-1, UTC))


def test_a_call_of_another_machine_is_waited_for_there_and_not_for_ever(desk: Desk, tmp_path: Path) -> None:
    elsewhere, courier, given = Desk(tmp_path / "elsewhere"), desk.courier(), request()
    handle = desk.begin(given)
    desk.carry(given.key, courier)
    assert elsewhere.state(handle) is CallState.RUNNING
    with pytest.raises(GenerationError):
        elsewhere.provider.cancel(CONNECTION, handle)
    old = Handle(handle.request_id, {**handle.details, "handed_at": LONG_AGO.isoformat()})
    assert elsewhere.state(old) is CallState.LOST
    assert elsewhere.state(Handle("../id")) is CallState.LOST  # not a key of ours at all


def test_without_a_courier_the_call_is_made_here_and_its_answer_is_kept_all_the_same(desk: Desk) -> None:
    given = request()
    submitted = desk.provider.submit(CONNECTION, given)
    assert submitted.outcome is not None
    assert desk.restarted(desk.spool.folder).poll(CONNECTION, submitted.handle).state is CallState.DONE
    desk.inner.script("submit", GenerationError("No.", ErrorCategory.CONTENT_POLICY, http_status=400))
    with pytest.raises(GenerationError, match="No"):
        desk.provider.submit(CONNECTION, request())


def test_a_courier_that_stops_or_hangs_is_given_nothing_more(desk: Desk) -> None:
    for silence in (Presence.take_no_more, lambda courier: os.utime(courier._path, (0, 0))):
        courier = desk.courier()
        assert desk.spool.carriers.any_takes()
        silence(courier)
        assert not desk.spool.carriers.any_takes()
        assert desk.spool.carriers.is_alive(courier.name)  # what it has in hand is still coming
        courier.leave()


def test_what_no_courier_comes_for_is_made_again_without_one(desk: Desk) -> None:
    courier, given = desk.courier(), request()
    handle = desk.begin(given)
    courier.leave()
    assert desk.state(handle) is CallState.QUEUED
    desk.seconds = 120
    status = desk.provider.poll(CONNECTION, handle)
    assert status.state is CallState.FAILED and not status.was_begun
    assert status.error is not None and status.error.category is ErrorCategory.TRANSIENT
    assert not desk.spool.take(given.key, desk.courier())


def test_a_full_disk_is_waited_for_and_what_finds_no_room_is_never_made_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    courier, lucky, unlucky, odd = desk.courier(), request(), request(), request()
    handles = [desk.begin(one) for one in (lucky, unlucky, odd)]
    answer, tries = Spool.answer, {lucky.key: 3, unlucky.key: 10_000}

    def full(spool: Spool, key: str, carrier: Presence, given: Answer) -> None:
        tries[key] -= 1  # of the odd one, nothing is known here: any other error
        if tries[key] >= 0:
            raise OSError(28, "No space left on device")
        answer(spool, key, carrier, given)

    monkeypatch.setattr(Spool, "answer", full)
    for one in (lucky, unlucky, odd):
        desk.carry(one.key, courier)
    assert desk.state(handles[0]) is CallState.DONE
    for handle in handles[1:]:
        status = desk.provider.poll(CONNECTION, handle)
        assert status.state is CallState.LOST
        assert status.error is not None and "could not be kept" in str(status.error)


def test_handing_over_to_a_full_disk_is_an_error_that_may_pass(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(spool: Spool, errand: Errand) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Spool, "hand_over", full)
    with pytest.raises(GenerationError) as refused:
        desk.provider.submit(CONNECTION, request())
    assert (refused.value.category, refused.value.effect_possible) == (ErrorCategory.FILE_SYSTEM, False)


def test_only_what_is_settled_and_old_is_swept(desk: Desk) -> None:
    courier, settled, wanted, waiting, taken = desk.courier(), request(), request(), request(), request()
    for one in (settled, wanted, waiting, taken):
        desk.begin(one)
    for one in (settled, wanted):
        desk.carry(one.key, courier)
    desk.spool.take(taken.key, courier)
    desk.spool.withdraw(waiting.key, Reason.CANCELLED)
    assert desk.spool.sweep({wanted.key}) == 0  # too young
    desk.seconds = 3600
    assert desk.spool.sweep({wanted.key}) == 1
    gone = [desk.spool.look(one.key) is None for one in (settled, wanted, waiting, taken)]
    assert gone == [True, False, False, False]
    desk.seconds = WITHDRAWN_SECONDS + 60
    courier.leave()
    assert desk.spool.sweep() == 3
    assert [path for path in desk.spool.folder.rglob("*") if path.is_file() and path.name not in {"id", "lock"}] == []


def test_only_providers_that_answer_at_once_get_a_courier(tmp_path: Path) -> None:
    local = Scripted(ProviderKind.LOCAL, answers_at_once=True, finds_lost_calls=False)
    queued, gemini = (
        Scripted(ProviderKind.FAL),
        Scripted(ProviderKind.GEMINI, answers_at_once=True, finds_lost_calls=False),
    )
    built = couriered({one.kind: one for one in (local, queued, gemini)}, tmp_path, is_shared=True)
    assert built[ProviderKind.LOCAL] is local and built[ProviderKind.FAL] is queued
    assert built[ProviderKind.GEMINI].traits.finds_lost_calls
