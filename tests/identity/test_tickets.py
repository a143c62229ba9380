"""One-time tickets."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.db.engine import Database
from core.identity import tickets
from core.identity.models import VerificationToken
from tests.factories import NOON
from tests.identity.support import add

SECOND = timedelta(seconds=1)


def test_a_ticket_is_good_once(session: Session) -> None:
    alice = add(session)
    ticket = tickets.issue(session, tickets.SIGN_IN, alice.id, now=NOON)
    assert tickets.redeem(session, tickets.SIGN_IN, ticket, now=NOON + SECOND) == alice.id
    assert tickets.redeem(session, tickets.SIGN_IN, ticket, now=NOON + SECOND) is None


def test_a_ticket_is_good_for_a_minute(session: Session) -> None:
    alice = add(session)
    ticket = tickets.issue(session, tickets.SIGN_IN, alice.id, now=NOON)
    assert tickets.redeem(session, tickets.SIGN_IN, ticket, now=NOON + 60 * SECOND) is None


def test_a_ticket_for_one_purpose_is_useless_for_another(session: Session) -> None:
    alice = add(session)
    ticket = tickets.issue(session, "something-else", alice.id, now=NOON)
    assert tickets.redeem(session, tickets.SIGN_IN, ticket, now=NOON) is None
    assert tickets.redeem(session, "something-else", ticket, now=NOON) == alice.id


def test_the_database_never_holds_a_ticket(session: Session) -> None:
    alice = add(session)
    ticket = tickets.issue(session, tickets.SIGN_IN, alice.id, now=NOON)
    row = session.scalars(select(VerificationToken)).one()
    assert row.identifier == f"sign-in:{alice.id}"
    assert ticket != row.token


def test_of_many_who_come_with_one_ticket_one_gets_in(database: Database) -> None:
    with database.session() as session:
        alice = add(session)
        ticket = tickets.issue(session, tickets.SIGN_IN, alice.id, now=NOON)

    def come(_number: int) -> str | None:
        with database.session() as session:
            return tickets.redeem(session, tickets.SIGN_IN, ticket, now=NOON)

    with ThreadPoolExecutor(8) as crowd:
        answers = list(crowd.map(come, range(8)))
    assert sorted(answers, key=str) == [None] * 7 + [alice.id]


def test_tickets_nobody_came_back_with_are_forgotten(session: Session) -> None:
    alice = add(session)
    tickets.issue(session, tickets.SIGN_IN, alice.id, now=NOON)
    tickets.remove_expired(session, now=NOON + 59 * SECOND)
    assert session.scalars(select(VerificationToken)).all()
    tickets.remove_expired(session, now=NOON + 60 * SECOND)
    assert not session.scalars(select(VerificationToken)).all()
