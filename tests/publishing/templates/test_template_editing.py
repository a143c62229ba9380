"""Templates are made, changed, put in order, deleted; each of these can be taken back."""

import pytest
from sqlalchemy import select

from core.publishing.errors import ChangeRefused, PatternRefused
from core.publishing.templates import editing
from core.publishing.templates.editing import create, delete, duplicate, edit, reorder, snapshot
from core.publishing.templates.errors import NameInUse, TemplateChanged, TemplateNotFound, TemplateRefused
from core.publishing.templates.forms import TemplateForm
from core.publishing.templates.listing import csv_rows, get_template, list_categories, list_templates
from core.publishing.templates.models import TemplateType
from core.publishing.templates.undoing import undo
from core.system.models import AuditEvent
from tests.factories import HOUR, NOON
from tests.publishing.templates.support import FOXES, PRICED

TAG, DESCRIPTION, COMMENT = TemplateType


def names(session, actor, kind=TAG):
    return [one.name for one in list_templates(session, actor, kind)]


def made(session, actor, *wanted, kind=TAG):
    """Tag templates of these names; their ids."""
    return [create(session, actor, kind, TemplateForm(name, tags=["x"]), now=NOON).template_id for name in wanted]


def test_tags_are_kept_as_those_of_a_post_are(session, actor):
    done = create(session, actor, TAG, FOXES, now=NOON)
    assert get_template(session, actor, done.template_id).tags == ["fox", "Snow", "night sky"]


def test_a_description_keeps_its_text_and_variables(session, actor):
    done = create(session, actor, DESCRIPTION, PRICED, now=NOON)
    row = get_template(session, actor, done.template_id)
    assert row.content == PRICED.content
    assert row.variables == [{"name": "price", "label": "Price", "default": "20"}]
    assert (row.tags, row.category, row.created_at) == ([], None, NOON)


def test_a_type_takes_only_what_belongs_to_it(session, actor):
    everything = TemplateForm(
        "All", content="Thanks, {who}!", tags=["x"], variables=[{"name": "who"}], category=" To  watchers "
    )
    comment = get_template(session, actor, create(session, actor, COMMENT, everything, now=NOON).template_id)
    assert (comment.category, comment.tags, comment.content) == ("To watchers", [], "Thanks, {who}!")
    tags = get_template(session, actor, create(session, actor, TAG, everything, now=NOON).template_id)
    assert (tags.category, tags.tags, tags.content, tags.variables) == (None, ["x"], None, [])
    assert list_categories(session, actor) == ["To watchers"]


@pytest.mark.parametrize(
    ("kind", "form", "error", "words"),
    [
        (TAG, TemplateForm("  ", tags=["x"]), TemplateRefused, "Give the template a name."),
        (TAG, TemplateForm("x" * 101, tags=["x"]), TemplateRefused, "at most 100 characters; this one has 101"),
        (TAG, TemplateForm("None", tags=[" ", "#"]), TemplateRefused, "at least one tag"),
        (TAG, TemplateForm("Many", tags=[f"t{n}" for n in range(51)]), ChangeRefused, "At most 50 tags"),
        (TAG, TemplateForm("Long", tags=["x" * 101]), ChangeRefused, "at most 100 characters"),
        (DESCRIPTION, TemplateForm("Empty", content=" \n"), TemplateRefused, "Give the template a text."),
        (DESCRIPTION, TemplateForm("Long", content="x" * 50_001), TemplateRefused, "at most 50,000 characters"),
        (COMMENT, TemplateForm("Long", content="x" * 10_001), TemplateRefused, "at most 10,000 characters"),
        (COMMENT, TemplateForm("C", content="x", category="c" * 61), TemplateRefused, "at most 60 characters"),
        (DESCRIPTION, TemplateForm("Open", content="{title"), PatternRefused, "place 1 is never closed"),
        (DESCRIPTION, TemplateForm("Who", content="{who}"), PatternRefused, "“{who}” at place 1 is not known"),
    ],
)
def test_what_cannot_be_taken_is_refused_in_words_and_nothing_is_written(session, actor, kind, form, error, words):
    with pytest.raises(error) as refused:
        create(session, actor, kind, form, now=NOON)
    assert words in str(refused.value)
    assert list_templates(session, actor, kind) == []


