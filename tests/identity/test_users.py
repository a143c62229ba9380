"""Adding people, describing them, letting them in and out."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.identity import sessions, users
from core.identity.errors import AdministratorsOnly, LastAdministrator, NameTaken, UserNotFound
from core.identity.models import InstanceUserRole, LoginSession, User
from core.identity.roles import get_membership
from core.system.models import AuditEvent
from tests.factories import HOUR, NOON
from tests.identity.support import COMMAND_LINE, acting, add, new_user, password_hash

ADMIN, MEMBER = InstanceUserRole.ADMIN, InstanceUserRole.MEMBER


def actions(session: Session, subject: User) -> list[str]:
    events = select(AuditEvent.action).where(AuditEvent.subject_id == subject.id).order_by(AuditEvent.id)
    return list(session.scalars(events))


def sign_in(session: Session, user: User) -> str:
    token, _ = sessions.open_session(session, user.id, user_agent=None, idle_days=30, now=NOON)
    return token


def test_a_new_person_is_a_member_and_is_found_in_any_case(session: Session) -> None:
    alice = add(session, "Alice")
    assert get_membership(session, alice.id).role is MEMBER
    assert users.get_by_username(session, " ALICE ").id == alice.id
    assert actions(session, alice) == ["user.added"]


def test_two_people_cannot_differ_by_case_alone(session: Session) -> None:
    add(session, "Alice")
    with pytest.raises(NameTaken, match="ALICE"):
        add(session, "ALICE")


def test_an_address_belongs_to_one_person(session: Session) -> None:
    users.add_user(session, COMMAND_LINE, new_user("alice", email="a@example.org"), now=NOON)
    with pytest.raises(NameTaken, match="e-mail"):
        users.add_user(session, COMMAND_LINE, new_user("bob", email="A@Example.org"), now=NOON)


def test_members_add_nobody(session: Session) -> None:
    alice = add(session, "alice")
    with pytest.raises(AdministratorsOnly):
        users.add_user(session, acting(alice), new_user("bob"), now=NOON)


def test_a_name_nobody_has_is_said_to_be_unknown(session: Session) -> None:
    with pytest.raises(UserNotFound, match="nobody"):
        users.get_by_username(session, "nobody")


def test_the_list_tells_role_sign_ins_and_open_browsers(session: Session) -> None:
    add(session, "bob", is_admin=True)
    alice = add(session, "alice")
    sign_in(session, alice)
    first, second = users.list_people(session, COMMAND_LINE, now=NOON)
    assert (first.username, first.role, first.open_sessions, first.last_login_at) == ("alice", MEMBER, 1, NOON)
    assert (second.username, second.role, second.open_sessions, second.last_login_at) == ("bob", ADMIN, 0, None)


def test_a_profile_change_is_kept_and_noted_without_the_address(session: Session) -> None:
    alice = add(session)
    users.update_profile(
        session, acting(alice), name="Alice  A", email="new@example.org", timezone="Asia/Tokyo", now=NOON + HOUR
    )
    assert (alice.name, alice.email, alice.timezone) == ("Alice A", "new@example.org", "Asia/Tokyo")
    event = session.scalars(select(AuditEvent).where(AuditEvent.action == "user.edited")).one()
    assert event.after == {"name": "Alice A", "email": "changed", "timezone": "Asia/Tokyo"}


def test_a_profile_saved_unchanged_leaves_no_trace(session: Session) -> None:
    alice = add(session)
    users.update_profile(session, acting(alice), name=None, email=None, timezone="UTC", now=NOON + HOUR)
    assert actions(session, alice) == ["user.added"]
    assert alice.updated_at == NOON


def test_somebody_elses_address_is_refused_and_nothing_changes(session: Session) -> None:
    users.add_user(session, COMMAND_LINE, new_user("bob", email="b@example.org"), now=NOON)
    alice = add(session, "alice")
    with pytest.raises(NameTaken):
        users.update_profile(session, acting(alice), name="A", email="b@example.org", timezone="UTC", now=NOON)
    session.refresh(alice)
    assert (alice.name, alice.email) == (None, None)


def test_a_new_password_ends_every_other_session(session: Session) -> None:
    alice = add(session)
    here, elsewhere = sign_in(session, alice), sign_in(session, alice)
    kept = sessions.find(session, here, now=NOON)
    assert kept
    users.set_password(session, acting(alice), alice.id, "new hash", keep_session=kept.session_id, now=NOON)
    assert alice.password_hash == "new hash"
    assert sessions.find(session, here, now=NOON)
    assert sessions.find(session, elsewhere, now=NOON) is None


def test_only_administrators_set_the_password_of_others(session: Session) -> None:
    alice, bob, admin = add(session, "alice"), add(session, "bob"), add(session, "root", is_admin=True)
    with pytest.raises(AdministratorsOnly):
        users.set_password(session, acting(bob), alice.id, password_hash(), now=NOON)
    users.set_password(session, acting(admin), alice.id, "reset", now=NOON)
    assert alice.password_hash == "reset"
    event = session.scalars(select(AuditEvent).where(AuditEvent.action == "user.password_changed")).one()
    assert (event.actor_id, event.owner_id, event.before, event.after) == (admin.id, alice.id, None, None)


def test_a_disabled_person_is_signed_out_at_once_and_can_be_let_in_again(session: Session) -> None:
    admin, alice = add(session, "root", is_admin=True), add(session)
    token = sign_in(session, alice)
    users.disable(session, acting(admin), alice.id, now=NOON)
    assert session.scalars(select(LoginSession)).all() == []
    assert sessions.find(session, token, now=NOON) is None
    users.enable(session, acting(admin), alice.id, now=NOON)
    assert alice.disabled_at is None
    assert actions(session, alice)[1:] == ["user.disabled", "user.signed_out", "user.enabled"]


def test_a_disabled_administrator_may_do_nothing(session: Session) -> None:
    admin, other = add(session, "root", is_admin=True), add(session, "other", is_admin=True)
    users.disable(session, acting(admin), other.id, now=NOON)
    with pytest.raises(AdministratorsOnly):
        users.enable(session, acting(other), other.id, now=NOON)


def test_the_only_administrator_can_neither_be_disabled_nor_become_a_member(session: Session) -> None:
    admin = add(session, "root", is_admin=True)
    with pytest.raises(LastAdministrator):
        users.disable(session, acting(admin), admin.id, now=NOON)
    with pytest.raises(LastAdministrator):
        users.set_role(session, acting(admin), admin.id, MEMBER, now=NOON)


def test_a_disabled_administrator_does_not_count_as_another_one(session: Session) -> None:
    admin, other = add(session, "root", is_admin=True), add(session, "other", is_admin=True)
    users.disable(session, acting(admin), other.id, now=NOON)
    with pytest.raises(LastAdministrator):
        users.set_role(session, acting(admin), admin.id, MEMBER, now=NOON)


def test_roles_change_when_another_administrator_is_left(session: Session) -> None:
    admin, alice = add(session, "root", is_admin=True), add(session)
    users.set_role(session, acting(admin), alice.id, ADMIN, now=NOON)
    users.set_role(session, acting(alice), admin.id, MEMBER, now=NOON)
    assert get_membership(session, admin.id).role is MEMBER
    event = session.scalars(select(AuditEvent).where(AuditEvent.action == "user.role_changed")).all()[0]
    assert (event.before, event.after) == ({"role": "member"}, {"role": "admin"})
