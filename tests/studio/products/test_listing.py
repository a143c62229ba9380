"""Lists of products: every filter, every order page by page, and that nobody sees another's."""

import base64
import itertools
import json
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import update

from core.db import search
from core.publishing.models import DeviationFile
from core.studio.products import changing, listing, searching
from core.studio.products.errors import ProductChangeRefused
from core.studio.products.filters import ProductFilter
from core.studio.products.listing import Order, count_products, list_ids, list_products
from core.studio.products.models import ProductSource
from core.studio.shelves.models import CollectionProduct, Tag, TagAssociation, TaggedKind
from core.system.actors import Actor
from tests.factories import NOON, make_blob, make_deviation, make_user
from tests.studio.factories import make_collection, make_item, make_order, make_product, make_project, make_provider

MINUTE = timedelta(minutes=1)


@pytest.fixture
def alice(session):
    return make_user(session)


@pytest.fixture
def actor(alice):
    return Actor.person(alice.id)


def names(session, actor, wanted=None, **query):
    page = list_products(session, actor, wanted, **query)
    return [row.name for row in page.rows]


def a_wall(session, alice, count=23):
    """Products of every kind, one a minute, some at the very same instant."""
    for number in range(count):
        blob = make_blob(session, alice, file_size=1000 + number % 4)
        make_product(
            session, alice, blob, name=f"p{number:02}", created_at=NOON + MINUTE * (number // 2),
            rating=(None, 1, 3, 5, 5)[number % 5],
            cost=(None, Decimal("0.01"), Decimal("0.01"), Decimal(0))[number % 4],
        )  # fmt: skip


def test_filters_leave_out_what_does_not_match(session, alice, actor):
    project, provider = make_project(session, alice), make_provider(session)
    item = make_item(session, make_order(session, alice, provider))
    liked = make_product(session, alice, name="liked", liked=True, rating=5, project_id=project.id, model="flux",
                         search_text="blue dunes", created_at=NOON + MINUTE)  # fmt: skip
    bought = make_product(session, alice, name="bought", provider="fal", cost=Decimal("0.05"), rating=2,
                          order_item_id=item.id, output_index=0)  # fmt: skip
    make_product(session, alice, name="rejected", rejected=True, source=ProductSource.IMPORTED, cost=Decimal(0))
    make_product(session, alice, name="binned", deleted_at=NOON)
    tag = Tag(user_id=alice.id, name="Sea", name_key="sea", created_at=NOON)
    session.add(tag)
    session.flush()
    session.add(TagAssociation(tag_id=tag.id, entity_type=TaggedKind.PRODUCT, entity_id=bought.id, created_at=NOON))
    best = make_collection(session, alice)
    session.add(CollectionProduct(collection_id=best.id, product_id=liked.id, added_at=NOON))
    post = make_deviation(session, alice, files=1)
    session.execute(update(DeviationFile).where(DeviationFile.deviation_id == post.id).values(product_id=liked.id))
    session.flush()
    wanted = {
        "liked": [ProductFilter(liked=True), ProductFilter(project_id=project.id), ProductFilter(model="flux"),
                  ProductFilter(rating_from=3), ProductFilter(words="blu"), ProductFilter(collection_id=best.id),
                  ProductFilter(drafted=True), ProductFilter(created_from=NOON + MINUTE)],
        "bought": [ProductFilter(provider="fal"), ProductFilter(cost_from=Decimal("0.01"), cost_to=Decimal("0.05")),
                   ProductFilter(tag_id=tag.id), ProductFilter(order_id=item.order_id)],
        "rejected": [ProductFilter(rejected=True), ProductFilter(source=ProductSource.IMPORTED),
                     ProductFilter(cost_to=Decimal(0)), ProductFilter(unrated=True)],
        "binned": [ProductFilter(trashed=True), ProductFilter(trashed=True, unsorted=True)],
    }  # fmt: skip
    for name, filters in wanted.items():
        for one in filters:
            assert names(session, actor, one) == [name], one
            assert count_products(session, actor, one).number == 1, one
            assert ProductFilter.from_json(one.to_json()) == one == ProductFilter.from_query(one.to_query())
    assert names(session, actor, ProductFilter(unsorted=True)) == []
    assert sorted(names(session, actor, ProductFilter(cost_unknown=True))) == ["liked"]
    assert sorted(names(session, actor, ProductFilter(drafted=False))) == ["bought", "rejected"]
    assert sorted(names(session, actor, ProductFilter(no_project=True, liked=False))) == ["bought", "rejected"]


def test_members_are_found_whether_few_or_many(session, alice, actor, monkeypatch):
    best = make_collection(session, alice)
    for number in range(5):
        cost = Decimal(number) / 100
        product = make_product(session, alice, name=f"p{number}", created_at=NOON + MINUTE * number, cost=cost)
        if number % 2:
            session.add(CollectionProduct(collection_id=best.id, product_id=product.id, added_at=NOON))
    session.flush()
    monkeypatch.setattr(searching, "FEW", 1)
    monkeypatch.setattr(search, "FEW", 1)
    assert names(session, actor, ProductFilter(collection_id=best.id)) == ["p3", "p1"]
    assert len(names(session, actor, ProductFilter(words="harbour", collection_id=best.id))) == 2
    wanted = ProductFilter(cost_from=Decimal("0.01"), cost_to=Decimal("0.03"))
    assert names(session, actor, wanted) == names(session, actor, wanted, order=Order.COST) == ["p3", "p2", "p1"]


@pytest.mark.parametrize("wanted", [ProductFilter(), ProductFilter(rating_from=3), ProductFilter(cost_unknown=True)])
@pytest.mark.parametrize("order", Order)
def test_pages_show_each_product_once_forth_and_back(session, alice, actor, order, wanted):
    a_wall(session, alice)
    everything = list_ids(session, actor, wanted, order=order)
    assert len(set(everything)) == len(everything) == count_products(session, actor, wanted).number
    forth, page = [], list_products(session, actor, wanted, order=order, page_size=4)
    assert page.before is None
    seen = [page]
    while page.after:
        page = list_products(session, actor, wanted, order=order, cursor=page.after, page_size=4)
        seen.append(page)
    forth = [row.id for each in seen for row in each.rows]
    assert forth == everything
    for earlier in reversed(seen[:-1]):
        page = list_products(session, actor, wanted, order=order, cursor=page.before, page_size=4)
        assert [row.id for row in page.rows] == [row.id for row in earlier.rows]
    assert page.before is None


def test_orders_put_first_what_they_say(session, alice, actor):
    a_wall(session, alice, 12)
    rows = list_products(session, actor, order=Order.RATING).rows
    assert [row.rating for row in rows] == sorted((row.rating for row in rows), key=lambda one: -(one or 0))
    costs = [row.cost for row in list_products(session, actor, order=Order.COST).rows]
    assert costs == [Decimal("0.01")] * 6 + [Decimal(0)] * 3 + [None] * 3
    sizes = [row.file_size for row in list_products(session, actor, order=Order.SIZE).rows]
    assert sizes == sorted(sizes, reverse=True)
    assert names(session, actor, order=Order.OLDEST) == names(session, actor)[::-1]


def test_what_is_sorted_out_meanwhile_shifts_nothing(session, alice, actor):
    a_wall(session, alice, 12)
    wanted = ProductFilter(rejected=False)
    everything = list_ids(session, actor, wanted)
    first = list_products(session, actor, wanted, page_size=4)
    changing.reject(session, actor, [row.id for row in first.rows], now=NOON)
    second = list_products(session, actor, wanted, cursor=first.after, page_size=4)
    assert [row.id for row in second.rows] == everything[4:8]


def test_counting_stops_where_it_is_told(session, alice, actor):
    a_wall(session, alice, 6)
    assert str(count_products(session, actor, ProductFilter(), at_most=5)) == "5+"
    assert str(count_products(session, actor, ProductFilter(), at_most=6)) == "6"


def test_no_cursor_leads_to_a_place_that_cannot_be(session, actor):
    noon = {"at": NOON.isoformat()}
    impossible = [
        *([{"at": at}, "prd_x"] for at in ("0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59")),
        *([{"cost": cost}, noon, "prd_x"] for cost in ("NaN", "1e999999", "-1")),
        *([first, "prd_x"] for first in (10**30, -1, True, None, "x\0")),
    ]
    made_up = [json.dumps([0, 0, keys]) for keys in impossible] + ["[" * 100_000]
    for order, told in itertools.product(Order, made_up):
        cursor = base64.urlsafe_b64encode(told.encode()).decode()
        with pytest.raises(ProductChangeRefused):
            list_products(session, actor, order=order, cursor=cursor)


def test_a_cursor_of_another_order_is_refused(session, alice, actor):
    a_wall(session, alice, 6)
    newest = list_products(session, actor, page_size=2).after
    with pytest.raises(ProductChangeRefused):
        list_products(session, actor, order=Order.SIZE, cursor=newest)


@pytest.mark.parametrize(
    "cursor", ["x", "W10", "WzAsMCxbXV0", "WzksMCxbMSwyXV0", "WzAsMCxbeyJhdCI6Im5ldmVyIn0sInByZF8xIl1d", "é"]
)
def test_a_made_up_cursor_is_refused(session, actor, cursor):
    with pytest.raises(ProductChangeRefused):
        list_products(session, actor, cursor=cursor)


def test_another_persons_products_are_not_listed(session, alice, actor):
    make_product(session, alice)
    charlie = Actor.person(make_user(session, "charlie").id)
    assert names(session, charlie) == []
    assert list_ids(session, charlie, ProductFilter()) == []
    assert listing.count_products(session, charlie, ProductFilter()).number == 0


@pytest.mark.parametrize(
    "stored", [{"color": "red"}, {"rating_from": 9}, {"liked": "maybe"}, {"created_from": "soon"}, {"cost_to": "much"},
               {"cost_from": -1}, {"source": "stolen"}, {"words": 5},
               {"created_from": "0001-01-01T00:00:00+14:00"}, {"words": "x" * 400}]
)  # fmt: skip
def test_a_rule_nobody_can_read_is_refused_and_such_an_address_passed_over(stored):
    with pytest.raises(ProductChangeRefused):
        ProductFilter.from_json(stored)
    assert ProductFilter.from_query({name: str(value) for name, value in stored.items()}).given().keys() <= {"words"}
