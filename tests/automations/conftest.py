"""The people and accounts that most tests of automations begin with."""

import pytest
from sqlalchemy.orm import Session

from core.db.engine import Database
from core.identity.models import Account, User
from core.system.actors import Actor
from tests.automations.world import World
from tests.factories import make_account, make_user


@pytest.fixture
def alice(session: Session) -> User:
    return make_user(session, "alice", timezone="Europe/Vienna")


@pytest.fixture
def actor(alice: User) -> Actor:
    return Actor.person(alice.id)


@pytest.fixture
def charlie(session: Session) -> Actor:
    """Somebody who must see nothing."""
    return Actor.person(make_user(session, "charlie").id)


@pytest.fixture
def account(session: Session, alice: User) -> Account:
    """Alice's default account."""
    return make_account(session, alice, is_default=True)


@pytest.fixture
def world(database: Database) -> World:
    return World(database)
