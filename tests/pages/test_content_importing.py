"""The import behind the upload panel: it goes on by itself and remembers what became of each file."""

import io
from pathlib import Path

import pytest
from sqlalchemy import func, select

from core.media.errors import StorageUnavailableError
from core.publishing.imports import ImportChoices, ImportMode, ImportOutcome
from core.publishing.models import Deviation, DeviationFile
from core.system.actors import Actor
from core.ui.content.importing import ImportJob
from tests.media.samples import make_png


class Sent(io.BytesIO):
    """A file as a browser sent it."""

    def __init__(self, name: str, content: bytes) -> None:
        super().__init__(content)
        self.name = name


@pytest.fixture
def start(runtime, anna):
    """Runs an import to its end."""
    jobs: list[ImportJob] = []

    def started(*files: Sent, **choices) -> ImportJob:
        job = ImportJob(runtime, Actor.person(anna.id), files, ImportChoices(**choices))
        jobs.append(job)
        job.wait(60)
        assert not job.is_running
        return job

    yield started
    for job in jobs:
        job.close()


def outcomes(job: ImportJob) -> list[str]:
    return [result.outcome.value for result in job.results]


def count(runtime, what) -> int:
    with runtime.database.read() as session:
        return session.scalar(select(func.count()).select_from(what)) or 0


def test_one_bad_file_does_not_stop_the_others(runtime, start):
    job = start(Sent("a.png", make_png(seed=1)), Sent("b.png", b"no picture"), Sent("c.png", make_png(seed=2)))
    assert outcomes(job) == ["created", "refused", "created"]
    assert "b.png" in (job.results[1].reason or "")
    assert len(job.created_ids) == count(runtime, Deviation) == 2
    assert (job.done, job.total, job.share) == (3, 3, 1.0)


def test_all_files_become_one_deviation_when_asked(runtime, start):
    job = start(Sent("a.png", make_png(seed=1)), Sent("b.png", make_png(seed=2)), mode=ImportMode.ALL_IN_ONE)
    assert outcomes(job) == ["created", "created"]
    assert len(job.created_ids) == count(runtime, Deviation) == 1
    assert count(runtime, DeviationFile) == 2


def test_a_picture_that_is_here_already_is_named_and_imported_anyway_on_request(runtime, start):
    start(Sent("dunes.png", make_png(seed=1)))
    job = start(Sent("again.png", make_png(seed=1)), Sent("new.png", make_png(seed=2)))
    assert outcomes(job) == ["duplicate", "created"]
    assert job.results[0].duplicate_of is not None
    assert job.results[0].duplicate_of.title == "Dunes"
    job.again(job.indices(ImportOutcome.DUPLICATE), allow_duplicates=True)
    job.wait(60)
    assert outcomes(job) == ["created", "created"]
    assert count(runtime, Deviation) == 3


def test_what_failed_for_our_own_fault_is_tried_again(runtime, start, monkeypatch):
    store = type(runtime.store)
    put = store.put

    def away(*_args, **_kwargs):
        raise StorageUnavailableError("The store does not answer. Try again in a moment.")

    monkeypatch.setattr(store, "put", away)
    job = start(Sent("a.png", make_png(seed=1)))
    assert outcomes(job) == ["retry"]
    monkeypatch.setattr(store, "put", put)
    job.again([0], allow_duplicates=False)
    job.wait(60)
    assert outcomes(job) == ["created"]


def test_closing_forgets_the_files(runtime, start):
    incoming = runtime.settings.data_dir / "incoming"
    job = start(Sent("b.png", b"no picture"), Sent("a.png", make_png(seed=1)))
    assert list(incoming.iterdir())
    job.close()
    assert not list(incoming.iterdir())


def test_what_a_killed_process_had_put_aside_goes_with_the_next_import(runtime, start):
    left = runtime.settings.data_dir / "incoming" / "left.parts" / "0"
    left.parent.mkdir(parents=True)
    left.write_bytes(b"a picture")
    running = start(Sent("a.png", make_png(seed=1)))
    assert not left.parent.exists()
    start(Sent("b.png", make_png(seed=2)))
    assert len(list((runtime.settings.data_dir / "incoming").iterdir())) == 2, running.problem


def test_a_full_disk_is_told_and_nothing_is_made(runtime, start, monkeypatch):
    def full(*_args, **_kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "open", full)
    job = start(Sent("a.png", make_png(seed=1)))
    monkeypatch.undo()
    assert "disk may be full" in (job.problem or "")
    assert count(runtime, Deviation) == 0