def test_a_name_is_taken_once_in_each_type_in_whatever_letters(session, actor):
    create(session, actor, TAG, FOXES, now=NOON)
    with pytest.raises(NameInUse, match="called “Foxes” already"):
        create(session, actor, TAG, TemplateForm("FOXES", tags=["x"]), now=NOON)
    create(session, actor, DESCRIPTION, TemplateForm("Foxes", content="x"), now=NOON)


def test_two_people_may_use_the_same_name(session, actor, charlie):
    create(session, actor, TAG, FOXES, now=NOON)
    create(session, charlie, TAG, FOXES, now=NOON)
    assert names(session, actor) == names(session, charlie) == ["Foxes"]


def test_a_name_taken_at_the_same_moment_is_told_of(session, actor, monkeypatch):
    create(session, actor, TAG, FOXES, now=NOON)
    monkeypatch.setattr(editing, "require_free_name", lambda *_, **__: None)
    with pytest.raises(NameInUse, match="has just been made"):
        create(session, actor, TAG, FOXES, now=NOON)
    assert names(session, actor) == ["Foxes"]


def test_there_is_an_end_to_how_many_there_can_be(session, actor, monkeypatch):
    monkeypatch.setattr(editing, "MAX_TEMPLATES", 1)
    made(session, actor, "One")
    with pytest.raises(TemplateRefused, match="There are 1 templates of this type"):
        made(session, actor, "Two")


def test_an_edit_is_noted_with_before_and_after(session, actor):
    (one,) = made(session, actor, "One")
    done = edit(session, actor, one, TemplateForm("Two", tags=["x", "y"]), expected_updated_at=NOON, now=NOON + HOUR)
    row = get_template(session, actor, one)
    assert (row.name, row.tags, row.updated_at) == ("Two", ["x", "y"], NOON + HOUR)
    event = session.scalars(select(AuditEvent).where(AuditEvent.correlation_id == done.group)).one()
    assert (event.action, event.before, event.after) == (
        "template.edited", {"name": "One", "tags": ["x"]}, {"name": "Two", "tags": ["x", "y"]},
    )  # fmt: skip


def test_an_edit_to_what_it_is_changes_nothing(session, actor):
    (one,) = made(session, actor, "One")
    assert edit(session, actor, one, TemplateForm("One", tags=["x"]), now=NOON + HOUR).group is None
    assert get_template(session, actor, one).updated_at == NOON


def test_an_edit_of_an_older_version_is_refused(session, actor):
    (one,) = made(session, actor, "One")
    edit(session, actor, one, TemplateForm("Two", tags=["x"]), now=NOON)
    with pytest.raises(TemplateChanged, match="“Two” was changed meanwhile"):
        edit(session, actor, one, TemplateForm("Three", tags=["x"]), expected_updated_at=NOON, now=NOON + HOUR)


def test_a_copy_gets_a_name_of_its_own(session, actor):
    (one,) = made(session, actor, "x" * 100)
    first = duplicate(session, actor, one, now=NOON).name
    second = duplicate(session, actor, one, now=NOON).name
    assert first == "x" * 93 + " (copy)"
    assert second == "x" * 91 + " (copy 2)"
    assert names(session, actor) == ["x" * 100, first, second]


def test_templates_are_put_in_order(session, actor):
    one, two, three = made(session, actor, "One", "Two", "Three")
    reorder(session, actor, TAG, [three, one, two], now=NOON + HOUR)
    assert names(session, actor) == ["Three", "One", "Two"]
    assert reorder(session, actor, TAG, [three, one, two], now=NOON + HOUR) is None


