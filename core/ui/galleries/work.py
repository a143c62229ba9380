"""Changes of folders at the site, made in a thread of their own: each keeps the account's pace, so several take a
while, and the person can go on meanwhile."""

import threading
from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st
import structlog

from core.errors import AtelierError
from core.publishing.asking import Line
from core.publishing.gallery_changes import Progress
from core.publishing.reports import BatchReport
from core.runtime import get_runtime
from core.ui.said import Said
from core.ui.words import count, plain

SAID = Said("galleries")
# The account's posts go first, and the site may ask for a slower pace.
PATIENCE_SECONDS = 45.0
_JOB = "galleries.work"
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it, in a sentence, and what did not come of it."""

    sentence: str
    notes: tuple[str, ...] = ()
    undo: Callable[[], object] | None = None


Run = Callable[[Progress], Outcome]


class FolderWork:
    """One change under way; ``label`` says what is being done."""

    def __init__(self, label: str, run: Run) -> None:
        self.label = label
        self.done = 0
        self.total = 0
        self.outcome: Outcome | None = None
        self.problem: Exception | None = None
        self._thread = threading.Thread(target=self._run, args=(run,), name="galleries", daemon=True)
        self._thread.start()

    @property
    def is_running(self) -> bool:
        return self._thread.is_alive()

    def wait(self, seconds: float | None = None) -> None:
        self._thread.join(seconds)

    def _run(self, run: Run) -> None:
        try:
            self.outcome = run(self._progress)
        except AtelierError as error:
            self.problem = error
        except Exception as error:  # an edge: the thread has nobody above it
            log.exception("A change of gallery folders ended early.")
            self.problem = error

    def _progress(self, done: int, total: int, _name: str) -> None:
        self.done, self.total = done, total


def line() -> Line:
    """What calls go through, with more patience than a screen that waits for its first picture."""
    runtime = get_runtime()
    return Line(runtime.database, runtime.sites, runtime.settings.call_gap_seconds, PATIENCE_SECONDS)


def start(label: str, run: Run) -> None:
    """Do it; shown on the next run. One at a time."""
    if not is_working():
        SAID.forget()
        st.session_state[_JOB] = FolderWork(label, run)


def is_working() -> bool:
    job = current()
    return job is not None and job.is_running


def current() -> FolderWork | None:
    found: FolderWork | None = st.session_state.get(_JOB)
    return found


def show() -> None:
    """How far the change is, or what came of it."""
    job = current()
    if job is not None and job.is_running:
        with st.container(border=True, key="galleries-work"):
            st.fragment(_show_progress, run_every=0.4)(job)
    elif job is not None:
        _finish(job)
        st.rerun()  # what is shown below was read while it was still under way
    SAID.show()


def report_of(report: BatchReport, noun: str, done: str, *, nothing: str) -> Outcome:
    """A batch as a sentence: ``3 posts were put into Foxes.`` Each refusal is told once."""
    changed = len(report.changed)
    sentence = f"{count(changed, noun)} {'was' if changed == 1 else 'were'} {done}." if changed else nothing
    told = (_told(item.title, item.reason or "") for item in report.skipped)
    return Outcome(sentence, tuple(dict.fromkeys(told)))


def _told(title: str | None, reason: str) -> str:
    return reason if not title or title in reason else f"“{title}”: {reason}"


def _show_progress(job: FolderWork) -> None:
    if not job.is_running:
        st.rerun()
    share = min(job.done / job.total, 1.0) if job.total else 0.0
    st.progress(share, text=f"{plain(job.label)} Keeping the account's pace; you can go on working.")


def _finish(job: FolderWork) -> None:
    st.session_state.pop(_JOB, None)
    if job.outcome is not None:
        SAID.leave(job.outcome.sentence, notes=job.outcome.notes, undo=job.outcome.undo)
    elif job.problem is not None:
        SAID.refuse(job.problem)
