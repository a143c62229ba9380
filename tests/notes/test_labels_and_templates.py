"""What is the person's own: labels on notes and folders, and answers to use again."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.publishing.errors import PatternRefused
from core.publishing.notes import labels, templates
from core.publishing.notes.errors import (
    FolderNotFound,
    LabelNotFound,
    NoteNotFound,
    NoteRefused,
    NoteTemplateNotFound,
)
from core.publishing.notes.labels import Target
from core.publishing.notes.models import NoteFolderLabel, NoteLabel, NoteTemplate
from core.system.actors import Actor
from tests.factories import NOON, make_actor
from tests.notes.conftest import House
from tests.notes.support import remote


def make_label(session: Session, actor: Actor, name: str = "Client", color: str = "#3d5a4c") -> NoteLabel:
    return labels.save_label(session, actor, name, color, now=NOON)


def make_template(session: Session, actor: Actor, name: str = "Thanks", **fields: str) -> NoteTemplate:
    values = {"subject": "Re: {subject}", "body": "Dear {to},\nthank you!\n{me}", **fields}
    return templates.save_template(session, actor, name, now=NOON, **values)


def test_labels_go_on_notes_and_on_folders_with_all_that_is_in_them(house: House) -> None:
    house.site.folders |= {"Inbox": [remote(1), remote(2)], "Later": [remote(3)]}
    house.refresh()
    house.refresh("Later")
    first, second = house.notes()
    with house.database.session() as session:
        label = make_label(session, house.actor)
        for _ in range(2):  # once is enough
            labels.put_on(session, house.actor, label.id, Target(note_id=first.id), now=NOON)
            labels.put_on(session, house.actor, label.id, Target(folder_id=house.folder("Later").id), now=NOON)
        assert session.scalar(select(func.count()).select_from(NoteFolderLabel)) == 2
        carried = labels.labels_of_notes(session, house.actor, [first.id, second.id])
    assert carried == {first.id: [label.id]}
    assert {note.remote_note_id for note in house.notes(None, label_id=label.id)} == {"1", "3"}
    with house.database.session() as session:
        labels.take_off(session, house.actor, label.id, Target(note_id=first.id), now=NOON)
    assert [note.remote_note_id for note in house.notes(None, label_id=label.id)] == ["3"]


def test_a_label_is_changed_in_its_place_and_deleted_from_what_carries_it(house: House) -> None:
    house.site.folders["Inbox"] = [remote(1)]
    house.refresh()
    with house.database.session() as session:
        label = make_label(session, house.actor)
        labels.put_on(session, house.actor, label.id, Target(note_id=house.notes()[0].id), now=NOON)
        changed = labels.save_label(session, house.actor, "Friend", "#C9853B", label_id=label.id, now=NOON)
        assert (changed.id, changed.name, changed.color) == (label.id, "Friend", "#c9853b")
        labels.delete_label(session, house.actor, label.id, now=NOON)
    with house.database.read() as session:
        assert session.scalar(select(func.count()).select_from(NoteFolderLabel)) == 0
    assert len(house.notes()) == 1


@pytest.mark.parametrize(
    ("name", "color", "words"),
    [
        ("", "#3d5a4c", "needs a name"),
        ("x" * 61, "#3d5a4c", "needs a name"),
        ("Red", "red", "written like"),
        ("Red", "#3d5a4c;x", "written like"),
        (" client ", "#3d5a4c", "already"),
    ],
)
def test_a_label_needs_a_name_of_its_own_and_a_colour(session: Session, name: str, color: str, words: str) -> None:
    actor = make_actor(session)
    make_label(session, actor)
    with pytest.raises(NoteRefused, match=words):
        make_label(session, actor, name, color)


def test_two_people_may_use_the_same_names(session: Session) -> None:
    for name in ("alice", "bob"):
        actor = make_actor(session, name)
        make_label(session, actor)
        make_template(session, actor)
        assert len(labels.list_labels(session, actor)) == len(templates.list_templates(session, actor)) == 1


def test_a_label_goes_on_one_thing() -> None:
    for target in ({}, {"note_id": "n", "folder_id": "f"}):
        with pytest.raises(ValueError, match="note or on a folder"):
            Target(**target)


def test_a_template_becomes_a_note(session: Session) -> None:
    template = make_template(session, make_actor(session), body="Dear {to}, {{x}} {weekday} {date}\n{me}")
    filled = templates.fill(template, to=["bob", "eve", "dan"], me="alice", subject="A {fox}", day=date(2026, 6, 1))
    assert filled.subject == "Re: A {fox}"
    assert filled.body == "Dear bob, eve and dan, {x} Monday 2026-06-01\nalice"
    assert templates.fill(template, to=[], me="a", subject="", day=date(2026, 6, 1)).body.startswith("Dear you,")


@pytest.mark.parametrize(
    ("fields", "error", "words"),
    [
        ({"body": "  "}, NoteRefused, "empty"),
        ({"body": "x" * 20_001}, NoteRefused, "at most"),
        ({"subject": "x" * 201}, NoteRefused, "at most"),
        ({"body": "{price}"}, PatternRefused, "price"),
        ({"subject": "{to"}, PatternRefused, "never closed"),
        ({"name": " "}, NoteRefused, "needs a name"),
        ({"name": "thanks"}, NoteRefused, "already"),
    ],
)
def test_a_template_that_cannot_be_used_is_refused(
    session: Session, fields: dict[str, str], error: type[Exception], words: str
) -> None:
    actor = make_actor(session)
    make_template(session, actor)
    with pytest.raises(error, match=words):
        make_template(session, actor, **({"name": "Another"} | fields))


def test_a_template_is_changed_in_its_place_and_deleted(session: Session) -> None:
    actor = make_actor(session)
    made = make_template(session, actor)
    changed = templates.save_template(session, actor, "Thanks", "", "Bye", template_id=made.id, now=NOON)
    assert (changed.id, changed.body) == (made.id, "Bye")
    templates.delete_template(session, actor, made.id, now=NOON)
    assert templates.list_templates(session, actor) == []


CHARLIES: list[tuple[Callable[[Session, Actor, Any], object], type[Exception]]] = [
    (lambda s, a, w: labels.delete_label(s, a, w.label, now=NOON), LabelNotFound),
    (lambda s, a, w: labels.save_label(s, a, "Mine", "#000000", label_id=w.label, now=NOON), LabelNotFound),
    (lambda s, a, w: labels.put_on(s, a, w.label, Target(note_id=w.note), now=NOON), LabelNotFound),
    (lambda s, a, w: labels.take_off(s, a, w.label, Target(note_id=w.note), now=NOON), LabelNotFound),
    (lambda s, a, w: labels.put_on(s, a, make_label(s, a).id, Target(note_id=w.note), now=NOON), NoteNotFound),
    (lambda s, a, w: labels.put_on(s, a, make_label(s, a).id, Target(folder_id=w.folder), now=NOON), FolderNotFound),
    (lambda s, a, w: templates.get_template(s, a, w.template), NoteTemplateNotFound),
    (lambda s, a, w: templates.delete_template(s, a, w.template, now=NOON), NoteTemplateNotFound),
    (
        lambda s, a, w: templates.save_template(s, a, "Mine", "", "x", template_id=w.template, now=NOON),
        NoteTemplateNotFound,
    ),
]


@pytest.mark.parametrize(("attempt", "error"), CHARLIES)
def test_charlie_finds_none_of_what_is_alices(
    house: House, attempt: Callable[[Session, Actor, Any], object], error: type[Exception]
) -> None:
    house.site.folders["Inbox"] = [remote(1)]
    house.refresh()

    class Whose:
        note, folder = house.notes()[0].id, house.folder().id

    with house.database.session() as session:
        Whose.label, Whose.template = make_label(session, house.actor).id, make_template(session, house.actor).id
    with house.database.session() as session, pytest.raises(error):
        attempt(session, house.charlie, Whose)
    with house.database.read() as session:
        assert labels.labels_of_notes(session, house.charlie, [Whose.note]) == {}
        assert labels.labels_of_folders(session, house.charlie, [Whose.folder]) == {}
