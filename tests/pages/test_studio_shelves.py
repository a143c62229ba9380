"""Collections, Lookups & templates and Storage & trash: empty, filled, refused."""

import json

import pytest
import streamlit as st

from core.clock import utc_now
from core.db.base import Base
from core.media import orphan_reports as reports
from core.studio.shelves import collections, projects, smart, tags
from core.studio.shelves.models import ProjectStatus
from core.studio.wording import lookups, templates
from core.studio.wording.starters import stock
from core.studio.wording.templates import TemplateForm
from core.system.actors import Actor
from tests.factories import HOUR, NOON, make_blob, make_user
from tests.screens.support import press, run, said
from tests.studio.factories import make_collection, make_model, make_product, make_project, make_provider

COLLECTIONS, WORDING, STORAGE = "pages/create/collections.py", "pages/create/wording.py", "pages/admin/storage.py"


@pytest.fixture
def choose(monkeypatch):
    """Choose an entry of a menu, which a test without a browser cannot click."""

    def chosen(screen, key, label):
        waiting = [label]
        with monkeypatch.context() as patch:
            patch.setattr(
                st, "menu_button", lambda *_, **more: waiting.pop() if more.get("key") == key and waiting else None
            )
            return run(screen)

    return chosen


@pytest.fixture
def actor(anna):
    return Actor.person(anna.id)


def field(screen, label):
    return next(one for one in [*screen.text_input, *screen.text_area, *screen.selectbox] if one.label == label)


def test_each_list_says_what_it_is_for_when_it_is_empty(anna, open_page):
    for show, words in [
        ("Collections", "No collection yet"),
        ("Smart collections", "No smart collection yet"),
        ("Projects", "No project yet"),
        ("Tags", "No tag yet"),
        ("Trash", "The trash is empty"),
    ]:
        assert words in said(open_page(COLLECTIONS, show=show))


def test_a_collection_is_made_filled_ordered_and_thrown_away(runtime, anna, actor, open_page, choose):
    with runtime.database.session() as session:
        ids = [make_product(session, anna, name=name, created_at=NOON).id for name in ("one", "two", "three")]
    screen = press(open_page(COLLECTIONS), "New collection")
    field(screen, "Name").input("*Best*")
    screen = press(screen, "Save")
    with runtime.database.session() as session:
        (row,) = collections.list_collections(session, actor)
        collections.add_products(session, actor, row.id, ids, now=NOON)
    screen = open_page(COLLECTIONS, open=row.id)
    assert "\\*Best\\*" in said(screen) and "3 pictures" in said(screen)
    screen = choose(screen, f"member-{ids[2]}", "To the front")
    screen = choose(screen, f"member-{ids[1]}", "Earlier")
    with runtime.database.read() as session:
        assert collections.member_ids(session, actor, row.id) == [ids[2], ids[1], ids[0]]
    screen = choose(screen, f"member-{ids[2]}", "Remove")
    assert "is no longer in it" in said(screen)
    press(screen, "Undo")
    with runtime.database.read() as session:
        assert collections.member_ids(session, actor, row.id) == [ids[2], ids[1], ids[0]]
    screen = press(open_page(COLLECTIONS, open=row.id), "Delete")
    assert "is in the trash" in said(screen) and "No collection yet" in said(screen)
    press(open_page(COLLECTIONS, show="Trash"), "Restore")
    with runtime.database.read() as session:
        assert [one.id for one in collections.list_collections(session, actor)] == [row.id]


def test_what_is_older_than_all_in_a_full_collection_can_be_added_too(runtime, anna, actor, open_page):
    with runtime.database.session() as session:
        blob = make_blob(session, anna)
        old = make_product(session, anna, blob, name="old", created_at=NOON).id
        full = [make_product(session, anna, blob, created_at=NOON + HOUR, rating=1).id for _ in range(200)]
        row = make_collection(session, anna)
        collections.add_products(session, actor, row.id, full, now=NOON)
    screen = press(open_page(COLLECTIONS, open=row.id), "Add pictures")
    assert "1 star" in said(screen)
    next(one for one in screen.checkbox if one.label == "old").check()
    press(run(screen), "Add 1 picture")
    with runtime.database.read() as session:
        assert collections.member_ids(session, actor, row.id)[-1] == old


