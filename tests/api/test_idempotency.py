"""The same request again gets the same answer; two at once do not both have an effect."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.db.engine import Database
from core.errors import InvalidInputError
from core.jobs.cleanup import forget_expired
from core.system import idempotency
from core.system.idempotency import KeyReused, Replay, Reservation, ReservationLost, StillServed
from core.system.models import IdempotencyRecord
from tests.factories import HOUR, NOON, make_user

MINUTE = timedelta(minutes=1)
SCOPE = "things.create"
ONE, OTHER = idempotency.digest_of({"title": "one"}), idempotency.digest_of({"title": "other"})


@pytest.fixture
def owner(session: Session) -> str:
    return make_user(session).id


def reserve(session: Session, owner: str, *, key: str = "k", digest: str = ONE, after: timedelta = 0 * HOUR):  # type: ignore[no-untyped-def]  # either of two
    return idempotency.begin(session, owner, SCOPE, key, digest, now=NOON + after)


def test_the_second_request_gets_the_first_ones_answer(session: Session, owner: str) -> None:
    reserved = reserve(session, owner)
    assert isinstance(reserved, Reservation)
    idempotency.finish(session, reserved, 201, {"id": "x"}, now=NOON)
    assert reserve(session, owner, after=HOUR) == Replay(201, {"id": "x"})


def test_the_same_key_for_another_request_is_refused(session: Session, owner: str) -> None:
    reserved = reserve(session, owner)
    with pytest.raises(KeyReused):
        reserve(session, owner, digest=OTHER)
    idempotency.finish(session, reserved, 201, {}, now=NOON)
    with pytest.raises(KeyReused):
        reserve(session, owner, digest=OTHER)


def test_while_the_first_is_served_the_second_is_told_to_wait(session: Session, owner: str) -> None:
    reserve(session, owner)
    with pytest.raises(StillServed):
        reserve(session, owner, after=1 * MINUTE)


def test_a_reservation_whose_process_died_is_taken_over_and_the_dead_can_write_no_more(
    session: Session, owner: str
) -> None:
    dead = reserve(session, owner)
    taken = reserve(session, owner, after=3 * MINUTE)
    assert isinstance(taken, Reservation)
    with pytest.raises(ReservationLost):
        idempotency.finish(session, dead, 201, {"by": "the dead"}, now=NOON)
    idempotency.abandon(session, dead)
    idempotency.finish(session, taken, 201, {"by": "the living"}, now=NOON)
    assert reserve(session, owner, after=4 * MINUTE) == Replay(201, {"by": "the living"})


def test_an_abandoned_key_is_free_again(session: Session, owner: str) -> None:
    idempotency.abandon(session, reserve(session, owner))
    assert isinstance(reserve(session, owner, digest=OTHER), Reservation)


def test_keys_of_two_people_and_of_two_purposes_have_nothing_to_do_with_each_other(
    session: Session, owner: str
) -> None:
    reserve(session, owner)
    assert isinstance(reserve(session, make_user(session, "charlie").id, digest=OTHER), Reservation)
    assert isinstance(idempotency.begin(session, owner, "else", "k", OTHER, now=NOON), Reservation)


@pytest.mark.parametrize("key", ["", "x" * 201, "späť", "a\nb"])
def test_a_key_that_is_none_is_refused(session: Session, owner: str, key: str) -> None:
    with pytest.raises(InvalidInputError, match="printable ASCII"):
        reserve(session, owner, key=key)


def test_answers_are_forgotten_after_two_days(session: Session, owner: str) -> None:
    idempotency.finish(session, reserve(session, owner), 201, {}, now=NOON)
    assert idempotency.prune(session, now=NOON + 47 * HOUR) == 0
    # Nobody swept yet, but it counts for nothing any more.
    assert isinstance(reserve(session, owner, digest=OTHER, after=49 * HOUR), Reservation)
    assert idempotency.prune(session, now=NOON + 98 * HOUR) == 1
    assert session.scalar(select(func.count()).select_from(IdempotencyRecord)) == 0


def test_of_many_at_the_same_moment_one_is_served(database: Database) -> None:
    with database.session() as session:
        owner = make_user(session).id
    outcomes: list[str] = []
    start = threading.Barrier(6)

    def ask() -> None:
        start.wait()
        try:
            with database.session() as session:
                outcomes.append(type(reserve(session, owner)).__name__)
        except StillServed:
            outcomes.append("StillServed")

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["Reservation", *["StillServed"] * 5]


def test_two_who_find_a_dead_reservation_do_not_both_take_it(database: Database) -> None:
    with database.session() as session:
        owner = make_user(session).id
        reserve(session, owner)
    outcomes: list[str] = []
    start = threading.Barrier(4)

    def ask() -> None:
        start.wait()
        try:
            with database.session() as session:
                outcomes.append(type(reserve(session, owner, after=HOUR)).__name__)
        except StillServed:
            outcomes.append("StillServed")

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["Reservation", *["StillServed"] * 3]


def test_the_hourly_broom_forgets_them(session: Session, owner: str) -> None:
    idempotency.finish(session, reserve(session, owner), 201, {}, now=NOON)
    assert forget_expired(session, log_days=90, now=NOON + HOUR) == 0
    assert forget_expired(session, log_days=90, now=NOON + 49 * HOUR) == 1
