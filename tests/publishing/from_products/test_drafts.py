"""Products become drafts, with prompt, model and cost attached; and the way from prompt to sale."""

from decimal import Decimal

import pytest
from sqlalchemy import func, select

from core.media.models import Blob
from core.publishing import trash
from core.publishing.errors import ChangeRefused, PatternRefused
from core.publishing.from_products.drafts import DraftChoices, send, tags_of_prompt
from core.publishing.from_products.lineage import lineage
from core.publishing.models import Deviation, DeviationFile, DeviationStatus
from core.studio.orders.models import OrderItemInput
from core.studio.products import trash as product_trash
from core.studio.products.errors import ProductNotFound
from core.studio.products.models import Product, ProductSource
from core.studio.shelves.models import Tag, TagAssociation, TaggedKind
from core.system.actors import Actor
from tests.factories import NOON, make_blob, make_deviation, make_user
from tests.sales.support import make_sale
from tests.studio.factories import make_item, make_order, make_product, make_project, make_provider


@pytest.fixture
def alice(session):
    return make_user(session)


@pytest.fixture
def actor(alice):
    return Actor.person(alice.id)


def posts(session):
    return session.scalars(select(Deviation).order_by(Deviation.id)).all()


def test_liked_pictures_become_drafts_with_what_they_were_made_with(session, alice, actor):
    project = make_project(session, alice, "Harbour")
    products = [
        make_product(session, alice, project_id=project.id, rating=number, cost=[Decimal("0.02"), None][number - 4],
                     prompt=f"a harbour, blue, take {number}", seed=str(number), parameters={"steps": 20})
        for number in (4, 5)
    ]  # fmt: skip
    tag = Tag(user_id=alice.id, name="Sea", name_key="sea", created_at=NOON)
    session.add(tag)
    session.flush()
    session.add(
        TagAssociation(tag_id=tag.id, entity_type=TaggedKind.PRODUCT, entity_id=products[0].id, created_at=NOON)
    )
    session.flush()
    choices = DraftChoices(
        "{project} {n:02} · {seed}", tags=["mine"], with_prompt_tags=True, status=DeviationStatus.REVIEW
    )
    report = send(session, actor, [one.id for one in products], choices, now=NOON)
    made = posts(session)
    assert [item.id for item in report.changed] == [one.id for one in made]
    assert [one.title for one in made] == ["Harbour 01 · 4", "Harbour 02 · 5"]
    assert made[0].tags == ["mine", "Sea", "a harbour", "blue", "take 4"]
    assert [(one.status, one.is_ai_generated, one.project, one.rating) for one in made] == [
        (DeviationStatus.REVIEW, True, "Harbour", 4), (DeviationStatus.REVIEW, True, "Harbour", 5)
    ]  # fmt: skip
    files = session.scalars(select(DeviationFile).order_by(DeviationFile.id)).all()
    assert [(file.product_id, file.blob_id, file.cost) for file in files] == [
        (one.id, one.blob_id, cost) for one, cost in zip(products, (Decimal("0.02"), None), strict=True)
    ]
    assert files[0].generation == {
        "prompt": "a harbour, blue, take 4", "negative_prompt": None, "provider": "local", "model": "painter",
        "seed": "4", "parameters": {"steps": 20},
    }  # fmt: skip
    assert session.scalar(select(func.count()).select_from(Blob)) == 2


def test_what_a_post_shows_already_is_told_and_left_out(session, alice, actor):
    blob = make_blob(session, alice)
    make_deviation(session, alice, blobs=[blob], title="Shown")
    shown, fresh = make_product(session, alice, blob, name="a"), make_product(session, alice, name="b")
    binned = make_product(session, alice, deleted_at=NOON)
    report = send(session, actor, [shown.id, fresh.id, binned.id, fresh.id], now=NOON)
    assert [item.reason for item in report.skipped] == [
        "“a” is in “Shown” (draft) already.", "There is no such picture. It may have been deleted; reload the page."
    ]  # fmt: skip
    assert len(report.changed) == 1
    again = send(session, actor, [shown.id], DraftChoices(allow_duplicates=True), now=NOON)
    assert len(again.changed) == 1