def test_a_filter_of_the_gallery_becomes_a_smart_collection(runtime, anna, actor, open_page):
    with runtime.database.session() as session:
        make_product(session, anna, rating=5)
        make_product(session, anna, rating=2)
    screen = open_page(COLLECTIONS, rule=json.dumps({"rating_from": 4, "cost_unknown": True}))
    assert "**1** picture fits now" in said(screen)
    field(screen, "Name").input("Keepers")
    press(screen, "Save")
    with runtime.database.read() as session:
        (row,) = collections.list_collections(session, actor)
        assert smart.rule_of(row).to_json() == {"rating_from": 4, "cost_unknown": True}
    screen = open_page(COLLECTIONS, show="Smart collections")
    assert "1 picture now" in said(screen) and "4 stars or more" in said(screen)
    assert "1 picture" in said(open_page(COLLECTIONS, open=row.id))


def test_an_address_without_a_rule_is_refused_in_a_sentence(anna, open_page):
    assert "holds no rule" in said(open_page(COLLECTIONS, rule="{nothing"))
    assert "no filter of the gallery" in said(open_page(COLLECTIONS, rule='{"mood": "blue"}'))


def test_a_project_moves_through_its_states_and_can_be_deleted_with_what_is_in_it(
    runtime, anna, actor, open_page, choose
):
    with runtime.database.session() as session:
        row = make_project(session, anna, "Harbour")
        make_product(session, anna, project_id=row.id)
    screen = choose(open_page(COLLECTIONS, show="Projects"), f"project-{row.id}", "Work in it")
    assert "New orders go into “Harbour”" in said(screen)
    screen = choose(screen, f"project-{row.id}", "Complete")
    with runtime.database.read() as session:
        assert projects.get_project(session, actor, row.id).status is ProjectStatus.COMPLETED
        assert projects.current_project(session, actor) is None
    screen = choose(screen, f"project-{row.id}", "Delete …")
    assert "1 picture and 0 orders" in said(screen)
    screen.radio[0].set_value("They go to the trash with it")
    press(run(screen), "Delete the project")
    with runtime.database.read() as session:
        assert projects.list_projects(session, actor) == []
    press(open_page(COLLECTIONS, show="Trash"), "Restore")
    with runtime.database.read() as session:
        assert projects.get_project(session, actor, row.id).product_count == 1


def test_tags_are_joined_after_it_was_said(runtime, anna, actor, open_page):
    with runtime.database.session() as session:
        blue, azure = (tags.create_tag(session, actor, name, now=NOON) for name in ("blue", "azure"))
    screen = open_page(COLLECTIONS, show="Tags")
    next(one for one in screen.button if one.key == f"tag-edit-{azure.id}").click()
    screen = run(screen)
    field(screen, "Name").input("Blue")
    screen = run(screen)
    assert "There is a tag “blue” already" in said(screen)
    press(screen, "Join them")
    with runtime.database.read() as session:
        assert [one.id for one in tags.list_tags(session, actor)] == [blue.id]


def test_a_dialog_about_what_was_deleted_elsewhere_closes_and_says_so(runtime, anna, actor, open_page):
    with runtime.database.session() as session:
        row = tags.create_tag(session, actor, "blue", now=NOON)
    screen = open_page(COLLECTIONS, show="Tags")
    with runtime.database.session() as session:
        tags.delete_tag(session, actor, row.id, now=NOON)
    next(one for one in screen.button if one.key == f"tag-edit-{row.id}").click()
    screen = run(screen)
    assert "no such tag any more" in said(screen) and "No tag yet" in said(screen)
    assert "no such tag" in said(run(screen))


