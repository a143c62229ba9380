"""Sorting out: likes, stars and rejections, many at once, and taking it back."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from core.media.models import Blob
from core.studio.products import changing, trash
from core.studio.products.changing import Mark
from core.studio.products.comparing import PieceKind, compare
from core.studio.products.detail import get_product
from core.studio.products.errors import NothingToUndo, ProductChangeRefused, ProductNotFound
from core.studio.products.filters import ProductFilter
from core.studio.products.listing import list_products
from core.studio.products.models import Product
from core.studio.shelves.errors import ProjectNotFound, ShelfInUse
from core.studio.shelves.models import Project, ProjectStatus
from core.system.actors import Actor
from core.system.models import AuditEvent, StorageRemoval
from tests.factories import DAY, HOUR, NOON, make_blob, make_deviation, make_user
from tests.studio.factories import make_item, make_order, make_product, make_project, make_provider


@pytest.fixture
def alice(session):
    return make_user(session)


@pytest.fixture
def actor(alice):
    return Actor.person(alice.id)


@pytest.fixture
def three(session, alice):
    return [make_product(session, alice, name=name).id for name in ("a", "b", "c")]


def state(session, product_id):
    row = session.execute(
        select(Product.liked, Product.rejected, Product.rating, Product.deleted_at).where(Product.id == product_id)
    ).one()
    return row.liked, row.rejected, row.rating, row.deleted_at is not None


def test_marks_are_given_each_in_its_own_way(session, actor, three):
    a, b, c = three
    done = changing.mark(
        session, actor, [Mark(a, liked=True), Mark(b, rejected=True, rating=2), Mark(a, rating=5), Mark(c, rating=0)],
        now=NOON,
    )  # fmt: skip
    assert set(done.changed) == {a, b}
    assert state(session, a) == (True, False, 5, False)
    assert state(session, b) == (False, True, 2, False)


def test_what_is_liked_is_not_rejected_and_the_other_way_round(session, actor, three):
    changing.like(session, actor, three, now=NOON)
    changing.reject(session, actor, three[:1], now=NOON)
    assert state(session, three[0])[:2] == (False, True)
    changing.like(session, actor, three[:1], now=NOON)
    assert state(session, three[0])[:2] == (True, False)


def test_each_change_is_told_in_the_trail_and_nothing_of_what_stays(session, actor, three):
    changing.rate(session, actor, three, 4, now=NOON)
    again = changing.rate(session, actor, three, 4, now=NOON)
    assert again.changed == () and again.group is None
    events = session.scalars(select(AuditEvent).where(AuditEvent.subject_type == "product")).all()
    assert [(event.before, event.after) for event in events] == [({"rating": None}, {"rating": 4})] * 3


def test_a_change_is_taken_back_where_nothing_came_after(session, actor, three):
    changing.rate(session, actor, three[:1], 2, now=NOON)
    done = changing.rate(session, actor, three, 5, now=NOON)
    changing.rate(session, actor, three[1:2], 1, now=NOON)
    back = changing.undo(session, actor, done.group, now=NOON)
    assert [state(session, one)[2] for one in three] == [2, 1, None]
    assert back.left_out == (three[1],)
    changing.undo(session, actor, back.group, now=NOON)
    assert [state(session, one)[2] for one in three] == [5, 1, 5]


def test_keep_the_liked_and_bin_the_rest_and_take_it_back(session, alice, actor):
    order = make_order(session, alice, make_provider(session))
    ours = [
        make_product(session, alice, order_item_id=make_item(session, order).id, output_index=0, liked=number == 1)
        for number in range(3)
    ]
    other = make_product(session, alice)
    done = trash.bin_the_rest(session, actor, ProductFilter(order_id=order.id), now=NOON)
    assert set(done.changed) == {ours[0].id, ours[2].id}
    assert {row.id for row in list_products(session, actor).rows} == {ours[1].id, other.id}
    changing.undo(session, actor, done.group, now=NOON + HOUR)
    assert len(list_products(session, actor).rows) == 4
    kept = trash.bin_the_rest(session, actor, [ours[1].id, other.id, other.id], now=NOON)
    assert kept.changed == (other.id,)


def test_the_trash_gives_back_and_clears_out(session, alice, actor):
    shared = make_blob(session, alice)
    gone = make_product(session, alice)
    two = [make_product(session, alice, shared).id for _ in range(2)]
    trash.throw_away(session, actor, [gone.id, *two], now=NOON)
    trash.restore(session, actor, two[:1], now=NOON)
    blob = gone.blob_id
    assert trash.purge(session, actor, [two[0]], now=NOON).changed == ()
    assert trash.purge_expired(session, older_than=timedelta(days=90), now=NOON + 90 * DAY) == 0
    assert trash.purge_expired(session, older_than=timedelta(days=90), now=NOON + 91 * DAY) == 2
    assert session.scalars(select(Blob.id)).all() == [shared.id]
    assert session.scalars(select(StorageRemoval.key).where(StorageRemoval.key.contains("original"))).all()
    assert blob != shared.id


def test_a_picture_that_a_post_shows_outlives_its_product(session, alice, actor):
    blob = make_blob(session, alice)
    product = make_product(session, alice, blob, deleted_at=NOON)
    make_deviation(session, alice, blobs=[blob])
    trash.purge(session, actor, [product.id], now=NOON)
    assert session.get(Blob, blob.id) is not None


def test_renaming_and_notes_can_be_found(session, actor, three):
    changing.rename(session, actor, three[0], "  Salt   flats ", now=NOON)
    changing.write_notes(session, actor, three[1], "use for the cover", now=NOON)
    found = [row.id for row in list_products(session, actor, ProductFilter(words="salt")).rows]
    assert found == [three[0]]
    assert [row.id for row in list_products(session, actor, ProductFilter(words="cover")).rows] == [three[1]]
    assert get_product(session, actor, three[0]).view.name == "Salt flats"


@pytest.mark.parametrize(
    "act",
    [
        lambda session, actor, one: changing.rate(session, actor, [one], 6, now=NOON),
        lambda session, actor, one: changing.rename(session, actor, one, " \0 ", now=NOON),
        lambda session, actor, one: changing.rename(session, actor, one, "x" * 256, now=NOON),
        lambda session, actor, one: changing.write_notes(session, actor, one, "x" * 10_001, now=NOON),
        lambda session, actor, one: changing.like(session, actor, [f"prd_{n}" for n in range(10_001)], now=NOON),
        lambda session, actor, one: compare(session, actor, [one]),
        lambda session, actor, one: trash.bin_the_rest(session, actor, ProductFilter(trashed=True), now=NOON),
    ],
)
def test_what_a_product_cannot_be_is_refused(session, actor, three, act):
    with pytest.raises(ProductChangeRefused):
        act(session, actor, three[0])


def test_products_go_into_projects_that_are_active(session, alice, actor, three):
    project, closed = make_project(session, alice), make_project(session, alice, status=ProjectStatus.ARCHIVED)
    changing.move_to_project(session, actor, three, project.id, now=NOON)
    assert session.scalar(select(Project.product_count).where(Project.id == project.id)) == 3
    with pytest.raises(ShelfInUse):
        changing.move_to_project(session, actor, three, closed.id, now=NOON)
    changing.move_to_project(session, actor, three, None, now=NOON)
    assert session.scalar(select(Project.product_count).where(Project.id == project.id)) == 0


def test_another_persons_products_look_missing(session, actor, three):
    charlie = Actor.person(make_user(session, "charlie").id)
    done = changing.like(session, actor, three, now=NOON)
    assert changing.like(session, charlie, three, liked=False, now=NOON).left_out == tuple(three)
    assert trash.throw_away(session, charlie, three, now=NOON).changed == ()
    assert trash.bin_the_rest(session, charlie, three, now=NOON).changed == ()
    with pytest.raises(NothingToUndo):
        changing.undo(session, charlie, done.group, now=NOON)
    for read in (get_product, lambda *given: changing.rename(*given, "mine", now=NOON)):
        with pytest.raises(ProductNotFound):
            read(session, charlie, three[0])
    mine = make_project(session, make_user(session, "bob"))
    with pytest.raises(ProjectNotFound):
        changing.move_to_project(session, actor, three, mine.id, now=NOON)


def test_comparing_shows_what_makes_the_difference(session, alice, actor):
    one = make_product(session, alice, prompt="a blue harbour, at dawn", seed="1", parameters={"steps": 20, "cfg": 7})
    two = make_product(session, alice, prompt="a red harbour, at dawn", seed="2", parameters={"steps": 20})
    found = compare(session, actor, [one.id, two.id])
    assert {line.name: line.values for line in found.differing} == {"seed": ("1", "2"), "cfg": (7, None)}
    assert {line.name for line in found.shared} == {"model", "provider", "size", "steps"}
    own = [[piece.text for piece in each if piece.kind is PieceKind.OWN] for each in found.prompts]
    assert own == [["blue"], ["red"]]
    assert " ".join(piece.text for piece in found.prompts[1]) == "a red harbour, at dawn"
