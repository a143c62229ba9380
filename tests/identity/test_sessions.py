"""Signed-in browsers."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.identity import sessions, tickets
from core.identity.errors import AdministratorsOnly
from core.identity.models import LoginSession, User
from tests.factories import DAY, NOON
from tests.identity.support import acting, add

MINUTE = timedelta(minutes=1)


def sign_in(session: Session, user: User, *, user_agent: str | None = None) -> tuple[str, str]:
    token, row = sessions.open_session(session, user.id, user_agent=user_agent, idle_days=30, now=NOON)
    return token, row.id


def test_a_cookie_leads_to_its_person(session: Session) -> None:
    alice = add(session, "Alice", is_admin=True)
    token, session_id = sign_in(session, alice)
    found = sessions.find(session, token, now=NOON + MINUTE)
    assert found
    assert (found.session_id, found.user_id, found.username, found.is_admin) == (session_id, alice.id, "Alice", True)
    assert found.actor == acting(alice)


def test_the_database_never_holds_the_cookie(session: Session) -> None:
    token, _ = sign_in(session, add(session))
    row = session.scalars(select(LoginSession)).one()
    assert token not in {row.session_token, row.id}
    assert len(row.session_token) == 64


@pytest.mark.parametrize("token", [None, "", "made up"])
def test_a_cookie_that_was_never_given_leads_nowhere(session: Session, token: str | None) -> None:
    sign_in(session, add(session))
    assert sessions.find(session, token, now=NOON) is None


def test_a_session_ends_after_thirty_idle_days(session: Session) -> None:
    token, _ = sign_in(session, add(session))
    assert sessions.find(session, token, now=NOON + 30 * DAY - MINUTE)
    assert sessions.find(session, token, now=NOON + 30 * DAY) is None


def test_using_a_session_moves_its_end(session: Session) -> None:
    token, session_id = sign_in(session, add(session))
    sessions.touch(session, session_id, idle_days=30, now=NOON + 20 * DAY)
    session.expire_all()
    assert sessions.find(session, token, now=NOON + 49 * DAY)


def test_looking_again_within_five_minutes_writes_nothing(session: Session) -> None:
    token, session_id = sign_in(session, add(session))
    found = sessions.find(session, token, now=NOON)
    assert found
    assert not sessions.needs_touch(found, now=NOON + 4 * MINUTE)
    assert sessions.needs_touch(found, now=NOON + 5 * MINUTE)
    sessions.touch(session, session_id, idle_days=30, now=NOON + 4 * MINUTE)
    session.expire_all()
    assert session.scalars(select(LoginSession)).one().last_seen_at == NOON


def test_a_browser_is_remembered_by_at_most_200_characters(session: Session) -> None:
    sign_in(session, add(session), user_agent="x" * 500)
    assert session.scalars(select(LoginSession)).one().user_agent == "x" * 200


def test_signing_out_ends_this_browser_alone(session: Session) -> None:
    alice = add(session)
    (first, _), (second, _) = sign_in(session, alice), sign_in(session, alice)
    assert sessions.end_by_token(session, first, now=NOON)
    assert sessions.find(session, first, now=NOON) is None
    assert sessions.find(session, second, now=NOON)
    assert not sessions.end_by_token(session, first, now=NOON)


def test_charlie_cannot_end_alices_session(session: Session) -> None:
    alice, charlie = add(session, "alice"), add(session, "charlie")
    token, session_id = sign_in(session, alice)
    assert not sessions.end(session, acting(charlie), session_id, now=NOON)
    with pytest.raises(AdministratorsOnly):
        sessions.end_all(session, acting(charlie), alice.id, now=NOON)
    assert sessions.find(session, token, now=NOON)


def test_signing_out_everywhere_else_keeps_the_browser_at_hand(session: Session) -> None:
    alice, bob = add(session, "alice"), add(session, "bob")
    (here, here_id), (elsewhere, _), (bobs, _) = sign_in(session, alice), sign_in(session, alice), sign_in(session, bob)
    assert sessions.end_all(session, acting(alice), alice.id, keep=here_id, now=NOON) == 1
    assert sessions.find(session, here, now=NOON)
    assert sessions.find(session, elsewhere, now=NOON) is None
    assert sessions.find(session, bobs, now=NOON)


def test_an_administrator_may_sign_somebody_out_everywhere(session: Session) -> None:
    alice, admin = add(session, "alice"), add(session, "root", is_admin=True)
    token, _ = sign_in(session, alice)
    assert sessions.end_all(session, acting(admin), alice.id, now=NOON) == 1
    assert sessions.find(session, token, now=NOON) is None


def test_a_person_sees_their_own_browsers_last_used_first(session: Session) -> None:
    alice, bob = add(session, "alice"), add(session, "bob")
    (_, old), (_, new) = sign_in(session, alice), sign_in(session, alice)
    sign_in(session, bob)
    sessions.touch(session, new, idle_days=30, now=NOON + DAY)
    session.expire_all()
    assert [row.id for row in sessions.list_open(session, alice.id, now=NOON + DAY)] == [new, old]


def test_expired_sessions_can_be_swept_out(session: Session) -> None:
    sign_in(session, add(session))
    assert sessions.remove_expired(session, now=NOON + 29 * DAY) == 0
    assert sessions.remove_expired(session, now=NOON + 30 * DAY) == 1


def test_signing_out_everywhere_also_ends_a_sign_in_under_way(session: Session) -> None:
    alice, charlie = add(session, "alice"), add(session, "charlie")
    hers, his = (tickets.issue(session, tickets.SIGN_IN, user.id, now=NOON) for user in (alice, charlie))
    sessions.end_all(session, acting(alice), alice.id, now=NOON)
    assert tickets.redeem(session, tickets.SIGN_IN, hers, now=NOON) is None
    assert tickets.redeem(session, tickets.SIGN_IN, his, now=NOON) == charlie.id