def test_another_persons_collection_is_not_there(runtime, anna, open_page):
    with runtime.database.session() as session:
        theirs = make_collection(session, make_user(session, "charlie"), "Secret")
    screen = open_page(COLLECTIONS, open=theirs.id)
    assert "no such collection" in said(screen) and "Secret" not in said(screen)


def test_a_lookup_shows_what_it_becomes_and_where_it_loops(runtime, anna, actor, open_page):
    with runtime.database.session() as session:
        stock(session, now=NOON)
        form = lookups.LookupForm
        lookups.create_lookup(session, actor, form("sky", ["stars", "weather", "ground"]), now=NOON)
        lookups.create_lookup(session, actor, form("ground", ["moss", "sky"]), now=NOON)
    words = said(open_page(WORDING, lookup="sky"))
    assert "gives 7 values" in words and "comes back to itself" in words and "clear sky" in words
    assert "1. a harbour at stars" in words


def test_editing_one_of_the_house_makes_one_of_ones_own(runtime, anna, actor, open_page):
    with runtime.database.session() as session:
        stock(session, now=NOON)
    with runtime.database.read() as session:
        house = next(one for one in lookups.list_lookups(session, actor) if one.key == "color")
    screen = open_page(WORDING)
    next(one for one in screen.button if one.key == f"edit-{house.id}").click()
    screen = run(screen)
    assert "makes your own" in said(screen)
    field(screen, "Values, one a line").input("mauve\n[sky]")
    screen = run(screen)
    assert "brackets stay in the picture's words" in said(screen)
    field(screen, "Values, one a line").input("mauve\nmauve\nteal")
    screen = run(screen)
    assert "2 values; “mauve” is there twice" in said(screen)
    press(screen, "Save")
    with runtime.database.read() as session:
        assert lookups.words(session, actor)["color"] == ["mauve", "teal"]
        assert lookups.get_lookup(session, actor, house.id).values[0] == "red"


def test_a_template_says_what_another_model_would_drop(runtime, anna, actor, open_page, choose):
    with runtime.database.session() as session:
        provider = make_provider(session)
        make_model(session, provider)
        make_model(session, provider, "plain", parameter_schema=[])
        kept = {"prompt": "a harbour", "parameters": {"steps": "12"}, "inputs": {}}
        row = templates.save_template(
            session, actor, TemplateForm("Harbours"), provider="local", model="painter", parameter_set=kept, now=NOON
        )
    screen = open_page(WORDING, show="Templates")
    assert "Harbours" in said(screen)
    screen = choose(screen, f"menu-{row.id}", "With another model …")
    assert "no parameter “steps”" in said(screen)
    screen = choose(open_page(WORDING, show="Templates"), f"menu-{row.id}", "Delete")
    assert "is in the trash" in said(screen)
    press(screen, "Undo")
    with runtime.database.read() as session:
        assert [one.id for one in templates.list_templates(session, actor)] == [row.id]


def test_an_administrator_sees_room_and_trash_and_empties_it(runtime, admin, open_page):
    with runtime.database.session() as session:
        charlie = make_user(session, "charlie")
        make_blob(session, charlie, file_size=4_200_000)
        make_collection(session, charlie, deleted_at=NOON)
    screen = open_page(STORAGE)
    assert "**4.2 MB** in 1 file" in said(screen)
    assert "charlie" in screen.dataframe[0].value.to_string()
    assert "**Collections** · 1" in said(screen) and "Nobody has looked yet" in said(screen)
    screen = press(screen, "Empty it now")
    assert "1 went for good." in said(screen)
    press(screen, "Look now")
    with runtime.database.read() as session:
        assert reports.read_report(session, now=utc_now()).asked == reports.LOOK
        assert not session.execute(Base.metadata.tables["collections"].select()).all()
