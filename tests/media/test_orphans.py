"""Stored files that nothing refers to: found, reported, and removed only when a person says so."""

import os
from datetime import timedelta

import pytest
from sqlalchemy import select

from core.identity.errors import AdministratorsOnly
from core.jobs.cleanup import remove_objects
from core.jobs.orphans import find_orphans
from core.jobs.ports import Ports
from core.media import orphan_reports as reports
from core.media.blobs import all_keys
from core.media.errors import StorageUnavailableError
from core.media.room import room_by_person
from core.system.actors import Actor
from core.system.models import AuditEvent, StorageRemoval
from tests.factories import DAY, HOUR, NOON, make_blob
from tests.identity.support import add
from tests.sales.support import make_sale


class Time:
    now = NOON

    def __call__(self):
        return self.now


@pytest.fixture
def time():
    return Time()


@pytest.fixture
def ports(database, store, settings, time):
    return Ports(settings, database, store, {}, time, "worker")


@pytest.fixture
def put(store):
    """Put an object into the store that is as old as wanted."""

    def put_one(key, age=2 * DAY):
        store.put(key, b"12345", content_type="image/png")
        at = (NOON - age).timestamp()
        os.utime(store.local_path(key), (at, at))
        return key

    return put_one


@pytest.fixture
def root(database):
    with database.session() as session:
        return Actor.person(add(session, "root", is_admin=True).id)


def report(ports):
    with ports.database.read() as session:
        return reports.read_report(session, now=ports.clock())


def ask(ports, actor, what):
    with ports.database.session() as session:
        reports.ask(session, actor, what, now=ports.clock())


def make_known(database, user_id, put):
    """A file in each place that a row knows of."""
    with database.session() as session:
        user = add(session, "bob")
        blob = make_blob(session, user)
        blob.storage_key = f"{user.id}/blobs/{'a' * 64}/{blob.id}/original.png"
        make_sale(session, user, screenshot_key=f"{user.id}/proofs/one.png", screenshot_mime="image/png")
        leaving = f"{user.id}/proofs/leaving.png"
        session.add(StorageRemoval(key=leaving, created_at=NOON, not_before=NOON + HOUR))
        known = [*all_keys(blob.storage_key), f"{user.id}/proofs/one.png", leaving]
    for key in known:
        put(key)
    return user, known


def test_only_what_no_row_knows_of_is_reported_and_nothing_is_removed(ports, store, root, put):
    user, known = make_known(ports.database, root, put)
    lost = [
        put(f"{user.id}/proofs/three.png"),
        put(f"{user.id}/proofs/two.png"),
        put(f"{user.id}/blobs/{'b' * 64}/blb_x/original.png"),
    ]
    foreign = put("backups/notes.txt")
    young = put(f"{user.id}/proofs/young.png", age=HOUR)
    assert find_orphans(ports) == f"Looked through {len(known) + 5} files; nothing refers to 3."
    found = report(ports)
    assert (found.walked, found.young) == (len(known) + 5, 1)
    assert (found.orphans, found.orphan_bytes, found.others, found.other_bytes) == (3, 15, 1, 5)
    assert {one.key for one in found.sample} == {*lost, foreign}
    assert all(store.exists(key) for key in [*known, *lost, foreign, young])
    assert find_orphans(ports) is None  # once a week, unless it is asked for


def test_an_administrator_has_them_removed_after_looking(ports, store, root, put, time):
    user, known = make_known(ports.database, root, put)
    lost, foreign = put(f"{user.id}/proofs/three.png"), put("backups/notes.txt")
    with pytest.raises(reports.NothingToRemove):
        ask(ports, root, reports.REMOVE)
    find_orphans(ports)
    ask(ports, root, reports.REMOVE)
    with pytest.raises(reports.OrphansBusy):
        ask(ports, root, reports.LOOK)
    assert (
        find_orphans(ports) == f"Looked through {len(known) + 2} files; nothing refers to 1. Handed over 1 for removal."
    )
    assert (report(ports).handed_over, report(ports).asked) == (1, None)
    time.now = NOON + 2 * HOUR
    remove_objects(ports)
    gone = f"{user.id}/proofs/leaving.png"
    assert [key for key in [*known, lost, foreign] if not store.exists(key)] == [gone, lost]
    with ports.database.read() as session:
        actions = set(session.scalars(select(AuditEvent.action).where(AuditEvent.subject_type == "storage")))
    assert actions == {"storage.orphans_removed"}


def test_members_neither_look_nor_remove(ports, session):
    bob = Actor.person(add(session, "bob").id)
    for what in (reports.LOOK, reports.REMOVE):
        with pytest.raises(AdministratorsOnly):
            reports.ask(session, bob, what, now=NOON)
    with pytest.raises(AdministratorsOnly):
        room_by_person(session, bob)


def test_a_store_that_does_not_answer_is_told_of(ports, monkeypatch):
    def fail(*_):
        raise StorageUnavailableError("The bucket is away.")

    monkeypatch.setattr(type(ports.store), "list", fail)
    assert find_orphans(ports) is None
    assert (report(ports).problem, report(ports).is_running) == ("The bucket is away.", False)


def test_a_walk_that_was_cut_off_is_begun_again(ports, time):
    with ports.database.session() as session:
        reports.begin(session, now=NOON)
    assert report(ports).is_running and find_orphans(ports) is None
    time.now = NOON + timedelta(minutes=11)
    assert find_orphans(ports) == "Looked through 0 files; nothing refers to 0."


def test_room_is_told_by_person_and_kind(session):
    root, bob = add(session, "root", is_admin=True), add(session, "bob")
    make_blob(session, bob, mime_type="image/png", file_size=300)
    make_blob(session, bob, mime_type="video/mp4", file_size=4000)
    make_blob(session, root, mime_type="image/webp", file_size=20)
    found = room_by_person(session, Actor.person(root.id))
    assert [(one.username, one.files, one.picture_bytes, one.film_bytes) for one in found] == [
        ("bob", 2, 300, 4000),
        ("root", 1, 20, 0),
    ]
