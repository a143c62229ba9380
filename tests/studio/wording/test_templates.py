"""Saved order forms."""

import pytest

from core.studio.shelves.errors import ProjectNotFound
from core.studio.wording import templates
from core.studio.wording.errors import GenerationTemplateNotFound, GenerationTemplateRefused
from core.studio.wording.templates import TemplateForm
from core.system.actors import Actor
from tests.factories import NOON, make_user
from tests.studio.factories import make_project

SET = {"prompt": "a [color] fox", "parameters": {"steps": "10,20"}}


def _save(session, actor, form=None, **fields):
    given = {"provider": "local", "model": "painter", "parameter_set": SET} | fields
    return templates.save_template(session, actor, form or TemplateForm("Foxes"), now=NOON, **given)


def test_a_template_is_for_one_project_or_for_all(session):
    user = make_user(session)
    alice, harbour, forest = Actor.person(user.id), make_project(session, user), make_project(session, user, "Forest")
    everywhere = _save(session, alice)
    here = _save(session, alice, TemplateForm("Boats", project_id=harbour.id))
    assert everywhere.is_global and not here.is_global
    assert {one.id for one in templates.list_templates(session, alice, project_id=harbour.id)} == {
        everywhere.id,
        here.id,
    }
    assert [one.id for one in templates.list_templates(session, alice, project_id=forest.id)] == [everywhere.id]


def test_the_most_used_comes_first(session):
    alice = Actor.person(make_user(session).id)
    _save(session, alice, TemplateForm("A"))
    second = _save(session, alice, TemplateForm("B"))
    templates.count_use(session, second.id)
    assert [one.name for one in templates.list_templates(session, alice)] == ["B", "A"]


def test_it_is_renamed_replaced_deleted_and_restored(session):
    alice = Actor.person(make_user(session).id)
    row = _save(session, alice)
    assert templates.edit_template(session, alice, row.id, TemplateForm("Red foxes"), now=NOON).name == "Red foxes"
    templates.replace_parameters(
        session, alice, row.id, provider="fal", model="flux", parameter_set={"prompt": "a fox"}, now=NOON
    )
    templates.delete_template(session, alice, row.id, now=NOON)
    assert templates.list_templates(session, alice) == []
    with pytest.raises(GenerationTemplateNotFound):
        templates.get_template(session, alice, row.id)
    assert templates.restore_template(session, alice, row.id, now=NOON).parameter_set == {"prompt": "a fox"}


def test_bad_names_and_strangers_projects_are_refused(session):
    alice = Actor.person(make_user(session).id)
    theirs = make_project(session, make_user(session, "charlie"))
    with pytest.raises(GenerationTemplateRefused):
        _save(session, alice, TemplateForm("  "))
    with pytest.raises(ProjectNotFound):
        _save(session, alice, TemplateForm("Foxes", project_id=theirs.id))
