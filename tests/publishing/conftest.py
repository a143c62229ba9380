"""The people and posts that most publishing tests begin with."""

import random

import pytest
from sqlalchemy.orm import Session

from core.identity.models import Account, User
from core.system.actors import Actor
from tests.factories import make_account, make_user


@pytest.fixture
def alice(session: Session) -> User:
    return make_user(session, "alice", timezone="Europe/Vienna")


@pytest.fixture
def charlie(session: Session) -> Actor:
    """Somebody who must see nothing."""
    return Actor.person(make_user(session, "charlie").id)


@pytest.fixture
def actor(alice: User) -> Actor:
    return Actor.person(alice.id)


@pytest.fixture
def account(session: Session, alice: User) -> Account:
    return make_account(session, alice)


@pytest.fixture
def rng() -> random.Random:
    return random.Random(7)
