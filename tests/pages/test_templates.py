"""The Templates screen: empty, filled, by kind; and templates where they are used."""

import pytest
import streamlit as st

from core.clock import utc_now
from core.publishing.models import Deviation
from core.publishing.templates import editing
from core.publishing.templates.forms import TemplateForm
from core.publishing.templates.listing import list_templates
from core.publishing.templates.models import TemplateType
from core.system.actors import Actor
from core.ui.content.dialogs import Dialog
from core.ui.templates import opened
from tests.factories import make_deviation, make_user
from tests.screens.support import press, run, said

TEMPLATES = "pages/publish/templates.py"
TAG, DESCRIPTION, COMMENT = TemplateType


def keep(runtime, user, kind, *forms):
    """Templates of this kind; their ids."""
    with runtime.database.session() as session:
        actor = Actor.person(user.id)
        return [editing.create(session, actor, kind, form, now=utc_now()).template_id for form in forms]


def tags(name):
    return TemplateForm(name, tags=["fox", "snow & ice"])


def names(runtime, user, kind=TAG):
    with runtime.database.read() as session:
        return [one.name for one in list_templates(session, Actor.person(user.id), kind)]


@pytest.fixture
def choose(monkeypatch):
    """Choose an entry of a template's menu, which a test without a browser cannot click."""

    def chosen(screen, template_id, label):
        waiting = [label]
        with monkeypatch.context() as patch:
            patch.setattr(
                st, "menu_button",
                lambda *_, key, **__: waiting.pop() if key == f"menu-{template_id}" and waiting else None,
            )  # fmt: skip
            return run(screen)

    return chosen


def test_an_empty_list_says_what_templates_are_good_for(anna, open_page):
    assert "No tags kept yet" in said(open_page(TEMPLATES))
    assert "each post gets its own" in said(open_page(TEMPLATES, kind="Descriptions"))
    comments = said(open_page(TEMPLATES, kind="Comments"))
    assert "No comment kept yet" in comments
    assert "not found" in comments and "does not post" in comments


def test_each_kind_shows_its_own(runtime, anna, open_page):
    keep(runtime, anna, TAG, tags("Foxes"))
    asking = [{"name": "price", "label": "How much"}]
    keep(runtime, anna, DESCRIPTION, TemplateForm("Shop", content="{title} for {price}", variables=asking))
    keep(runtime, anna, COMMENT, TemplateForm("Thanks", content="Thank *you*!", category="Watchers"))
    assert "Foxes" in said(open_page(TEMPLATES)) and "Shop" not in said(open_page(TEMPLATES))
    described = open_page(TEMPLATES, kind="Descriptions")
    assert "Asks for: How much" in said(described)
    assert [text.value for text in described.get("text")] == ["{title} for {price}"]
    commented = open_page(TEMPLATES, kind="Comments")
    assert "Watchers" in said(commented)
    assert any(button.label == "Copy" for button in commented.button)


def test_what_somebody_typed_is_shown_as_it_is(runtime, anna, open_page):
    keep(runtime, anna, TAG, TemplateForm("**Bold** :material/home:", tags=["$x$"]))
    assert "\\*\\*Bold\\*\\*" in said(open_page(TEMPLATES))


def test_a_template_is_deleted_and_comes_back(runtime, anna, open_page, choose):
    (one,) = keep(runtime, anna, TAG, tags("Foxes"))
    screen = choose(open_page(TEMPLATES), one, "Delete")
    assert "“Foxes” was deleted." in said(screen)
    assert names(runtime, anna) == []
    screen = press(screen, "Undo")
    assert "It is as it was." in said(screen)
    assert names(runtime, anna) == ["Foxes"]


def test_templates_move_and_are_copied(runtime, anna, open_page, choose):
    one, two = keep(runtime, anna, TAG, tags("One"), tags("Two"))
    screen = choose(open_page(TEMPLATES), two, "Move up")
    assert names(runtime, anna) == ["Two", "One"]
    choose(screen, one, "Duplicate")
    assert names(runtime, anna) == ["Two", "One", "One (copy)"]


def test_a_refusal_is_told_on_the_page(runtime, anna, open_page, choose):
    (one,) = keep(runtime, anna, TAG, tags("One"))
    screen = choose(open_page(TEMPLATES), one, "Delete")
    keep(runtime, anna, TAG, tags("One"))
    screen = press(screen, "Undo")
    assert "called “One” already" in said(screen)


def test_comments_are_found_by_category(runtime, anna, open_page):
    keep(runtime, anna, COMMENT, TemplateForm("Thanks", content="x", category="Watchers"),
         TemplateForm("Price", content="y", category="Commissions"))  # fmt: skip
    screen = open_page(TEMPLATES, kind="Comments")
    next(one for one in screen.button_group if one.key == "template-category").set_value("Watchers")
    text = said(run(screen))
    assert "Thanks" in text and "Price" not in text


def test_the_dialog_shows_what_a_text_becomes_and_what_it_asks_for(runtime, anna, open_page):
    with runtime.database.session() as session:
        make_deviation(session, anna, title="Winter fox")
    (one,) = keep(runtime, anna, DESCRIPTION, TemplateForm("Shop", content="{title}!"))
    screen = open_page(TEMPLATES, kind="Descriptions")
    screen.session_state["templates.dialog"] = opened.Opened("template-1", "edit", one)
    screen = run(screen)
    assert "Winter fox!" in [text.value for text in screen.get("text")]
    screen.text_area(key="template-1-content").set_value("{title} for {price}")
    screen = run(screen)
    assert "“{price}” at place 13 is not known" in said(screen).replace("\\", "")
    screen = press(screen, "Ask for `{price}` each time")
    assert "Winter fox for ‹Price›" in [text.value for text in screen.get("text")]


