"""Signing in, and being kept from guessing."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from core.db.engine import Database
from core.identity import passwords, sign_in, tickets, users
from core.identity.errors import InvalidProfile, SignInRefused, SignInThrottled
from core.identity.models import SignInAttempt, User
from core.system.models import AuditEvent
from tests.factories import NOON
from tests.identity.support import COMMAND_LINE, PASSWORD, add

MINUTE = timedelta(minutes=1)
ADDRESS = "192.0.2.7"


@pytest.fixture(autouse=True)
def _quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everybody's password is ``PASSWORD``; bcrypt itself is tested elsewhere."""
    monkeypatch.setattr(sign_in, "is_password", lambda password, known: known is not None and password == PASSWORD)


@pytest.fixture
def alice(database: Database) -> User:
    with database.session() as session:
        return add(session, "alice")


def try_password(
    database: Database, name: str, password: str, *, address: str | None = ADDRESS, now: datetime = NOON
) -> str:
    return sign_in.sign_in(database, name, password, address=address, clock=lambda: now)


def guess_wrong(database: Database, name: str, times: int, *, address: str | None = ADDRESS) -> None:
    for number in range(times):
        with pytest.raises(SignInRefused):
            try_password(database, name, "wrong", address=address, now=NOON + number * MINUTE)


def test_the_right_password_gives_a_ticket(database: Database, alice: User) -> None:
    ticket = try_password(database, "ALICE", PASSWORD)
    with database.session() as session:
        assert tickets.redeem(session, tickets.SIGN_IN, ticket, now=NOON) == alice.id


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(database: Database, alice: User) -> None:
    with pytest.raises(SignInRefused) as wrong:
        try_password(database, "alice", "wrong")
    with pytest.raises(SignInRefused) as unknown:
        try_password(database, "nobody", "wrong")
    assert str(wrong.value) == str(unknown.value)


def test_an_unknown_name_costs_a_password_check_as_well(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    checked: list[str | None] = []
    monkeypatch.setattr(sign_in, "is_password", lambda _password, known: checked.append(known) or False)
    with pytest.raises(SignInRefused):
        try_password(database, "nobody", PASSWORD)
    assert checked == [None]
    assert not passwords.is_password(PASSWORD, None)  # which is a full check against nobody's hash


def test_a_disabled_person_is_answered_like_an_unknown_one(database: Database, alice: User) -> None:
    with database.session() as session:
        add(session, "root", is_admin=True)
        users.disable(session, COMMAND_LINE, alice.id, now=NOON)
    with pytest.raises(SignInRefused):
        try_password(database, "alice", PASSWORD)


def test_after_five_wrong_passwords_the_right_one_has_to_wait(database: Database, alice: User) -> None:
    guess_wrong(database, "alice", 5)
    with pytest.raises(SignInThrottled) as refusal:
        try_password(database, "alice", PASSWORD, address="198.51.100.9", now=NOON + 5 * MINUTE)
    assert refusal.value.until == NOON + 15 * MINUTE
    assert "12:15 UTC" in str(refusal.value)
    assert try_password(database, "alice", PASSWORD, now=NOON + 15 * MINUTE)


def test_five_wrong_passwords_from_one_address_hold_up_every_name_there(database: Database, alice: User) -> None:
    for name in ("a1", "b2", "c3", "d4", "e5"):
        guess_wrong(database, name, 1)
    with pytest.raises(SignInThrottled):
        try_password(database, "alice", PASSWORD)
    assert try_password(database, "alice", PASSWORD, address="198.51.100.9")


def test_one_household_counts_as_one_address(database: Database, alice: User) -> None:
    for number in range(5):
        guess_wrong(database, f"name{number}", 1, address=f"2001:db8:1:2::{number}")
    with pytest.raises(SignInThrottled):
        try_password(database, "alice", PASSWORD, address="2001:db8:1:2:ffff::1")
    assert try_password(database, "alice", PASSWORD, address="2001:db8:1:3::1")


def test_the_right_password_forgives_the_name_but_not_the_address(database: Database, alice: User) -> None:
    guess_wrong(database, "alice", 4)
    assert try_password(database, "alice", PASSWORD, now=NOON + 4 * MINUTE)
    with pytest.raises(SignInRefused):
        try_password(database, "alice", "wrong", now=NOON + 4 * MINUTE)
    with pytest.raises(SignInThrottled):
        try_password(database, "alice", PASSWORD, now=NOON + 4 * MINUTE)
    assert try_password(database, "alice", PASSWORD, address="198.51.100.9", now=NOON + 4 * MINUTE)


def test_guessing_many_at_once_gets_no_more_guesses(database: Database, alice: User) -> None:
    def guess(number: int) -> type[Exception]:
        try:
            try_password(database, "alice", f"wrong {number}", address=f"192.0.2.{number}")
        except (SignInRefused, SignInThrottled) as error:
            return type(error)
        raise AssertionError("a wrong password got in")

    with ThreadPoolExecutor(12) as crowd:
        answers = list(crowd.map(guess, range(12)))
    assert answers.count(SignInRefused) == 5
    assert answers.count(SignInThrottled) == 7


def test_attempts_name_nobody_and_are_forgotten_after_a_quarter_of_an_hour(database: Database, alice: User) -> None:
    guess_wrong(database, "alice", 1)
    with database.read() as session:
        keys = {attempt.key for attempt in session.scalars(select(SignInAttempt))}
    assert len(keys) == 2
    assert not any("alice" in key or ADDRESS in key for key in keys)
    try_password(database, "alice", PASSWORD, now=NOON + 15 * MINUTE)
    with database.read() as session:
        assert session.scalars(select(SignInAttempt)).all() == []


def test_refusals_are_noted_without_what_was_typed(database: Database, alice: User) -> None:
    guess_wrong(database, "alice", 1)
    guess_wrong(database, "hunter2hunter2", 1)
    with database.read() as session:
        events = session.scalars(select(AuditEvent).where(AuditEvent.action == "user.sign_in_refused")).all()
    assert {event.subject_id for event in events} == {alice.id, "unknown"}
    assert all(event.before is event.after is event.reason is None for event in events)


def confirm(database: Database, user: User, password: str) -> None:
    sign_in.confirm_password(database, user.id, password, clock=lambda: NOON)


def test_somebody_signed_in_confirms_with_their_password(database: Database, alice: User) -> None:
    confirm(database, alice, PASSWORD)
    with pytest.raises(InvalidProfile, match="not right"):
        confirm(database, alice, "wrong")


def test_an_open_screen_is_no_place_for_guessing_either(database: Database, alice: User) -> None:
    for _ in range(5):
        with pytest.raises(InvalidProfile):
            confirm(database, alice, "wrong")
    with pytest.raises(SignInThrottled):
        confirm(database, alice, PASSWORD)
    with pytest.raises(SignInThrottled):
        try_password(database, "alice", PASSWORD)


def test_confirming_forgives_what_was_mistyped_before(database: Database, alice: User) -> None:
    for _ in range(3):
        with pytest.raises(InvalidProfile):
            confirm(database, alice, "wrong")
        confirm(database, alice, PASSWORD)
        confirm(database, alice, PASSWORD)
    guess_wrong(database, "alice", 4)
    confirm(database, alice, PASSWORD)
