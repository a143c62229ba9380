"""The people and prices that most sales tests begin with."""

import random

import pytest
from sqlalchemy.orm import Session

from core.identity.models import User
from core.sales.models import PricePreset
from core.system.actors import Actor
from tests.factories import make_preset, make_user


@pytest.fixture
def alice(session: Session) -> User:
    return make_user(session, "alice")


@pytest.fixture
def actor(alice: User) -> Actor:
    return Actor.person(alice.id)


@pytest.fixture
def charlie(session: Session) -> Actor:
    """Somebody who must see nothing."""
    return Actor.person(make_user(session, "charlie").id)


@pytest.fixture
def preset(session: Session, alice: User) -> PricePreset:
    return make_preset(session, alice, name="Standard")


@pytest.fixture
def rng() -> random.Random:
    return random.Random(7)
