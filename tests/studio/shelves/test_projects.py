"""Projects, and the one a person works in."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.identity.models import User
from core.studio.products.models import Product
from core.studio.shelves import projects
from core.studio.shelves.errors import ProjectNotFound, ShelfInUse, ShelfRefused
from core.studio.shelves.models import ProjectStatus
from core.studio.shelves.projects import ProjectForm
from core.system.actors import Actor
from tests.factories import NOON, make_user
from tests.studio.factories import make_order, make_product, make_project, make_provider


@pytest.fixture
def user(session: Session) -> User:
    return make_user(session)


@pytest.fixture
def alice(user: User) -> Actor:
    return Actor.person(user.id)


def test_the_current_project_ends_with_the_project(session, user, alice):
    row = projects.create_project(session, alice, ProjectForm(" Winter  foxes "), now=NOON)
    assert row.name == "Winter foxes"
    assert projects.current_project(session, alice) is None
    projects.set_current(session, alice, row.id, now=NOON)
    assert projects.current_project(session, alice) is row
    projects.set_status(session, alice, row.id, ProjectStatus.ARCHIVED, now=NOON)
    assert projects.current_project(session, alice) is None
    with pytest.raises(ShelfInUse, match="archived"):
        projects.set_current(session, alice, row.id, now=NOON)
    projects.set_status(session, alice, row.id, ProjectStatus.ACTIVE, now=NOON)
    assert projects.current_project(session, alice) is None, "choosing is the person's"


def test_four_pictures_of_the_project_can_be_featured(session, user, alice):
    row = make_project(session, user)
    inside = [make_product(session, user, project_id=row.id).id for _ in range(5)]
    outside = make_product(session, user).id
    assert projects.feature(session, alice, row.id, inside[:4], now=NOON).featured_product_ids == inside[:4]
    for wrong in (inside, [outside]):
        with pytest.raises(ShelfRefused):
            projects.feature(session, alice, row.id, wrong, now=NOON)


def test_a_project_goes_with_its_contents_and_comes_back_with_them(session, user, alice):
    row = make_project(session, user)
    kept = make_product(session, user, project_id=row.id)
    gone_before = make_product(session, user, project_id=row.id, deleted_at=NOON.replace(year=2025))
    make_order(session, user, make_provider(session), project_id=row.id)
    projects.delete_project(session, alice, row.id, with_contents=True, now=NOON)
    with pytest.raises(ProjectNotFound):
        projects.get_project(session, alice, row.id)
    session.refresh(kept)
    assert kept.deleted_at == NOON
    projects.restore_project(session, alice, row.id, now=NOON)
    session.expire_all()
    assert (kept.deleted_at, row.product_count, row.order_count) == (None, 1, 1)
    assert gone_before.deleted_at is not None


def test_a_project_can_go_alone(session, user, alice):
    row = make_project(session, user)
    product = make_product(session, user, project_id=row.id)
    projects.delete_project(session, alice, row.id, with_contents=False, now=NOON)
    assert session.execute(select(Product.project_id, Product.deleted_at)).one() == (None, None)
    assert product.id


def test_what_is_being_made_keeps_its_project(session, user, alice):
    row = make_project(session, user)
    make_order(session, user, make_provider(session), items=1, project_id=row.id)
    with pytest.raises(ShelfInUse, match="being made"):
        projects.delete_project(session, alice, row.id, with_contents=True, now=NOON)


def test_a_strangers_project_looks_missing(session, alice):
    theirs = make_project(session, make_user(session, "charlie"))
    for act in (
        lambda: projects.edit_project(session, alice, theirs.id, ProjectForm("Mine"), now=NOON),
        lambda: projects.set_current(session, alice, theirs.id, now=NOON),
        lambda: projects.delete_project(session, alice, theirs.id, with_contents=True, now=NOON),
    ):
        with pytest.raises(ProjectNotFound):
            act()
