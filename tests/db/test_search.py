"""Search: both engines find the same, whatever is typed, and never go out of step with the rows."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, text, update

from core.db import search
from core.db.search import Searchable, matching, text_of, words_of
from core.studio.orders.models import Order
from core.studio.products.models import Product
from tests.factories import make_user
from tests.studio.factories import make_order, make_product, make_provider


def found(session, words: str) -> set[str]:
    return set(session.scalars(select(Product.name).where(matching(session, Searchable.PRODUCTS, words))))


@pytest.fixture
def shelf(session):
    alice = make_user(session)
    texts = {
        "dunes": "Blue dunes at dawn, 35mm, café",
        "sea": "The sea, deep blue; steps 12.5 1girl",
        "mountain": "山水画 with mist_and-fog",
        "nothing": "",
    }
    for name, words in texts.items():
        make_product(session, alice, name=name, search_text=text_of(words))
    return alice


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("blue", {"dunes", "sea"}),
        ("BLUE", {"dunes", "sea"}),
        ("blu du", {"dunes"}),
        ("lue", set()),
        ("blue -dunes", {"dunes"}),
        ("cafe", {"dunes"}),
        ("CAFÉ", {"dunes"}),
        ("12.5", {"sea"}),
        ("1gi", {"sea"}),
        ("水山", {"mountain"}),
        ("mist fog", {"mountain"}),
        ("mist_and", {"mountain"}),
        ("dunes OR sea", set()),
        ('"blue', {"dunes", "sea"}),
        ("*", {"dunes", "sea", "mountain", "nothing"}),
        ("", {"dunes", "sea", "mountain", "nothing"}),
        ("' | !x & (", set()),
    ],
)
def test_words_are_found_by_their_beginning(session, shelf, words, names):
    assert found(session, words) == names


@pytest.mark.parametrize(("common", "rare"), [(0.0, 0.0), (2.0, 2.0), (2.0, 0.0)], ids=["many", "few", "some"])
def test_many_hits_are_found_like_few(session, shelf, monkeypatch, common, rare):
    monkeypatch.setattr(search, "FEW", 0)
    monkeypatch.setattr(search, "COMMON", common)
    monkeypatch.setattr(search, "RARE", rare)
    assert found(session, "blue") == {"dunes", "sea"}
    assert found(session, "blu du") == {"dunes"}
    assert found(session, "lue") == set()


TYPED = "\"'*():^{}[]+-&|!<>\\%_~@#,;. \t\nAND OR NOT NEAR blue 12 é山\N{ZERO WIDTH SPACE}\N{MUSICAL SYMBOL G CLEF}"


def test_nothing_that_is_typed_is_syntax(session, shelf):
    @settings(max_examples=40)
    @given(st.text(st.sampled_from(TYPED), max_size=40))
    def ask(words: str) -> None:
        found(session, words)

    ask()


@given(st.text(max_size=80))
def test_a_text_is_made_of_its_own_words(text_given: str):
    assert set(text_of(text_given).split(" ")) - {""} == {word[:60] for word in words_of(text_given)}


def test_the_index_follows_the_rows(session, shelf):
    session.execute(update(Product).where(Product.name == "sea").values(search_text=text_of("harbour")))
    assert found(session, "harb") == {"sea"}
    assert found(session, "blue") == {"dunes"}
    session.execute(delete(Product).where(Product.name == "sea"))
    assert found(session, "harb") == set()
    make_product(session, shelf, name="again", search_text="harbour")
    assert found(session, "harb") == {"again"}


def test_orders_are_found_too(session):
    alice = make_user(session)
    order = make_order(session, alice, make_provider(session), search_text=text_of("a harbour at night"))
    wanted = select(Order.id).where(matching(session, Searchable.ORDERS, "harb nig"))
    assert session.scalars(wanted).all() == [order.id]


def test_the_index_outlives_a_vacuum(database):
    with database.session() as session:
        alice = make_user(session)
        make_product(session, alice, name="first", search_text="first")
        make_product(session, alice, name="gone", search_text="gone")
        make_product(session, alice, name="last", search_text="last")
        session.execute(delete(Product).where(Product.name == "gone"))
    with database.engine.execution_options(isolation_level="AUTOCOMMIT", sqlite_begin="SELECT 1").connect() as bare:
        bare.execute(text("VACUUM"))
    with database.read() as session:
        assert found(session, "last") == {"last"}
