"""What people bring by mistake: each bad file is named with its reason, the good ones go on."""

import errno
import itertools
import random
import struct
import zlib
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event, func, select, text

from core.adapters.storage.folder import FolderStore
from core.db.engine import Database
from core.media.models import Blob
from core.publishing import imports, scheduling
from core.publishing.errors import ScheduleRefused
from core.publishing.imports import ImportChoices, ImportMode, ImportOutcome, attach_files, import_files
from core.publishing.models import Deviation, DeviationFile, DeviationStatus
from core.publishing.scheduling import SchedulePlan
from core.publishing.zones import WallTime
from core.system.actors import Actor
from tests.factories import DAY, NOON, make_account, make_deviation, make_user
from tests.failures.outages import outage
from tests.publishing.pictures import picture, raw
from tests.support.databases import only_sqlite

CREATED, DUPLICATE = ImportOutcome.CREATED, ImportOutcome.DUPLICATE
REFUSED, RETRY = ImportOutcome.REFUSED, ImportOutcome.RETRY
# A wall time as a person types it: in Vienna the clock goes from 2:00 to 3:00 that night.
IN_THE_GAP = datetime.fromisoformat("2027-03-28T02:30")
WAYS = pytest.mark.parametrize("mode", list(ImportMode))


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path / "store")


@pytest.fixture
def actor(database: Database) -> Actor:
    with database.session() as session:
        return Actor.person(make_user(session).id)


