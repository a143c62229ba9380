"""How providers do, and their logs."""

import pytest
from sqlalchemy.orm import Session

from core.identity.models import InstanceUserRole, User
from core.studio.analytics import logs
from core.studio.analytics.logs import LogFilter
from core.studio.analytics.reliability import reliability
from core.studio.orders.models import AttemptState, GenerationLog, LogLevel, Order
from core.system.actors import Actor
from tests.factories import DAY, HOUR, NOON, make_actor, make_user
from tests.studio.factories import make_generation_attempt, make_item, make_order, make_provider

SPAN = {"since": NOON - DAY, "until": NOON + DAY}


@pytest.fixture
def user(session: Session) -> User:
    return make_user(session)


@pytest.fixture
def order(session: Session, user: User) -> Order:
    return make_order(session, user, make_provider(session, "fal"))


def test_calls_failures_and_latencies(session, user, order):
    for number, latency in enumerate((1000, 2000, 9000)):
        make_generation_attempt(session, make_item(session, order), state=AttemptState.DONE, latency_ms=latency,
                                opened_at=NOON + HOUR * number)  # fmt: skip
    for category in ("network", "network", "content_policy"):
        make_generation_attempt(session, make_item(session, order), state=AttemptState.FAILED, error_category=category)
    make_generation_attempt(session, make_item(session, order), state=AttemptState.UNKNOWN)
    make_generation_attempt(session, make_item(session, order), opened_at=NOON - DAY * 2, state=AttemptState.FAILED)
    (row,) = reliability(session, Actor.person(user.id), **SPAN)
    assert (row.provider, row.model, row.calls, row.failed, row.lost) == ("fal", "painter", 7, 3, 1)
    assert (row.typical_ms, row.slow_ms) == (2000, 9000)
    assert dict(row.reasons) == {"network": 2, "content_policy": 1, "unknown": 1}
    assert row.failure_rate == pytest.approx(4 / 7)


def test_members_see_their_own_and_administrators_everybodys(session, user, order):
    make_generation_attempt(session, make_item(session, order), state=AttemptState.DONE, latency_ms=5)
    bob, admin = make_actor(session, "bob"), make_actor(session, "admin", role=InstanceUserRole.ADMIN)
    assert reliability(session, bob, **SPAN) == []
    assert len(reliability(session, admin, **SPAN)) == 1


def _log(session: Session, order: Order, message: str, level: LogLevel = LogLevel.INFO, **fields: object) -> None:
    values = {"user_id": order.user_id, "order_id": order.id, "timestamp": NOON, "event": "noted", "details": {}}
    session.add(GenerationLog(message=message, level=level, **values | fields))
    session.flush()


def test_logs_are_found_by_level_words_and_page(session, user, order):
    alice = Actor.person(user.id)
    _log(session, order, "The call was begun.", LogLevel.DEBUG)
    _log(session, order, "Über 50 % done.", LogLevel.INFO, timestamp=NOON + HOUR)
    _log(session, order, "The provider refused.", LogLevel.ERROR, timestamp=NOON + HOUR)
    assert len(logs.list_logs(session, alice, LogFilter())) == 2
    assert len(logs.list_logs(session, alice, LogFilter(level=LogLevel.DEBUG))) == 3
    assert [one.message for one in logs.list_logs(session, alice, LogFilter(words="über %"))] == ["Über 50 % done."]
    assert [one.level for one in logs.list_logs(session, alice, LogFilter(level=LogLevel.WARNING))] == [LogLevel.ERROR]
    seen: list[str] = []
    before = None
    while page := logs.list_logs(session, alice, LogFilter(level=LogLevel.DEBUG), before=before, limit=1):
        seen += [one.id for one in page]
        before = (page[-1].at, page[-1].id)
    assert len(seen) == len(set(seen)) == 3


def test_a_strangers_log_is_not_listed(session, order):
    _log(session, order, "Secret.")
    assert logs.list_logs(session, make_actor(session, "charlie"), LogFilter(order_id=order.id)) == []