def test_moving_a_template_is_no_edit(session, actor):
    one, two = made(session, actor, "One", "Two")
    reorder(session, actor, TAG, [two, one], now=NOON + HOUR)
    session.expire_all()
    assert get_template(session, actor, one).updated_at == NOON


@pytest.mark.parametrize("order", [[], [0], [0, 1, 1], [0, 1, "tpl_other"]])
def test_an_order_of_other_templates_is_refused(session, actor, order):
    both = made(session, actor, "One", "Two")
    wanted = [both[one] if isinstance(one, int) else one for one in order]
    with pytest.raises(TemplateChanged, match="Reload"):
        reorder(session, actor, TAG, wanted, now=NOON)


def test_every_change_can_be_taken_back_and_that_too(session, actor):
    one, two = made(session, actor, "One", "Two")
    before = {row.id: snapshot(row) for row in list_templates(session, actor, TAG)}
    changes = (
        lambda: create(session, actor, TAG, FOXES, now=NOON),
        lambda: edit(session, actor, one, TemplateForm("Uno", tags=["y"]), now=NOON),
        lambda: duplicate(session, actor, one, now=NOON),
        lambda: reorder(session, actor, TAG, [two, one], now=NOON),
        lambda: delete(session, actor, two, now=NOON),
    )
    for change in changes:
        done = change()
        after = {row.id: snapshot(row) for row in list_templates(session, actor, TAG)}
        assert after != before
        undone = undo(session, actor, done.group, now=NOON + HOUR)
        session.expire_all()
        assert {row.id: snapshot(row) for row in list_templates(session, actor, TAG)} == before
        redone = undo(session, actor, undone.group, now=NOON + HOUR)
        session.expire_all()
        assert {row.id: snapshot(row) for row in list_templates(session, actor, TAG)} == after
        undo(session, actor, redone.group, now=NOON + HOUR)
        session.expire_all()


def test_what_was_changed_since_is_kept(session, actor):
    done = create(session, actor, TAG, FOXES, now=NOON)
    edit(session, actor, done.template_id, TemplateForm("Foxes", tags=["other"]), now=NOON)
    with pytest.raises(TemplateChanged, match="what it has now is kept"):
        undo(session, actor, done.group, now=NOON)
    gone = delete(session, actor, done.template_id, now=NOON)
    with pytest.raises(TemplateChanged, match="deleted since"):
        undo(session, actor, done.group, now=NOON)
    create(session, actor, TAG, FOXES, now=NOON)
    with pytest.raises(NameInUse):
        undo(session, actor, gone.group, now=NOON)


def test_nobody_takes_back_what_another_did(session, actor, charlie):
    done = create(session, actor, TAG, FOXES, now=NOON)
    with pytest.raises(TemplateRefused, match="nothing to undo"):
        undo(session, charlie, done.group, now=NOON)


def test_charlies_templates_are_not_found(session, actor, charlie):
    (theirs,) = made(session, charlie, "Theirs")
    for act in (
        lambda: get_template(session, actor, theirs),
        lambda: edit(session, actor, theirs, FOXES, now=NOON),
        lambda: duplicate(session, actor, theirs, now=NOON),
        lambda: delete(session, actor, theirs, now=NOON),
    ):
        with pytest.raises(TemplateNotFound):
            act()
    assert names(session, actor) == []
    assert names(session, charlie) == ["Theirs"]


def test_the_csv_says_what_it_holds(session, actor, charlie):
    create(session, actor, DESCRIPTION, PRICED, now=NOON)
    create(session, charlie, DESCRIPTION, PRICED, now=NOON)
    about, heading, row = csv_rows(session, actor, DESCRIPTION)
    assert about == ("Templates of type description",)
    assert dict(zip(heading, row, strict=True)) == {
        "type": "description", "name": "Shop", "category": "", "tags": "", "text": PRICED.content,
        "variables": "{price} Price = 20", "changed at (UTC)": "2026-06-01T12:00:00+00:00",
    }  # fmt: skip
