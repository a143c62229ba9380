"""Whether pictures may be sold: noted under Providers, said in Generate, beside a picture and before it is sent on."""

import csv
import io

import pytest
from sqlalchemy import select

from core.studio.catalogue.list_prices import list_prices
from core.studio.catalogue.models import Model, Provider
from core.studio.catalogue.terms import NotForSale, Terms, terms_of
from core.studio.providers import CommercialUse
from core.ui import terms as words_of_terms
from core.ui.content.dialogs import Dialog
from core.ui.providers.models import HEAD
from core.ui.providers.models import _csv as models_csv
from core.ui.terms import hint, remark, web_link
from tests.factories import make_blob, make_deviation, make_file, make_preset
from tests.screens.support import press, run, said
from tests.studio.factories import make_model, make_product, make_provider

GENERATE, PICTURE, GALLERY = "pages/create/generate.py", "pages/create/product.py", "pages/create/gallery.py"
PROVIDERS, CONTENT = "pages/connect/providers.py", "pages/publish/content.py"
MADE = {"provider": "comfyui", "model": "painter", "prompt": "a harbour"}
PAGE = "https://example.com/licence"


@pytest.fixture
def painter(runtime):
    """A function that notes something of the one model there is."""
    with runtime.database.session() as session:
        row_id = make_model(session, make_provider(session, "comfyui", policy_note="No <faces>.")).id

    def note(use="forbidden", url=PAGE, note="Ask *first*."):
        with runtime.database.session() as session:
            row = session.get_one(Model, row_id)
            row.commercial_use, row.terms_url, row.terms_note = CommercialUse(use), url, note

    return note


def stored(runtime) -> Terms:
    with runtime.database.read() as session:
        return terms_of(session.scalars(select(Model)).one())


def look_into(screen):
    next(one for one in screen.selectbox if one.label == "Look into").select_index(0)
    return run(screen)


def fill(screen, label, value, place=0):
    field = [one for one in [*screen.text_input, *screen.text_area, *screen.selectbox] if one.label == label][place]
    field.set_value(value)


@pytest.mark.parametrize(
    ("use", "words"),
    [
        (CommercialUse.UNKNOWN, f":gray[terms of sale unknown] · [its terms]({PAGE})"),
        (CommercialUse.ALLOWED, ""),
        (CommercialUse.CONDITIONAL, f"Sale under conditions] · [its terms]({PAGE})"),
        (CommercialUse.FORBIDDEN, f"Not for sale] · [its terms]({PAGE})"),
    ],
)
def test_a_remark_is_short_and_says_nothing_where_selling_is_allowed(use, words):
    terms = Terms(use, PAGE, "Ask *first*.")
    assert remark(terms).endswith(words) and bool(remark(terms)) is bool(words)
    assert hint(terms) == ("Ask \\*first\\*." if words else None)
    assert remark(None) == "" and hint(None) is None


def test_nothing_in_an_address_ends_its_link_or_runs():
    assert web_link("x", "https://a.example/b)[c](d) $e$ <f>") == (
        "[x](https://a.example/b%29%5Bc%5D%28d%29%20%24e%24%20%3Cf%3E)"
    )
    assert web_link("x", "javascript:alert(1)") == web_link("x", None) == ""


def test_an_administrator_notes_terms_and_takes_them_back(runtime, admin, painter, open_page):
    screen = look_into(open_page(PROVIDERS))
    assert "Selling its pictures: **unknown**" in said(screen)
    fill(screen, "Address of the terms", "javascript:alert(1)")
    screen = press(screen, "Save terms")
    assert "beginning with https" in said(screen) and stored(runtime) == Terms()
    fill(screen, "Selling", CommercialUse.FORBIDDEN)
    fill(screen, "Address of the terms", PAGE)
    fill(screen, "Note", "Ask *first*.", -1)
    screen = press(screen, "Save terms")
    assert stored(runtime) == Terms(CommercialUse.FORBIDDEN, PAGE, "Ask *first*.")
    assert f"**forbidden** · [its terms]({PAGE})" in said(screen) and "Ask \\*first\\*." in said(screen)
    assert next(one.value for one in screen.dataframe if "Sale" in one.value)["Sale"].tolist() == ["forbidden"]
    screen = press(screen, "Undo")
    assert stored(runtime) == Terms() and "Undo" not in [one.label for one in screen.button]