def test_several_pictures_become_one_post_and_undo_leaves_them_to_be_sent_again(session, alice, actor):
    ids = [make_product(session, alice, rating=number).id for number in (1, 3)]
    report = send(session, actor, ids, DraftChoices(as_one=True), now=NOON)
    (post,) = posts(session)
    assert post.rating == 3
    assert session.scalars(select(DeviationFile.product_id).order_by(DeviationFile.sort_order)).all() == ids
    trash.delete(session, actor, [item.id for item in report.changed], now=NOON)
    assert len(send(session, actor, ids, now=NOON).changed) == 2


def test_a_draft_keeps_its_making_when_the_product_is_gone(session, alice, actor):
    product = make_product(session, alice)
    send(session, actor, [product.id], now=NOON)
    product_trash.throw_away(session, actor, [product.id], now=NOON)
    product_trash.purge(session, actor, [product.id], now=NOON)
    file = session.scalars(select(DeviationFile).execution_options(populate_existing=True)).one()
    assert file.product_id is None and file.generation is not None and file.generation["prompt"] == "a harbour"


@pytest.mark.parametrize(
    ("fields", "title", "is_ai"),
    [
        ({"prompt": "x" * 300}, "x" * 50, True),
        ({"prompt": "word " * 30}, "word word word word word word word word word word", True),
        ({"prompt": None, "name": "Salt flats"}, "Salt flats", True),
        ({"prompt": None, "model": None, "source": ProductSource.IMPORTED, "name": "photo"}, "photo", False),
        ({"prompt": None, "model": "sdxl", "source": ProductSource.IMPORTED, "name": "n"}, "n", True),
    ],
)
def test_titles_are_never_too_long_nor_empty(session, alice, actor, fields, title, is_ai):
    product = make_product(session, alice, **fields)
    send(session, actor, [product.id], now=NOON)
    (post,) = posts(session)
    assert (post.title, post.is_ai_generated) == (title, is_ai)


def test_what_cannot_be_made_is_refused_before_anything_is(session, alice, actor):
    ids = [make_product(session, alice).id for _ in range(3)]
    with pytest.raises(PatternRefused):
        send(session, actor, ids, DraftChoices("{colour}"), now=NOON)
    with pytest.raises(ChangeRefused):
        send(session, actor, ids, DraftChoices(as_one=True), max_files=2, now=NOON)
    with pytest.raises(ChangeRefused):
        send(session, actor, [f"prd_{n}" for n in range(1001)], now=NOON)
    assert posts(session) == []


def test_another_persons_products_look_missing(session, alice):
    product = make_product(session, alice)
    charlie = Actor.person(make_user(session, "charlie").id)
    assert send(session, charlie, [product.id], now=NOON).changed == ()
    with pytest.raises(ProductNotFound):
        lineage(session, charlie, product.id)


def test_phrases_of_a_prompt_become_tags():
    assert tags_of_prompt("(blue dunes:1.2), a very long winded phrase, [mist], , sea.") == [
        "blue dunes",
        "mist",
        "sea",
    ]
    assert tags_of_prompt(None) == []


def test_the_way_from_input_to_sale(session, alice, actor):
    provider = make_provider(session)
    order = make_order(session, alice, provider)
    first, second = make_item(session, order, cost=Decimal("0.04")), make_item(session, order)
    source = make_product(session, alice, name="source", source=ProductSource.IMPORTED)
    product = make_product(session, alice, name="harbour", order_item_id=first.id, output_index=0, cost=Decimal("0.04"))
    use = make_product(session, alice, name="use", order_item_id=second.id, output_index=0)
    session.add_all([OrderItemInput(order_item_id=first.id, parameter="image", product_id=source.id),
                     OrderItemInput(order_item_id=second.id, parameter="image", product_id=product.id)])  # fmt: skip
    session.flush()
    send(session, actor, [product.id], now=NOON)
    (post,) = posts(session)
    make_sale(session, alice, deviation_id=post.id)
    found = lineage(session, actor, product.id)
    told = {heading: [step.title for step in steps] for heading, steps in found.columns}
    assert told["Made with"] == ["source"] and told["Made by"] == ["Order with Painter"]
    assert told["Picture"] == ["harbour"] and told["Used for"] == ["use"]
    assert told["Posts"] == [post.title] and len(told["Sales"]) == 1
    assert found.origin is not None and found.origin.cost == Decimal("0.04")
    beginning = lineage(session, actor, source.id)
    assert beginning.origin is not None and beginning.origin.title == "Imported from source"
    assert [step.id for step in beginning.uses] == [product.id]
    assert session.get(Product, use.id) is not None
