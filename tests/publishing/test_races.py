"""People, imports and the sidecar at the same moment."""

import random
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from sqlalchemy import select

from core.adapters.storage.folder import FolderStore
from core.db.engine import Database
from core.media.blobs import all_keys
from core.media.models import Blob
from core.publishing import cancelling, scheduling, trash
from core.publishing.changes import DeviationChanges
from core.publishing.editing import edit
from core.publishing.errors import PublishingError
from core.publishing.execution.claims import claim
from core.publishing.imports import ImportChoices, ImportOutcome, import_files
from core.publishing.models import Deviation, DeviationFile, DeviationStatus
from core.publishing.scheduling import SchedulePlan
from core.system.actors import Actor
from core.system.models import StorageRemoval
from tests.factories import DAY, HOUR, NOON, make_account, make_deviation, make_user
from tests.publishing.pictures import picture

DUE = NOON + 2 * HOUR


def at_once(*jobs: Callable[[], Any]) -> list[Any]:
    with ThreadPoolExecutor(len(jobs)) as pool:
        return [future.result() for future in [pool.submit(job) for job in jobs]]


def queue(database: Database, number: int) -> tuple[Actor, list[str]]:
    """So many scheduled posts, each of an account of its own."""
    with database.session() as session:
        alice = make_user(session)
        posts = [
            make_deviation(session, alice, make_account(session, alice), status="scheduled") for _ in range(number)
        ]
    return Actor.person(alice.id), [post.id for post in posts]


def shuffled(ids: list[str], seed: int) -> list[str]:
    return random.Random(seed).sample(ids, len(ids))


def test_each_post_is_either_cancelled_or_claimed(database):
    actor, ids = queue(database, 30)

    def claim_each() -> set[str]:
        return {work.id for one in shuffled(ids, 1) for work in claim(database, "worker", [one], now=DUE)}

    def cancel_each() -> set[str]:
        cancelled = set()
        for one in shuffled(ids, 2):
            with database.session() as session:
                cancelled |= {item.id for item in cancelling.cancel(session, actor, [one], now=DUE).changed}
        return cancelled

    claimed, cancelled = at_once(claim_each, cancel_each)
    assert claimed | cancelled == set(ids) and not claimed & cancelled
    with database.read() as session:
        status = dict(iter_rows(session, select(Deviation.id, Deviation.status)))
    assert {one for one in ids if status[one] is DeviationStatus.UPLOADING} == claimed


def test_what_a_worker_claims_is_the_edited_post_or_the_edit_is_refused(database):
    actor, ids = queue(database, 30)

    def claim_each() -> dict[str, str]:
        found = {}
        for one in shuffled(ids, 3):
            found |= {work.id: work.row.title for work in claim(database, "worker", [one], now=DUE)}
        return found

    def edit_each() -> set[str]:
        edited = set()
        for one in shuffled(ids, 4):
            try:
                with database.session() as session:
                    edit(session, actor, one, DeviationChanges(title="Edited"), now=DUE)
                edited.add(one)
            except PublishingError:
                continue
        return edited

    seen, edited = at_once(claim_each, edit_each)
    # What was being edited when its turn came was passed over, and is taken in the next round.
    rest = [one for one in ids if one not in seen]
    seen |= {work.id: work.row.title for work in claim(database, "worker", rest, now=DUE)}
    assert set(seen) == set(ids)
    assert {one for one, title in seen.items() if title == "Edited"} == edited


def test_two_batches_in_opposite_order_do_not_wait_for_each_other_for_ever(database):
    actor, ids = queue(database, 40)

    def reschedule(order: list[str], seed: int) -> int:
        plan = SchedulePlan(NOON + DAY, spacing_minutes=1)
        with database.session() as session:
            report = scheduling.reschedule(session, actor, order, plan, rng=random.Random(seed), now=NOON)
        return len(report.changed)

    assert at_once(lambda: reschedule(ids, 1), lambda: reschedule(ids[::-1], 2)) == [40, 40]


def test_the_same_pictures_imported_twice_at_once_are_stored_and_shown_once(database, tmp_path: Path):
    with database.session() as session:
        actor = Actor.person(make_user(session).id)
    store = FolderStore(tmp_path / "store")
    files = [picture(tmp_path, f"{number}.png", colour=number) for number in range(12)]
    reports = at_once(*[lambda: import_files(database, store, actor, files, workers=2, now=NOON) for _ in range(3)])
    assert sum(report.count(ImportOutcome.CREATED) for report in reports) == 12
    assert sum(report.count(ImportOutcome.DUPLICATE) for report in reports) == 24
    assert_whole(database, store)


def test_pictures_that_are_purged_while_they_are_imported_again_are_whole_or_not_there(database, tmp_path: Path):
    with database.session() as session:
        actor = Actor.person(make_user(session).id)
    store = FolderStore(tmp_path / "store")
    files = [picture(tmp_path, f"{number}.png", colour=number) for number in range(10)]
    choices = ImportChoices(allow_duplicates=True)
    first = import_files(database, store, actor, files, choices, now=NOON)
    with database.session() as session:
        trash.delete(session, actor, first.deviation_ids, now=NOON)

    def purge_each() -> None:
        for one in first.deviation_ids:
            with database.session() as session:
                trash.purge(session, actor, [one], now=NOON)

    _, report = at_once(purge_each, lambda: import_files(database, store, actor, files, choices, workers=2, now=NOON))
    assert report.count(ImportOutcome.CREATED) + report.count(ImportOutcome.RETRY) == 10
    assert_whole(database, store)


def assert_whole(database: Database, store: FolderStore) -> None:
    """Every file that is shown has its blob and all its objects, and none of these is to be removed."""
    with database.read() as session:
        shown = set(session.scalars(select(DeviationFile.storage_key)))
        blobs = set(session.scalars(select(Blob.storage_key)))
        leaving = set(session.scalars(select(StorageRemoval.key)))
    assert shown == blobs
    needed = {key for one in blobs for key in all_keys(one)}
    assert needed <= {stored.key for stored in store.list()}
    assert not needed & leaving


def iter_rows(session: Any, query: Any) -> Iterable[tuple[Any, Any]]:
    return ((row[0], row[1]) for row in session.execute(query))