def test_a_policy_stands_on_the_card(runtime, admin, painter, open_page):
    screen = open_page(PROVIDERS)
    assert "No \\<faces\\>." in said(screen)
    fill(screen, "Content policy", PAGE)
    screen = press(screen, "Save policy")
    assert f"[Content policy]({PAGE})" in said(screen)
    with runtime.database.read() as session:
        assert session.get_one(Provider, "comfyui").policy_url == PAGE


def test_members_read_terms_and_change_none(anna, painter, open_page):
    painter("conditional")
    screen = look_into(open_page(PROVIDERS))
    assert "**under conditions** · [its terms]" in said(screen) and "No \\<faces\\>." in said(screen)
    assert not {one.label for one in screen.button} & {"Save terms", "Save policy", "Undo"}


def test_the_file_of_models_says_whether_they_may_be_sold(runtime, painter):
    painter("conditional")
    with runtime.database.read() as session:
        rows = list(session.scalars(select(Model)))
        text = models_csv(rows, None, list_prices(session, rows, now=rows[0].created_at)).decode("utf-8-sig")
    _, head, row = csv.reader(io.StringIO(text))
    assert head == list(HEAD) and (row[HEAD.index("sale")], row[HEAD.index("terms")]) == ("under conditions", PAGE)


def test_generate_and_the_picture_go_by_the_present_terms(runtime, anna, painter, open_page):
    with runtime.database.session() as session:
        product = make_product(session, anna, provider="comfyui").id
        imported = make_product(session, anna, provider=None, model="painter").id
    assert "terms of sale unknown" in said(open_page(GENERATE))
    assert "terms of sale unknown" in said(open_page(PICTURE, id=product))
    painter("forbidden")
    assert "Not for sale] · [its terms]" in said(open_page(GENERATE))
    assert "Not for sale] · [its terms]" in said(open_page(PICTURE, id=product))
    assert "sale" not in said(open_page(PICTURE, id=imported)).replace("From prompt to sale", "")
    painter("allowed")
    assert "sale" not in said(open_page(GENERATE))
    assert "sale" not in said(open_page(PICTURE, id=product)).replace("From prompt to sale", "")


def test_what_is_not_for_sale_is_said_before_it_is_sent_and_not_held_back(runtime, anna, painter, open_page):
    with runtime.database.session() as session:
        for _ in range(2):
            make_product(session, anna, provider="comfyui")
        make_product(session, anna)
    painter("conditional")
    assert "not for sale" not in said(press(open_page(GALLERY), "Send to drafts"))
    painter("forbidden")
    screen = press(open_page(GALLERY), "Send to drafts")
    assert "2 pictures from “Painter” (Comfyui)" in said(screen)
    assert "3 posts made." in said(press(screen, "Send"))


def test_what_is_not_for_sale_is_said_before_posts_are_sold(runtime, anna, painter, open_page):
    painter("forbidden")
    with runtime.database.session() as session:
        preset = make_preset(session, anna, name="Standard", is_default=True).id
        post = make_deviation(session, anna, files=0, sale_preset_id=preset)
        make_file(session, post, make_blob(session, anna), generation=MADE)
        ids = (post.id, make_deviation(session, anna).id)
    screen = open_page(CONTENT)
    screen.session_state["content.dialog"] = Dialog("sell", ids, 1)
    screen = run(screen)
    assert "1 post from “Painter” (Comfyui)" in said(screen)
    press(screen, "Sell")
    assert "1 post from “Painter” (Comfyui)" in said(open_page(CONTENT, open=ids[0]))


def test_many_models_are_named_in_part(monkeypatch):
    shown: list[str] = []
    monkeypatch.setattr(words_of_terms.st, "warning", lambda text, **_: shown.append(text))
    words_of_terms.show_not_for_sale([NotForSale(f"M{number}", "P", 9 - number) for number in range(7)], "picture")
    words_of_terms.show_not_for_sale([], "picture")
    assert len(shown) == 1 and "5 pictures from “M4” (P) and 2 more models" in shown[0]