def bomb() -> bytes:
    """A whole PNG of 60,000 by 60,000 pixels in a few hundred bytes."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 4096))
        + chunk(b"IEND", b"")
    )


def count(database: Database, model: type) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def objects(store: FolderStore) -> int:
    return len(list(store.list()))


@WAYS
def test_each_bad_file_is_named_with_its_reason_and_the_good_ones_go_on(database, store, actor, tmp_path, mode):
    whole = picture(tmp_path, "whole.png", size=(300, 300)).path.read_bytes()
    bad = {
        "letter.png": b"Dear reader, this is no picture.",
        "cut.png": whole[: len(whole) // 2],
        "bomb.png": bomb(),
        "empty.jpg": b"",
        "program.png": b"\x7fELF" + bytes(500),
        "page.jpg": b"<html><body>Not found</body></html>",
    }
    good = [picture(tmp_path, "first.png"), picture(tmp_path, "ending.webp", kind="JPEG")]
    files = [good[0], *(raw(tmp_path, name, content) for name, content in bad.items()), good[1]]
    report = import_files(database, store, actor, files, ImportChoices(mode=mode), now=NOON)
    assert [one.outcome for one in report.results] == [CREATED, *[REFUSED] * len(bad), CREATED]
    for result in report.results[1:-1]:
        assert f"“{result.name}”" in (result.reason or "")
        assert len(result.reason or "") > len(result.name) + 10
    assert report.results[-1].warnings  # a wrong ending is told, the picture is taken
    assert count(database, DeviationFile) == count(database, Blob) == 2
    assert objects(store) == 8


@WAYS
@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd.png",
        "C:\\Users\\me\\fox.png",
        "a\nb\tc\x00.png",
        "\u202egnp.exe.png",
        ".png",
        "x" * 400 + ".png",
    ],
)
def test_a_name_is_only_a_name(database, store, actor, tmp_path, mode, name):
    report = import_files(database, store, actor, [picture(tmp_path, name)], ImportChoices(mode=mode), now=NOON)
    assert [one.outcome for one in report.results] == [CREATED]
    with database.read() as session:
        (kept,) = session.scalars(select(DeviationFile.original_filename))
        (title,) = session.scalars(select(Deviation.title))
    for shown in (kept, title):
        assert shown and all(character.isprintable() for character in shown)
    assert not set("/\\") & set(kept) and kept not in {".", ".."}
    assert len(kept) <= 255
    assert not (tmp_path / "etc").exists()


@WAYS
def test_a_picture_that_is_here_already_is_told_with_a_link(database, store, actor, tmp_path, mode):
    first = import_files(database, store, actor, [picture(tmp_path, "fox.png", colour=9)], now=NOON)
    files = [picture(tmp_path, "the same.png", colour=9), picture(tmp_path, "new.png")]
    report = import_files(database, store, actor, files, ImportChoices(mode=mode), now=NOON)
    assert [one.outcome for one in report.results] == [DUPLICATE, CREATED]
    told = report.results[0]
    assert told.duplicate_of is not None and told.duplicate_of.deviation_id == first.deviation_ids[0]
    assert "the same.png" in (told.reason or "") and "Fox" in (told.reason or "")


@WAYS
def test_a_locked_database_leaves_nothing_half_written_and_the_next_try_takes_all(
    database, store, actor, tmp_path, mode
):
    files = [picture(tmp_path, f"{number}.png") for number in range(2)]
    with outage(database) as away:
        if database.is_sqlite:
            away.begin()
            report = import_files(database, store, actor, files, ImportChoices(mode=mode), now=NOON)
        else:
            report = _import_while_connections_are_cut(away, database, store, actor, files, mode)
    assert [one.outcome for one in report.results] == [RETRY, RETRY]
    assert all(one.name in (one.reason or "") and "try again" in (one.reason or "").lower() for one in report.results)
    assert count(database, Deviation) == count(database, Blob) == objects(store) == 0
    again = import_files(database, store, actor, files, ImportChoices(mode=mode), now=NOON)
    assert [one.outcome for one in again.results] == [CREATED, CREATED]
    assert objects(store) == 8


def _import_while_connections_are_cut(away, database, store, actor, files, mode):
    """The server ends the transaction in its middle, after the pictures were stored."""
    real = imports.record_blob

    def cut_off(session, *args, **kwargs):
        blob = real(session, *args, **kwargs)
        away.cut()
        return blob

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(imports, "record_blob", cut_off)
        return import_files(database, store, actor, files, ImportChoices(mode=mode), now=NOON)


def test_a_post_that_went_out_meanwhile_takes_no_file_and_keeps_no_objects(database, store, actor, tmp_path):
    (made,) = import_files(database, store, actor, [picture(tmp_path, "a.png")], now=NOON).deviation_ids

    def publish(*_: object) -> None:
        with database.session() as session:
            session.get_one(Deviation, made).status = DeviationStatus.PUBLISHED

    report = attach_files(database, store, actor, made, [picture(tmp_path, "b.png")], progress=publish, now=NOON)
    assert [one.outcome for one in report.results] == [REFUSED]
    assert objects(store) == 4


@pytest.mark.parametrize(
    ("at", "word"),
    [
        (NOON - timedelta(minutes=1), "passed"),
        (NOON + 366 * DAY, "365 days"),
        (WallTime(IN_THE_GAP, "Europe/Vienna"), "does not exist"),
        (WallTime(IN_THE_GAP, "Europe/Atlantis"), "no time zone"),
        (IN_THE_GAP, "no zone"),
    ],
)
def test_a_time_that_cannot_be_is_refused_with_the_reason_and_changes_nothing(session, at, word):
    user = make_user(session)
    post = make_deviation(session, user, make_account(session, user))
    with pytest.raises(ScheduleRefused, match=word):
        scheduling.schedule(session, Actor.person(user.id), [post.id], SchedulePlan(at), rng=random.Random(1), now=NOON)
    assert (post.status, post.scheduled_at) == (DeviationStatus.DRAFT, None)


@WAYS
@pytest.mark.parametrize("written", range(4), ids=["thumbnail 1", "thumbnail 2", "thumbnail 3", "original"])
def test_a_full_disk_leaves_nothing_of_the_file_it_stopped_at(
    database, store, actor, tmp_path, monkeypatch, mode, written
):
    """The disk is full at the first, second, third or last object of a file, and has room again for the next file."""
    done = itertools.count()

    def fill(_descriptor: int) -> None:
        if next(done) == written * 2:  # each object: its content, then its name
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("core.adapters.storage.folder.os.fsync", fill)
    files = [picture(tmp_path, "stopped.png"), picture(tmp_path, "next.png")]
    report = import_files(database, store, actor, files, ImportChoices(mode=mode), workers=1, now=NOON)
    assert [one.outcome for one in report.results] == [RETRY, CREATED]
    assert "stopped.png" in (report.results[0].reason or "") and "full" in (report.results[0].reason or "")
    assert objects(store) == 4


@only_sqlite
@WAYS
def test_a_full_disk_under_the_database_leaves_nothing_and_says_so(database, store, actor, tmp_path, mode):
    with database.read() as session:
        pages = session.execute(text("PRAGMA page_count")).scalar_one()
    database.engine.dispose()
    event.listen(database.engine, "connect", lambda made, _: made.execute(f"PRAGMA max_page_count = {pages}"))
    files = [picture(tmp_path, f"{number}.png", parameters="a fox, " * 4000) for number in range(2)]
    report = import_files(database, store, actor, files, ImportChoices(mode=mode), now=NOON)
    assert [one.outcome for one in report.results] == [RETRY, RETRY]
    assert count(database, Deviation) == count(database, Blob) == objects(store) == 0
