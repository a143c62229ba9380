"""One call for many: within a process, across processes, and when the site cannot be asked."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import func, select

from core.db.engine import Database
from core.errors import UnavailableError
from core.publishing.inspiration import cache
from core.publishing.inspiration.cache import Entry, answer, prune
from core.publishing.inspiration.keys import Mode, Wish, key_of
from core.publishing.inspiration.models import BrowseCache
from core.publishing.providers import ErrorCategory, ProviderError
from tests.factories import HOUR, NOON
from tests.sandbox.support import wait_until

MINUTE = timedelta(minutes=1)
ENTRY = Entry(key_of(Wish(Mode.TAG, tag="fox"), "deviantart", "acc"), Mode.TAG, 7 * MINUTE)
WAITERS = 8


def never() -> cache.JsonDict:
    raise AssertionError("The site was asked.")


def counted(source: str) -> float:
    return REGISTRY.get_sample_value("atelier_browse_answers_total", {"mode": "tag", "source": source}) or 0.0


def rows(database: Database) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(BrowseCache)) or 0


def waiting() -> int:
    """How many threads of the pool below wait for somebody else's answer."""
    return sum(flight.landed._cond._waiters.__len__() for flight in cache._flights.values())  # type: ignore[attr-defined]  # threading keeps them there


def test_many_at_once_cost_one_call_and_all_get_its_answer(database: Database) -> None:
    calls: list[int] = []
    before = counted("coalesced")

    def fetch() -> cache.JsonDict:
        calls.append(1)
        wait_until(lambda: waiting() == WAITERS)
        return {"n": len(calls)}

    with ThreadPoolExecutor(WAITERS + 1) as pool:
        futures = [pool.submit(answer, database, ENTRY, fetch, now=NOON) for _ in range(WAITERS + 1)]
        found = [future.result() for future in futures]
    assert (len(calls), {one.body["n"] for one in found}) == (1, {1})
    assert counted("coalesced") - before == WAITERS


def test_those_who_waited_for_a_call_that_fails_are_told_why(database: Database) -> None:
    def fetch() -> cache.JsonDict:
        wait_until(lambda: waiting() == WAITERS)
        raise ProviderError("Slow down.", ErrorCategory.RATE_LIMITED)

    with ThreadPoolExecutor(WAITERS + 1) as pool:
        futures = [pool.submit(answer, database, ENTRY, fetch, now=NOON) for _ in range(WAITERS + 1)]
        errors = [future.exception() for future in futures]
    assert {str(error) for error in errors} == {"Slow down."}
    assert answer(database, ENTRY, lambda: {"n": 2}, now=NOON).body == {"n": 2}


def test_different_questions_do_not_wait_for_each_other(database: Database) -> None:
    other = Entry("v1:tag:other", Mode.TAG, 7 * MINUTE)
    assert answer(database, ENTRY, lambda: {"n": answer(database, other, lambda: {"n": 5}, now=NOON).body}, now=NOON)


def test_a_fresh_answer_is_not_asked_for_again(database: Database) -> None:
    answer(database, ENTRY, lambda: {"n": 1}, now=NOON)
    assert answer(database, ENTRY, never, now=NOON + 6 * MINUTE).body == {"n": 1}
    assert answer(database, ENTRY, lambda: {"n": 2}, now=NOON + 7 * MINUTE).body == {"n": 2}
    assert rows(database) == 1


def test_a_refresh_asks_although_the_answer_is_fresh(database: Database) -> None:
    answer(database, ENTRY, lambda: {"n": 1}, now=NOON)
    assert answer(database, ENTRY, lambda: {"n": 2}, now=NOON + MINUTE, refresh=True).body == {"n": 2}


@pytest.mark.parametrize(
    "category", [ErrorCategory.RATE_LIMITED, ErrorCategory.OUTAGE, ErrorCategory.NETWORK, ErrorCategory.TRANSIENT]
)
def test_for_two_hours_an_old_answer_is_given_with_the_reason(database: Database, category: ErrorCategory) -> None:
    def fail() -> cache.JsonDict:
        raise ProviderError("Not now.", category)

    answer(database, ENTRY, lambda: {"n": 1}, now=NOON)
    before = counted("stale")
    stale = answer(database, ENTRY, fail, now=NOON + 2 * HOUR)
    assert (stale.body, stale.cached_at, stale.problem) == ({"n": 1}, NOON, "Not now.")
    assert counted("stale") - before == 1
    with pytest.raises(ProviderError):
        answer(database, ENTRY, fail, now=NOON + 2 * HOUR + 7 * MINUTE)


