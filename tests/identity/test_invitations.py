"""Links with which people add themselves."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.identity import instance, invitations, users
from core.identity.errors import AdministratorsOnly, InvitationRefused, NameTaken
from core.identity.models import InstanceUserRole, User, VerificationToken
from core.identity.roles import get_membership
from tests.factories import DAY, NOON
from tests.identity.support import COMMAND_LINE, acting, add, new_user

ADMIN, MEMBER = InstanceUserRole.ADMIN, InstanceUserRole.MEMBER


@pytest.fixture
def admin(session: Session) -> User:
    return add(session, "root", is_admin=True)


def test_whoever_follows_the_link_joins_in_the_role_they_were_invited_for(session: Session, admin: User) -> None:
    token = invitations.invite(session, acting(admin), ADMIN, note="Bob", now=NOON)
    bob = invitations.accept(session, token, new_user("bob", role=MEMBER), now=NOON + DAY)
    assert get_membership(session, bob.id).role is ADMIN
    assert invitations.list_invitations(session, COMMAND_LINE, now=NOON) == []


def test_nobody_raises_their_own_role_by_joining(session: Session, admin: User) -> None:
    token = invitations.invite(session, acting(admin), MEMBER, now=NOON)
    eve = invitations.accept(session, token, new_user("eve", role=ADMIN), now=NOON)
    assert get_membership(session, eve.id).role is MEMBER


def test_a_link_is_good_once_and_for_a_week(session: Session, admin: User) -> None:
    used = invitations.invite(session, acting(admin), MEMBER, now=NOON)
    invitations.accept(session, used, new_user("bob"), now=NOON)
    late = invitations.invite(session, acting(admin), MEMBER, now=NOON)
    for token, now in ((used, NOON), (late, NOON + 7 * DAY), ("made up", NOON)):
        assert invitations.find(session, token, now=now) is None
        with pytest.raises(InvitationRefused):
            invitations.accept(session, token, new_user("charlie"), now=now)


def test_a_taken_name_leaves_the_link_good(session: Session, admin: User) -> None:
    token = invitations.invite(session, acting(admin), MEMBER, now=NOON)
    session.commit()
    with pytest.raises(NameTaken):
        invitations.accept(session, token, new_user("ROOT"), now=NOON)
    session.rollback()
    assert invitations.find(session, token, now=NOON)


def test_a_link_can_be_taken_back(session: Session, admin: User) -> None:
    token = invitations.invite(session, acting(admin), MEMBER, note="  For Bob ", now=NOON)
    (invitation,) = invitations.list_invitations(session, COMMAND_LINE, now=NOON)
    assert invitation.note == "For Bob"
    invitations.take_back(session, acting(admin), invitation.id, now=NOON)
    assert invitations.find(session, token, now=NOON) is None
    invitations.take_back(session, acting(admin), invitation.id, now=NOON)  # once more is fine


def test_members_neither_invite_nor_take_back(session: Session, admin: User) -> None:
    alice = add(session, "alice")
    with pytest.raises(AdministratorsOnly):
        invitations.invite(session, acting(alice), MEMBER, now=NOON)
    with pytest.raises(AdministratorsOnly):
        invitations.take_back(session, acting(alice), "inv_x", now=NOON)
    with pytest.raises(AdministratorsOnly):
        invitations.list_invitations(session, acting(alice), now=NOON)


def test_nobody_is_invited_while_invitations_are_switched_off(session: Session, admin: User) -> None:
    instance.update_settings(session, acting(admin), reporting_timezone="UTC", team_invites_enabled=False, now=NOON)
    with pytest.raises(AdministratorsOnly, match="switched off"):
        invitations.invite(session, acting(admin), MEMBER, now=NOON)


def is_good(session: Session, token: str) -> bool:
    return invitations.find(session, token, now=NOON) is not None


def test_links_are_good_for_nothing_while_invitations_are_switched_off(session: Session, admin: User) -> None:
    token = invitations.invite(session, acting(admin), MEMBER, now=NOON)
    for enabled in (False, True):
        instance.update_settings(
            session, acting(admin), reporting_timezone="UTC", team_invites_enabled=enabled, now=NOON
        )
        assert is_good(session, token) is enabled
        assert bool(invitations.list_invitations(session, COMMAND_LINE, now=NOON)) is enabled


def test_a_link_ends_with_the_power_of_whoever_made_it(session: Session, admin: User) -> None:
    other = add(session, "other", is_admin=True)
    token = invitations.invite(session, acting(other), ADMIN, now=NOON)
    users.set_role(session, acting(admin), other.id, MEMBER, now=NOON)
    assert not is_good(session, token)
    with pytest.raises(InvitationRefused):
        invitations.accept(session, token, new_user("friend"), now=NOON)
    users.set_role(session, acting(admin), other.id, ADMIN, now=NOON)
    assert is_good(session, token)
    users.disable(session, acting(admin), other.id, now=NOON)
    assert not is_good(session, token)
    assert invitations.list_invitations(session, COMMAND_LINE, now=NOON) == []


def test_the_command_line_invites_as_well(session: Session) -> None:
    assert is_good(session, invitations.invite(session, COMMAND_LINE, ADMIN, now=NOON))


def test_the_database_never_holds_the_link(session: Session, admin: User) -> None:
    token = invitations.invite(session, acting(admin), MEMBER, now=NOON)
    assert session.scalars(select(VerificationToken)).one().token != token
