"""What earns good ratings, and what a kept picture cost."""

from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from core.identity.models import User
from core.studio.analytics import verdicts
from core.studio.analytics.scope import Scope
from core.system.actors import Actor
from tests.factories import DAY, NOON, make_blob, make_user
from tests.studio.factories import make_product, make_project

CENT = Decimal("0.01")
ALL = Scope()


@pytest.fixture
def user(session: Session) -> User:
    return make_user(session)


@pytest.fixture
def alice(session: Session, user: User) -> Actor:
    """Three reds of which two are kept, three blues of which none is; two models; one product of unknown cost."""
    blob = make_blob(session, user)

    def made(color: str, steps: float, **fields: object) -> None:
        values = {"choices": {"color": color}, "parameters": {"steps": steps, "seed": 7, "style": "ink"}, "cost": CENT}
        make_product(session, user, blob, **values | fields)

    made("red", 10, liked=True)
    made("red", 20, rating=5)
    made("red", 20, rejected=True)
    made("blue", 10, rating=2)
    made("blue", 20, liked=True, deleted_at=NOON)
    made("blue", 30, model="sketcher", cost=None)
    make_product(session, make_user(session, "charlie"), choices={"color": "green"}, liked=True)
    return Actor.person(user.id)


def test_everything_together(session, alice):
    seen = verdicts.overall(session, alice, ALL)
    assert (seen.made, seen.judged, seen.kept, seen.rated, seen.rating) == (6, 5, 2, 2, 3.5)
    assert (seen.cost, seen.unpriced, seen.cost_per_kept) == (None, 1, None)


def test_by_model_with_what_a_kept_one_cost(session, alice):
    painter, sketcher = verdicts.by_model(session, alice, ALL)
    assert (painter.name, painter.made, painter.kept) == ("painter", 5, 2)
    assert painter.cost_per_kept == Decimal("0.025")
    assert (sketcher.name, sketcher.keep_rate, sketcher.cost_per_kept) == ("sketcher", None, None)


def test_by_the_values_of_a_lookup_the_best_first(session, alice):
    color = verdicts.by_lookup(session, alice, ALL)[0]
    assert (color.key, [one.name for one in color.values]) == ("color", ["red", "blue"])
    red, blue = color.values
    assert (red.keep_rate, blue.keep_rate) == (2 / 3, 0.0)


def test_a_token_that_became_nothing_is_named(session, user):
    make_product(session, user, choices={"hat": ""}, liked=True)
    make_product(session, user, choices={"hat": "red"})
    hat = verdicts.by_lookup(session, Actor.person(user.id), ALL)[0]
    assert {one.name for one in hat.values} == {"nothing", "red"}


def test_by_a_number(session, alice):
    assert verdicts.numeric_parameters(session, alice, ALL) == ["steps"]
    seen = verdicts.by_number(session, alice, ALL, "steps")
    assert [(one.name, one.made, one.kept) for one in seen] == [("10", 2, 1), ("20", 3, 1), ("30", 1, 0)]


def test_many_values_come_in_spans(session, user):
    blob = make_blob(session, user)
    for number in range(40):
        make_product(session, user, blob, parameters={"guidance": 1 + number / 4}, rating=1 + number % 5, cost=0)
    seen = verdicts.by_number(session, Actor.person(user.id), ALL, "guidance")
    assert len(seen) <= verdicts.MOST_BINS
    assert sum(one.made for one in seen) == 40
    assert seen[0].name.startswith("1 to ") and seen[-1].name.endswith("10.75")
    assert sum((one.rating or 0) * one.rated for one in seen) == pytest.approx(sum(1 + n % 5 for n in range(40)))


def test_a_scope_narrows_it(session, user, alice):
    project = make_project(session, user)
    make_product(session, user, project_id=project.id, created_at=NOON - DAY, liked=True, cost=CENT)
    assert verdicts.overall(session, alice, Scope(project_id=project.id)).made == 1
    assert verdicts.overall(session, alice, Scope(until=NOON)).made == 1
    assert verdicts.overall(session, alice, Scope(since=NOON)).made == 6
    assert verdicts.overall(session, alice, Scope(model="sketcher")).made == 1


def test_an_empty_gallery_teaches_nothing(session):
    nobody = Actor.person(make_user(session).id)
    assert verdicts.overall(session, nobody, ALL).made == 0
    assert verdicts.by_model(session, nobody, ALL) == verdicts.by_lookup(session, nobody, ALL) == []