def test_a_refusal_is_told_although_an_old_answer_is_there(database: Database) -> None:
    def refuse() -> cache.JsonDict:
        raise ProviderError("No such tag.", ErrorCategory.VALIDATION)

    answer(database, ENTRY, lambda: {"n": 1}, now=NOON)
    with pytest.raises(ProviderError, match="No such tag"):
        answer(database, ENTRY, refuse, now=NOON + HOUR)


def test_a_failed_call_leaves_no_lease_behind(database: Database) -> None:
    def fail() -> cache.JsonDict:
        raise UnavailableError("Away.")

    with pytest.raises(UnavailableError):
        answer(database, ENTRY, fail, now=NOON)
    assert rows(database) == 0


def lease_of_another(database: Database, *, age: timedelta = timedelta(0)) -> None:
    with database.session() as session:
        assert cache._try_lease(session, ENTRY, "another-process", now=NOON - age)


def test_while_another_process_asks_its_answer_is_waited_for(database: Database) -> None:
    lease_of_another(database)
    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(answer, database, ENTRY, never, now=NOON)
        wait_until(lambda: bool(cache._flights))
        with database.session() as session:
            # It began a little earlier than we did.
            cache._write(session, ENTRY, cache.Stored({"n": 9}, NOON - timedelta(seconds=2)))
        assert future.result().body == {"n": 9}


def test_the_lease_of_a_process_that_died_is_taken_over(database: Database) -> None:
    lease_of_another(database, age=timedelta(seconds=21))
    assert answer(database, ENTRY, lambda: {"n": 1}, now=NOON).body == {"n": 1}
    assert rows(database) == 1


def test_a_process_that_lets_go_without_an_answer_is_followed_at_once(database: Database) -> None:
    lease_of_another(database)
    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(answer, database, ENTRY, lambda: {"n": 3}, now=NOON)
        wait_until(lambda: bool(cache._flights))
        cache._end_lease(database, ENTRY, "another-process")
        assert future.result().body == {"n": 3}


def test_two_installations_in_one_process_do_not_share_answers(database: Database, tmp_path: object) -> None:
    started, go_on = threading.Event(), threading.Event()

    def slow() -> cache.JsonDict:
        started.set()
        go_on.wait(30)
        return {"n": 1}

    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(answer, database, ENTRY, slow, now=NOON)
        started.wait(30)
        assert ("sqlite:///elsewhere", ENTRY.key) not in cache._flights
        go_on.set()
        assert future.result().body == {"n": 1}


def test_pruning_takes_what_nobody_will_be_shown_and_keeps_the_rest(database: Database) -> None:
    past_day = Entry(key_of(Wish(Mode.DAILY), "deviantart", "acc"), Mode.DAILY, 24 * HOUR)
    kept = Entry(key_of(Wish(Mode.TAG, tag="kept"), "deviantart", "acc"), Mode.TAG, 7 * MINUTE)
    for entry, age in ((ENTRY, 3 * HOUR), (past_day, 25 * HOUR), (kept, 2 * HOUR)):
        answer(database, entry, lambda: {"n": 1}, now=NOON - age)
    lease_of_another(database, age=MINUTE)
    with database.session() as session:
        assert prune(session, now=NOON) == 2
    with database.read() as session:
        left = set(session.scalars(select(BrowseCache.cache_key)))
    assert left == {past_day.key, kept.key}


def test_a_row_that_cannot_be_read_is_asked_for_anew(database: Database) -> None:
    with database.session() as session:
        session.add(BrowseCache(cache_key=ENTRY.key, response_data="{broken", cached_at=NOON))
    assert answer(database, ENTRY, lambda: {"n": 1}, now=NOON).body == {"n": 1}
