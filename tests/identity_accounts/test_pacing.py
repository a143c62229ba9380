"""The pace of an account, as the database computes it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import update

from core.db.engine import Database
from core.identity import pacing
from core.identity.models import Account
from tests.factories import NOON, make_account, make_user

FLOOR = 3.0
SECOND = timedelta(seconds=1)
NEARLY = timedelta(milliseconds=3)  # SQLite computes instants in milliseconds


@pytest.fixture
def account_id(database: Database) -> str:
    with database.session() as session:
        return make_account(session, make_user(session)).id


def reserve(database: Database, account_id: str, now: datetime, floor: float = FLOOR) -> datetime:
    with database.connection() as connection:
        return pacing.reserve_call(connection, account_id, now=now, floor_seconds=floor)


def throttle(database: Database, account_id: str, now: datetime, retry_after: float | None = None) -> datetime:
    with database.connection() as connection:
        return pacing.record_throttled(connection, account_id, now=now, floor_seconds=FLOOR, retry_after=retry_after)


def succeed(database: Database, account_id: str, times: int = 1) -> None:
    for _ in range(times):
        with database.connection() as connection:
            pacing.record_success(connection, account_id, floor_seconds=FLOOR)


def row(database: Database, account_id: str) -> Account:
    with database.read() as session:
        return session.get_one(Account, account_id)


def set_gap(database: Database, account_id: str, gap: float) -> None:
    with database.session() as session:
        session.execute(update(Account).where(Account.id == account_id).values(call_gap_seconds=gap))


def test_an_account_that_was_never_called_is_free_now(database: Database, account_id: str) -> None:
    assert reserve(database, account_id, NOON) == NOON


def test_the_second_slot_is_one_gap_later(database: Database, account_id: str) -> None:
    reserve(database, account_id, NOON)
    assert abs(reserve(database, account_id, NOON) - (NOON + 3 * SECOND)) < NEARLY


def test_a_slot_in_the_past_is_not_made_up_for(database: Database, account_id: str) -> None:
    reserve(database, account_id, NOON)
    later = NOON + timedelta(hours=1)
    assert reserve(database, account_id, later) == later
    assert abs(reserve(database, account_id, later) - (later + 3 * SECOND)) < NEARLY


def test_a_slot_may_lie_on_the_next_day(database: Database, account_id: str) -> None:
    midnight = NOON.replace(hour=23, minute=59, second=59)
    reserve(database, account_id, midnight)
    assert abs(reserve(database, account_id, midnight) - (midnight + 3 * SECOND)) < NEARLY


def test_odd_microseconds_do_not_push_a_free_slot_into_the_future(database: Database, account_id: str) -> None:
    for microsecond in (1, 499, 500, 501, 999, 123_456, 999_999):
        odd = NOON.replace(microsecond=microsecond) + timedelta(hours=1)
        with database.session() as session:
            session.execute(update(Account).where(Account.id == account_id).values(next_call_at=None))
        assert reserve(database, account_id, odd) == odd


def test_without_a_floor_every_moment_is_free(database: Database, account_id: str) -> None:
    assert [reserve(database, account_id, NOON, floor=0.0) for _ in range(3)] == [NOON] * 3


def test_reserving_for_a_missing_account_is_an_error(database: Database) -> None:
    with pytest.raises(LookupError):
        reserve(database, "acc_00000000000000000000000001", NOON)


def test_pace_does_not_count_as_a_change_of_the_account(database: Database, account_id: str) -> None:
    before = row(database, account_id).updated_at
    reserve(database, account_id, NOON)
    throttle(database, account_id, NOON)
    succeed(database, account_id)
    assert row(database, account_id).updated_at == before


def test_slots_reserved_at_the_same_moment_are_all_different(database: Database, account_id: str) -> None:
    with ThreadPoolExecutor(8) as threads:
        slots = sorted(threads.map(lambda _: reserve(database, account_id, NOON), range(24)))
    assert slots[0] == NOON
    gaps = [later - earlier for earlier, later in pairwise(slots)]
    assert all(abs(gap - 3 * SECOND) < NEARLY for gap in gaps)


def test_one_of_many_takes_a_free_slot(database: Database, account_id: str) -> None:
    def take(_: int) -> bool:
        with database.connection() as connection:
            return pacing.take_call(connection, account_id, now=NOON, floor_seconds=FLOOR)

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(take, range(24))) == 1
    assert abs(_peek(database, account_id) - (NOON + 3 * SECOND)) < NEARLY


def test_peeking_reserves_nothing(database: Database, account_id: str) -> None:
    assert _peek(database, account_id) == NOON
    assert _peek(database, account_id) == NOON
    assert reserve(database, account_id, NOON) == NOON


def test_a_limit_doubles_the_gap_within_a_fifth(database: Database, account_id: str) -> None:
    comes_back = throttle(database, account_id, NOON)
    gap = row(database, account_id).call_gap_seconds
    assert gap is not None
    assert 3 * 1.6 <= gap <= 3 * 2.4
    assert abs(comes_back - (NOON + timedelta(seconds=gap))) < NEARLY
    assert abs(reserve(database, account_id, NOON) - comes_back) < NEARLY


def test_the_gap_never_grows_above_five_minutes(database: Database, account_id: str) -> None:
    set_gap(database, account_id, 290)
    assert abs(throttle(database, account_id, NOON) - (NOON + 300 * SECOND)) < NEARLY
    assert row(database, account_id).call_gap_seconds == 300


def test_a_longer_wait_asked_for_is_kept(database: Database, account_id: str) -> None:
    assert abs(throttle(database, account_id, NOON, retry_after=900) - (NOON + 900 * SECOND)) < NEARLY


def test_a_shorter_wait_asked_for_does_not_shorten_the_gap(database: Database, account_id: str) -> None:
    assert throttle(database, account_id, NOON, retry_after=1) > NOON + 4 * SECOND


def test_a_limit_never_brings_a_later_slot_forward(database: Database, account_id: str) -> None:
    far = throttle(database, account_id, NOON, retry_after=3000)
    assert throttle(database, account_id, NOON) == far


def test_an_outage_backs_off_like_a_limit(database: Database, account_id: str) -> None:
    with database.connection() as connection:
        comes_back = pacing.record_outage(connection, account_id, now=NOON, floor_seconds=FLOOR)
    assert comes_back > NOON + 4 * SECOND


def test_even_without_a_floor_a_limit_makes_a_gap(database: Database, account_id: str) -> None:
    with database.connection() as connection:
        pacing.record_throttled(connection, account_id, now=NOON, floor_seconds=0)
    gap = row(database, account_id).call_gap_seconds
    assert gap is not None
    assert gap >= 1.6


def test_every_third_success_shrinks_a_grown_gap_by_a_tenth(database: Database, account_id: str) -> None:
    set_gap(database, account_id, 100)
    seen = []
    for _ in range(6):
        succeed(database, account_id)
        seen.append(row(database, account_id).call_gap_seconds)
    assert seen == pytest.approx([100, 100, 90, 90, 90, 81])


def test_the_gap_stops_shrinking_at_the_floor(database: Database, account_id: str) -> None:
    set_gap(database, account_id, 3.1)
    succeed(database, account_id, times=9)
    assert row(database, account_id).call_gap_seconds == FLOOR


def test_a_limit_starts_the_count_of_successes_anew(database: Database, account_id: str) -> None:
    set_gap(database, account_id, 100)
    succeed(database, account_id, times=2)
    throttle(database, account_id, NOON)
    grown = row(database, account_id).call_gap_seconds
    succeed(database, account_id, times=2)
    assert row(database, account_id).call_gap_seconds == grown


def test_a_success_at_the_floor_changes_nothing(database: Database, account_id: str) -> None:
    succeed(database, account_id, times=3)
    account = row(database, account_id)
    assert account.call_gap_seconds is None
    assert account.call_successes == 0


def test_limits_noted_at_the_same_moment_each_count(database: Database, account_id: str) -> None:
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda _: throttle(database, account_id, NOON), range(3)))
    gap = row(database, account_id).call_gap_seconds
    assert gap is not None
    assert 3 * 1.6**3 <= gap <= 3 * 2.4**3


def _peek(database: Database, account_id: str) -> datetime:
    with database.read() as session:
        return pacing.peek_next_call(session, account_id, now=NOON)
