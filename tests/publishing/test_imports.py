"""From files to deviations."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from core.adapters.storage.folder import FolderStore
from core.db.engine import Database, DatabaseUnavailableError
from core.identity.models import User
from core.media.blobs import all_keys
from core.media.errors import StorageFull, StorageUnavailableError
from core.media.imports import IncomingFile, Intake, Known, Stored
from core.media.models import Blob
from core.media.probe import ProbeLimits
from core.publishing.bulk import DescriptionPattern
from core.publishing.changes import DeviationChanges
from core.publishing.errors import ChangeRefused, DeviationBusy, DeviationNotFound, NotEditable
from core.publishing.imports import (
    ImportChoices,
    ImportLimits,
    ImportMode,
    ImportOutcome,
    ImportReport,
    attach_files,
    import_files,
)  # fmt: skip
from core.publishing.models import Deviation, DeviationFile, DeviationStatus, UploadMode
from core.publishing.patterns import read_pattern
from core.publishing.post_values import BUILT_IN
from core.settings import Settings
from core.system.actors import Actor
from core.system.models import AuditEvent, StorageRemoval
from tests.factories import NOON, lease, make_account, make_user
from tests.publishing.pictures import GENERATED, WITH_NUL, picture, raw

C, D, X, R = ImportOutcome.CREATED, ImportOutcome.DUPLICATE, ImportOutcome.REFUSED, ImportOutcome.RETRY
ALL_IN_ONE = ImportChoices(mode=ImportMode.ALL_IN_ONE)
SMALL = ImportLimits(ProbeLimits(max_bytes=20_000, max_pixels=1_000_000), max_files=3)


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path / "store")


@pytest.fixture
def incoming(tmp_path: Path) -> Path:
    folder = tmp_path / "incoming"
    folder.mkdir()
    return folder


@pytest.fixture
def actor(database: Database) -> Actor:
    with database.session() as session:
        return Actor.person(make_user(session).id)


def outcomes(report: ImportReport) -> list[ImportOutcome]:
    return [result.outcome for result in report.results]


def rows(database: Database) -> list[Deviation]:
    with database.read() as session:
        return list(session.scalars(select(Deviation).order_by(Deviation.id)))


def count(database: Database, model: type) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def keys(store: FolderStore) -> set[str]:
    return {stored.key for stored in store.list()}


def test_each_file_becomes_a_draft_with_a_title_from_its_name(database, store, actor, incoming):
    files = [picture(incoming, "still_life_02.png"), picture(incoming, "My-Turtle.jpg", kind="JPEG")]
    report = import_files(database, store, actor, files, now=NOON)
    assert outcomes(report) == [C, C]
    drafts = rows(database)
    assert [draft.id for draft in drafts] == report.deviation_ids
    assert [draft.title for draft in drafts] == ["Still life", "My Turtle"]
    assert {draft.status for draft in drafts} == {DeviationStatus.DRAFT}


def test_originals_and_thumbnails_are_in_the_store_under_their_owner(database, store, actor, incoming):
    file = picture(incoming, "a.png")
    import_files(database, store, actor, [file], now=NOON)
    with database.read() as session:
        blob = session.scalars(select(Blob)).one()
        shown = session.scalars(select(DeviationFile)).one()
    assert keys(store) == set(all_keys(blob.storage_key))
    assert blob.storage_key.startswith(f"{actor.user_id}/") and blob.sha256 in blob.storage_key
    assert store.get(blob.storage_key) == file.path.read_bytes()
    assert (blob.width, blob.height, blob.mime_type) == (32, 24, "image/png")
    assert shown.storage_key == blob.storage_key and shown.blob_id == blob.id


def test_the_type_is_read_from_the_content_and_a_wrong_ending_is_a_warning(database, store, actor, incoming):
    (result,) = import_files(database, store, actor, [picture(incoming, "a.jpg")], now=NOON).results
    assert result.outcome is C and any("png" in warning for warning in result.warnings)


def test_a_bad_file_is_refused_by_name_and_the_others_go_on(database, store, actor, incoming):
    good = picture(incoming, "good.png")
    cut = raw(incoming, "cut.png", picture(incoming, "x.png", size=(200, 200)).path.read_bytes()[:120])
    files = [raw(incoming, "notes.png", b"just text"), cut, raw(incoming, "empty.png", b""), good]
    report = import_files(database, store, actor, files, now=NOON)
    assert outcomes(report) == [X, X, X, C]
    for result in report.results[:3]:
        assert result.name in (result.reason or "")
    assert count(database, Deviation) == count(database, Blob) == 1
    assert len(keys(store)) == 4


def test_a_file_too_large_or_with_too_many_pixels_is_refused(database, store, actor, incoming):
    files = [
        raw(incoming, "heavy.png", os.urandom(20_001)),
        picture(incoming, "wide.png", size=(1001, 1000)),
        picture(incoming, "fits.png", size=(1000, 1000)),
    ]
    report = import_files(database, store, actor, files, limits=SMALL, now=NOON)
    assert outcomes(report) == [X, X, C]


def test_limits_come_from_the_settings():
    limits = ImportLimits.of(Settings(max_file_mb=2, max_megapixels=3, max_files_per_deviation=4))
    assert (limits.probe.max_bytes, limits.probe.max_pixels, limits.max_files) == (2 * 1024 * 1024, 3_000_000, 4)


def test_the_same_content_is_told_with_a_link_whatever_its_name(database, store, actor, incoming):
    first = import_files(database, store, actor, [picture(incoming, "a.png", colour=1)], now=NOON)
    report = import_files(database, store, actor, [picture(incoming, "b.png", colour=1)], now=NOON)
    (result,) = report.results
    assert result.outcome is D and result.duplicate_of is not None
    assert result.duplicate_of.deviation_id == first.deviation_ids[0]
    assert "“A”" in (result.reason or "")
    assert (count(database, Deviation), count(database, Blob), len(keys(store))) == (1, 1, 4)


def test_a_duplicate_may_be_wanted_and_is_stored_once(database, store, actor, incoming):
    choices = ImportChoices(allow_duplicates=True)
    files = [picture(incoming, "a.png", colour=1), picture(incoming, "b.png", colour=1)]
    report = import_files(database, store, actor, files, choices, workers=1, now=NOON)
    assert outcomes(report) == [C, C]
    assert (count(database, Deviation), count(database, Blob), len(keys(store))) == (2, 1, 4)


def test_of_two_equal_files_under_way_at_once_one_set_of_objects_stays(database, store, actor, incoming):
    files = [picture(incoming, f"{number}.png", colour=1) for number in range(8)]
    report = import_files(database, store, actor, files, ImportChoices(allow_duplicates=True), workers=8, now=NOON)
    assert outcomes(report) == [C] * 8 and count(database, Blob) == 1
    with database.read() as session:
        leaving = set(session.scalars(select(StorageRemoval.key)))
        blob = session.scalars(select(Blob)).one()
    assert keys(store) - leaving == set(all_keys(blob.storage_key))


def test_twice_in_one_selection_is_once_a_draft(database, store, actor, incoming):
    files = [picture(incoming, f"{number}.png", colour=1) for number in range(4)]
    for choices in (ImportChoices(), ALL_IN_ONE):
        report = import_files(database, store, actor, files, choices, now=NOON)
    assert count(database, Deviation) == count(database, Blob) == 1
    assert outcomes(report) == [D, D, D, D]


def test_a_duplicate_of_something_in_the_trash_is_no_duplicate(database, store, actor, incoming):
    (made,) = import_files(database, store, actor, [picture(incoming, "a.png", colour=1)], now=NOON).deviation_ids
    with database.session() as session:
        session.get_one(Deviation, made).deleted_at = NOON
    report = import_files(database, store, actor, [picture(incoming, "a.png", colour=1)], now=NOON)
    assert outcomes(report) == [C]
    assert (count(database, Deviation), count(database, Blob)) == (2, 1)


def test_two_people_with_the_same_picture_know_nothing_of_each_other(database, store, actor, incoming):
    with database.session() as session:
        charlie = Actor.person(make_user(session, "charlie").id)
    for person in (actor, charlie):
        report = import_files(database, store, person, [picture(incoming, "a.png", colour=1)], now=NOON)
        assert outcomes(report) == [C]
    assert count(database, Blob) == 2 and len(keys(store)) == 8


def test_known_content_is_not_decoded_again(database, store, actor, incoming):
    import_files(database, store, actor, [picture(incoming, "a.png", colour=1)], now=NOON)
    intake = Intake(database, store, actor.user_id)
    assert isinstance(intake.take(picture(incoming, "b.png", colour=1)), Known)
    assert isinstance(intake.take(picture(incoming, "c.png", colour=2)), Stored)


def test_all_in_one_makes_one_post_that_goes_out_as_several(database, store, actor, incoming):
    files = [picture(incoming, f"page-{number}.png") for number in range(3)]
    report = import_files(database, store, actor, files, ALL_IN_ONE, now=NOON)
    assert outcomes(report) == [C, C, C] and len(report.deviation_ids) == 1
    (post,) = rows(database)
    assert post.upload_mode is UploadMode.MULTIPLE
    with database.read() as session:
        names = session.scalars(select(DeviationFile.original_filename).order_by(DeviationFile.sort_order)).all()
    assert names == ["page-0.png", "page-1.png", "page-2.png"]


def test_all_in_one_leaves_out_bad_files_and_those_above_the_limit(database, store, actor, incoming):
    files = [raw(incoming, "bad.png", b"no"), *(picture(incoming, f"{number}.png") for number in range(4))]
    report = import_files(database, store, actor, files, ALL_IN_ONE, limits=SMALL, now=NOON)
    assert outcomes(report) == [X, C, C, C, X]
    assert "3.png" in (report.results[-1].reason or "")
    assert count(database, Blob) == 3 and count(database, StorageRemoval) == 4


def test_all_in_one_without_a_good_file_makes_nothing(database, store, actor, incoming):
    report = import_files(database, store, actor, [raw(incoming, "bad.png", b"no")], ALL_IN_ONE, now=NOON)
    assert outcomes(report) == [X] and rows(database) == []


def test_an_empty_selection_is_an_empty_report(database, store, actor):
    for choices in (None, ALL_IN_ONE):
        assert import_files(database, store, actor, [], choices, now=NOON).results == ()


def test_generation_data_in_the_file_is_kept_and_sets_the_ai_mark(database, store, actor, incoming):
    files = [picture(incoming, "made.png", parameters=GENERATED), picture(incoming, "painted.png")]
    import_files(database, store, actor, files, now=NOON)
    assert [post.is_ai_generated for post in rows(database)] == [True, False]
    with database.read() as session:
        made = session.scalars(select(Blob.embedded).where(Blob.embedded.is_not(None))).one()
    assert made is not None and made["seed"] == 42 and "bowl of apples" in made["prompt"]


@pytest.mark.parametrize("chosen", [True, False])
def test_the_person_may_decide_about_the_ai_mark(database, store, actor, incoming, chosen):
    files = [picture(incoming, "made.png", parameters=GENERATED), picture(incoming, "painted.png")]
    import_files(database, store, actor, files, ImportChoices(ai_generated=chosen), now=NOON)
    assert [post.is_ai_generated for post in rows(database)] == [chosen, chosen]


def test_text_that_a_database_refuses_does_not_stop_a_picture(database, store, actor, incoming):
    files = [picture(incoming, "a\x00b\ud800/../..\\c:<>.png", parameters=WITH_NUL)]
    assert outcomes(import_files(database, store, actor, files, now=NOON)) == [C]


def test_chosen_fields_are_set_on_every_post(database, store, actor, incoming):
    with database.session() as session:
        from core.identity.models import User

        account = make_account(session, session.get_one(User, actor.user_id), is_default=True)
    fields = DeviationChanges(tags=["art"], is_mature=True, mature_level="strict", description="One of many.")
    choices = ImportChoices(fields=fields, status=DeviationStatus.REVIEW)
    import_files(database, store, actor, [picture(incoming, f"{n}.png") for n in range(2)], choices, now=NOON)
    for post in rows(database):
        assert (post.status, post.tags, post.is_mature) == (DeviationStatus.REVIEW, ["art"], True)
        assert post.account_id == account.id


def test_fields_that_cannot_be_used_are_refused_before_anything_is_read(database, store, actor):
    missing = IncomingFile("never-read.png", Path("nowhere"))
    for fields in (DeviationChanges(account_id="acc_nonsense"), DeviationChanges(add_watermark=True)):
        with pytest.raises(ChangeRefused):
            import_files(database, store, actor, [missing], ImportChoices(fields=fields), now=NOON)


def test_a_file_that_vanished_can_be_tried_again(database, store, actor, incoming):
    report = import_files(database, store, actor, [IncomingFile("gone.png", incoming / "gone")], now=NOON)
    assert outcomes(report) == [R] and "gone.png" in (report.results[0].reason or "")


class FailingStore(FolderStore):
    """A store that fails at chosen puts."""

    def __init__(self, root: Path, error: Exception, failing: Iterator[bool]) -> None:
        super().__init__(root)
        self.error = error
        self.failing = failing

    def put(self, key: str, source: Path | bytes, *, content_type: str) -> None:
        if next(self.failing, False):
            raise self.error
        super().put(key, source, content_type=content_type)


@pytest.mark.parametrize("error", [StorageFull("Full."), StorageUnavailableError("Away.")])
def test_a_store_in_trouble_leaves_nothing_half_written(database, tmp_path, actor, incoming, error):
    # The original comes last of four objects: everything before it has been written by then.
    store = FailingStore(tmp_path / "store", error, iter([False, False, False, True]))
    files = [picture(incoming, f"{number}.png") for number in range(2)]
    report = import_files(database, store, actor, files, workers=1, now=NOON)
    assert outcomes(report) == [R, C]
    assert str(error) in (report.results[0].reason or "")
    assert count(database, Deviation) == count(database, Blob) == 1 and len(keys(store)) == 4


def test_after_three_failures_in_a_row_the_rest_is_not_tried(database, tmp_path, actor, incoming):
    store = FailingStore(tmp_path / "store", StorageFull("Full."), iter([True] * 1000))
    files = [picture(incoming, f"{number}.png") for number in range(12)]
    for choices in (ImportChoices(), ALL_IN_ONE):
        report = import_files(database, store, actor, files, choices, workers=2, now=NOON)
        assert outcomes(report) == [R] * 12
        assert "Not tried" in (report.results[-1].reason or "")
    assert count(database, Deviation) == 0 and keys(store) == set()


class LockedDatabase(Database):
    """A database whose writes find it locked."""

    def session(self):
        raise DatabaseUnavailableError("The database did not answer.")


def test_a_locked_database_makes_files_retryable_and_the_next_try_takes_them(database, store, actor, incoming):
    locked = LockedDatabase(database.url.render_as_string(hide_password=False))
    files = [picture(incoming, "a.png")]
    for choices in (ImportChoices(), ALL_IN_ONE):
        assert outcomes(import_files(locked, store, actor, files, choices, now=NOON)) == [R]
    locked.dispose()
    assert count(database, Deviation) == count(database, Blob) == 0
    assert outcomes(import_files(database, store, actor, files, now=NOON)) == [C]


def test_the_second_of_two_equal_files_is_taken_when_the_first_fails(database, tmp_path, actor, incoming):
    store = FailingStore(tmp_path / "store", StorageFull("Full."), iter([True]))
    files = [picture(incoming, "a.png", colour=1), picture(incoming, "b.png", colour=1)]
    report = import_files(database, store, actor, files, workers=1, now=NOON)
    assert outcomes(report) == [R, C]


def test_progress_counts_every_file(database, store, actor, incoming):
    seen: list[tuple[int, int, str]] = []
    files = [picture(incoming, "a.png"), raw(incoming, "b.png", b"no"), picture(incoming, "c.png")]
    import_files(database, store, actor, files, progress=lambda *step: seen.append(step), now=NOON)
    assert seen == [(1, 3, "a.png"), (2, 3, "b.png"), (3, 3, "c.png")]


def test_many_files_on_several_threads_keep_their_order(database, store, actor, incoming):
    files = [picture(incoming, f"number {chr(97 + n)}.png") for n in range(24)]
    report = import_files(database, store, actor, files, workers=6, now=NOON)
    assert [post.title for post in rows(database)] == [f"Number {chr(97 + n)}" for n in range(24)]
    assert len(report.deviation_ids) == 24


def test_files_are_attached_behind_those_that_are_there(database, store, actor, incoming):
    (made,) = import_files(database, store, actor, [picture(incoming, "a.png")], now=NOON).deviation_ids
    files = [picture(incoming, "b.png"), picture(incoming, "c.png"), picture(incoming, "d.png")]
    report = attach_files(database, store, actor, made, files, limits=SMALL, now=NOON)
    assert outcomes(report) == [C, C, X] and report.deviation_ids == [made]
    (post,) = rows(database)
    assert post.upload_mode is UploadMode.MULTIPLE


def test_nothing_is_attached_to_what_is_not_yours_or_not_editable(database, store, actor, incoming):
    (made,) = import_files(database, store, actor, [picture(incoming, "a.png")], now=NOON).deviation_ids
    file = picture(incoming, "b.png")
    with database.session() as session:
        charlie = Actor.person(make_user(session, "charlie").id)
    with pytest.raises(DeviationNotFound):
        attach_files(database, store, charlie, made, [file], now=NOON)
    with database.session() as session:
        lease(session.get_one(Deviation, made))
    with pytest.raises(DeviationBusy):
        attach_files(database, store, actor, made, [file], now=NOON)
    with database.session() as session:
        row = session.get_one(Deviation, made)
        row.execution_lock_id, row.status = None, DeviationStatus.PUBLISHED
    with pytest.raises(NotEditable):
        attach_files(database, store, actor, made, [file], now=NOON)
    assert count(database, DeviationFile) == 1


def test_a_post_that_goes_out_meanwhile_takes_no_more_files(database, store, actor, incoming):
    """The check before the slow part is for the person; the one in the transaction is for the truth."""
    (made,) = import_files(database, store, actor, [picture(incoming, "a.png")], now=NOON).deviation_ids

    def publish(*_: object) -> None:
        with database.session() as session:
            session.get_one(Deviation, made).status = DeviationStatus.PUBLISHED

    report = attach_files(database, store, actor, made, [picture(incoming, "b.png")], progress=publish, now=NOON)
    assert outcomes(report) == [X] and count(database, DeviationFile) == 1


def test_each_new_post_is_in_the_audit_trail(database, store, actor, incoming):
    (made,) = import_files(database, store, actor, [picture(incoming, "a.png")], now=NOON).deviation_ids
    with database.read() as session:
        actions = session.scalars(select(AuditEvent.action).where(AuditEvent.subject_id == made)).all()
    assert sorted(actions) == ["deviation.created", "deviation.files_added"]


def test_a_description_is_filled_from_each_new_post(database, store, actor, incoming):
    with database.session() as session:
        account = make_account(session, session.get_one(User, actor.user_id), is_default=True)
    pattern = read_pattern("{title} by {account}, {tags}, {price}, {date}", [*BUILT_IN, "price"])
    choices = ImportChoices(
        fields=DeviationChanges(tags=["fox"]),
        description=DescriptionPattern(pattern, {"price": "20", "date": "today"}),
    )
    files = [picture(incoming, "red_fox.png"), picture(incoming, "owl.png")]
    report = import_files(database, store, actor, files, choices, now=NOON)
    assert outcomes(report) == [C, C]
    assert [row.description for row in rows(database)] == [
        f"{title} by {account.username}, fox, 20, today" for title in (row.title for row in rows(database))
    ]


def test_a_description_that_becomes_too_long_refuses_the_file(database, store, actor, incoming):
    choices = ImportChoices(description=DescriptionPattern(read_pattern("{title}" + "x" * 49_999)))
    report = import_files(database, store, actor, [picture(incoming, "red_fox.png")], choices, now=NOON)
    assert outcomes(report) == [X]
    assert "at most 50000 characters" in (report.results[0].reason or "")
    assert rows(database) == []