def test_a_comment_is_filled_ready_to_be_copied(runtime, anna, open_page):
    with runtime.database.session() as session:
        make_deviation(session, anna, title="Winter fox")
    form = TemplateForm("T", content="Thanks, {who}, for {title}", variables=[{"name": "who", "default": "Bob"}])
    (one,) = keep(runtime, anna, COMMENT, form)
    screen = open_page(TEMPLATES, kind="Comments")
    screen.session_state["templates.dialog"] = opened.Opened("template-1", "copy", one)
    assert [code.value for code in run(screen).code] == ["Thanks, Bob, for Winter fox"]


def test_another_persons_templates_are_not_seen(runtime, anna, open_page):
    with runtime.database.session() as session:
        charlie = make_user(session, "charlie")
    (theirs,) = keep(runtime, charlie, TAG, tags("Theirs"))
    screen = open_page(TEMPLATES)
    assert "Theirs" not in said(screen)
    screen.session_state["templates.dialog"] = opened.Opened("template-1", "edit", theirs)
    text = said(run(screen))
    assert "There is no such template" in text and "Theirs" not in text


@pytest.mark.parametrize("kind", [TAG, DESCRIPTION])
def test_the_upload_panel_offers_templates_once_there_are_some(runtime, anna, open_page, kind):
    screen = press(open_page("pages/publish/content.py"), "Upload")
    assert not [box for box in screen.selectbox if box.key.startswith("upload-t")]
    keep(runtime, anna, kind, TemplateForm("Mine", content="{title}", tags=["x"]))
    screen = run(screen)
    (box,) = [box for box in screen.selectbox if box.key in {"upload-tag-template", "upload-text-template"}]
    assert box.options == ["None yet", "Mine"]


def test_the_drawer_fills_tags_from_a_template(runtime, anna, open_page):
    with runtime.database.session() as session:
        post = make_deviation(session, anna, title="Winter fox", tags=["owl"]).id
    keep(runtime, anna, TAG, tags("Foxes"))
    screen = open_page("pages/publish/content.py", open=post)
    screen = press(screen, "Use it")
    filled = [box.value for box in screen.multiselect if box.label == "Tags"]
    assert filled == [["fox", "snow & ice"]]


def test_the_drawer_fills_the_description_with_what_is_typed(runtime, anna, open_page):
    with runtime.database.session() as session:
        post = make_deviation(session, anna, title="Winter fox").id
    keep(runtime, anna, DESCRIPTION, TemplateForm("Shop", content="{title} for {price}", variables=[{"name": "price"}]))
    screen = open_page("pages/publish/content.py", open=post)
    next(box for box in screen.text_input if box.label == "Title").set_value("Summer fox")
    next(box for box in screen.text_input if box.label == "Price").set_value("20")
    screen = press(run(screen), "Use it")
    assert next(box for box in screen.text_area if box.label == "Description").value == "Summer fox for 20"


def test_a_new_template_is_saved_from_its_dialog(runtime, anna, open_page):
    screen = press(open_page(TEMPLATES, kind="Comments"), "New template")
    next(box for box in screen.text_input if box.label == "Name").set_value("Thanks")
    next(box for box in screen.text_area if box.label == "Text").set_value("Thank you for {title}!")
    screen = press(run(screen), "Save")
    assert "“Thanks” was saved." in said(screen)
    assert names(runtime, anna, COMMENT) == ["Thanks"]


def test_a_template_that_cannot_be_stored_stays_in_its_dialog(runtime, anna, open_page):
    keep(runtime, anna, DESCRIPTION, TemplateForm("Shop", content="{title}"))
    screen = press(open_page(TEMPLATES, kind="Descriptions"), "New template")
    next(box for box in screen.text_input if box.label == "Name").set_value("SHOP")
    next(box for box in screen.text_area if box.label == "Text").set_value("Words")
    screen = press(run(screen), "Save")
    assert "called “Shop” already" in said(screen)
    assert any(box.label == "Text" for box in screen.text_area)


def test_many_posts_get_a_description_each_and_answers_are_asked_for_once(runtime, anna, open_page):
    with runtime.database.session() as session:
        posts = [make_deviation(session, anna, title=title, description="Old").id for title in ("One", "Two")]
    form = TemplateForm("Shop", content="{title} for {price}", variables=[{"name": "price", "default": "20"}])
    (shop,) = keep(runtime, anna, DESCRIPTION, form)
    screen = open_page("pages/publish/content.py")
    screen.session_state["content.dialog"] = Dialog("bulk", tuple(posts), 1)
    screen = run(screen)
    next(one for one in screen.button_group if one.key == "bulk-1-parts").set_value(["Description"])
    screen = run(screen)
    screen.selectbox(key="bulk-1-description-template").set_value(shop)
    screen = run(screen)
    next(box for box in screen.text_input if box.label == "Price").set_value("30")
    next(one for one in screen.button_group if one.key == "bulk-1-description-how").set_value("Add")
    screen = press(run(screen), "Apply to 2 posts")
    assert "2 posts were changed." in said(screen)
    with runtime.database.read() as session:
        described = [session.get_one(Deviation, one).description for one in posts]
    assert described == ["Old\n\nOne for 30", "Old\n\nTwo for 30"]
