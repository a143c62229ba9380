"""The first person in a house."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy.orm import Session

from core.db.engine import Database
from core.identity import setup, users
from core.identity.errors import AlreadySetUp
from core.identity.models import InstanceUserRole
from core.identity.roles import get_membership
from tests.factories import NOON
from tests.identity.support import COMMAND_LINE, new_user


def test_an_empty_house_needs_an_owner(session: Session) -> None:
    assert setup.needs_setup(session)
    owner = setup.set_up_owner(session, new_user("anna"), now=NOON)
    assert get_membership(session, owner.id).role is InstanceUserRole.ADMIN
    assert not setup.needs_setup(session)


def test_there_is_one_owner(session: Session) -> None:
    setup.set_up_owner(session, new_user("anna"), now=NOON)
    with pytest.raises(AlreadySetUp):
        setup.set_up_owner(session, new_user("bob"), now=NOON)


def test_of_two_who_set_up_at_the_same_moment_one_becomes_the_owner(database: Database) -> None:
    new_user()  # the hash is made before the race

    def come(name: str) -> bool:
        try:
            with database.session() as session:
                setup.set_up_owner(session, new_user(name), now=NOON)
        except AlreadySetUp:
            return False
        return True

    with ThreadPoolExecutor(2) as crowd:
        assert sorted(crowd.map(come, ["anna", "bob"])) == [False, True]
    with database.read() as session:
        assert len(users.list_people(session, COMMAND_LINE, now=NOON)) == 1
