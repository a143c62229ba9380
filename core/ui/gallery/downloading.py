"""Downloading pictures: an archive is written in a thread of its own, then fetched by a link; or a table alone."""

import threading
from collections.abc import Sequence
from pathlib import Path

import streamlit as st
import structlog

from core.errors import AtelierError
from core.identity.sessions import SignedIn
from core.runtime import Runtime, get_runtime
from core.studio.products import archives
from core.studio.products.exporting import HEADER, Exported, list_exported, write_archive
from core.system.actors import Actor
from core.ui.content.thumbs import size_text
from core.ui.errors import guarded
from core.ui.gallery import dialogs
from core.ui.gallery.dialogs import Dialog
from core.ui.tables import csv_button, csv_bytes
from core.ui.words import count, plain

log = structlog.get_logger(__name__)
_JOB = "gallery.archive"


class ArchiveJob:
    """Writes one archive; ``name`` is what it is fetched by once ``is_finished``."""

    def __init__(self, runtime: Runtime, actor: Actor, pictures: Sequence[Exported], table: bytes) -> None:
        self.total, self.done = len(pictures), 0
        self.missing: list[str] = []
        self.problem: str | None = None
        self.is_finished = False
        self.is_cancelled = False
        self.name, self._part = archives.new_archive(runtime.settings.data_dir, actor.user_id)
        self._thread = threading.Thread(target=self._run, args=(runtime, pictures, table), name="archive", daemon=True)
        self._thread.start()

    @property
    def is_running(self) -> bool:
        return self._thread.is_alive()

    @property
    def share(self) -> float:
        return self.done / self.total if self.total else 1.0

    def wait(self, seconds: float | None = None) -> None:
        self._thread.join(seconds)

    def cancel(self) -> None:
        self.is_cancelled = True

    def _run(self, runtime: Runtime, pictures: Sequence[Exported], table: bytes) -> None:
        try:
            self.missing = write_archive(runtime.store, self._part, pictures, table, progress=self._progress)
            if self.is_cancelled:
                self._part.unlink(missing_ok=True)
                return
            archives.finish(self._part)
            self.is_finished = True
        except (AtelierError, OSError) as error:
            self._give_up(self._part, str(error) if isinstance(error, AtelierError) else "The disk may be full.")
            log.warning("An archive could not be written.", error=str(error))
        except Exception:  # an edge: the thread has nobody above it
            self._give_up(self._part, "The log has the reason.")
            log.exception("An archive could not be written.")

    def _give_up(self, part: Path, why: str) -> None:
        part.unlink(missing_ok=True)
        self.problem = f"The archive could not be written. {why}"

    def _progress(self, done: int) -> bool:
        self.done = done
        return not self.is_cancelled


def show_download(user: SignedIn, dialog: Dialog) -> None:
    """Draw the dialog for ``dialog.ids``."""
    draw = st.dialog(f"Download {count(len(dialog.ids), 'picture')}", icon=":material/download:", on_dismiss=_close)
    draw(_show)(user, dialog)


def _show(user: SignedIn, dialog: Dialog) -> None:
    job: ArchiveJob | None = st.session_state.get(_JOB)
    if job is None:
        _show_choice(user, dialog)
    elif job.is_running:
        st.fragment(_show_progress, run_every=0.5)(job)
    else:
        _show_outcome(job)


def _show_choice(user: SignedIn, dialog: Dialog) -> None:
    with get_runtime().database.read() as session:
        pictures = list_exported(session, user.actor, dialog.ids)
    size = size_text(sum(picture.size_bytes for picture in pictures))
    st.markdown(
        f"A zip with {count(len(pictures), 'file')} of about {size}, and a table that says how each was made and "
        "what it cost."
    )
    with st.container(horizontal=True, horizontal_alignment="right"):
        csv_button(lambda: _table(pictures), "pictures", key=f"gallery-csv-{dialog.number}", label="Table alone")
        if st.button("Make the zip", type="primary", disabled=not pictures, key=f"gallery-zip-{dialog.number}"):
            with guarded():
                st.session_state[_JOB] = ArchiveJob(get_runtime(), user.actor, pictures, _table(pictures))
                st.rerun()


def _table(pictures: Sequence[Exported]) -> bytes:
    return csv_bytes([HEADER, *(picture.line for picture in pictures)])


def _show_progress(job: ArchiveJob) -> None:
    if not job.is_running:
        st.rerun()
    st.progress(job.share, text=f"Packing {job.done} of {job.total}")


def _show_outcome(job: ArchiveJob) -> None:
    if job.problem or not job.is_finished:
        st.error(plain(job.problem or "It was cancelled."))
        return
    if job.missing:
        st.warning(f"{count(len(job.missing), 'file')} could not be found in the store and was left out.")
    st.markdown(":material/task_alt: The zip is ready. It can be fetched for a day.")
    st.link_button("Download the zip", f"/gallery/archives/{job.name}", type="primary", icon=":material/download:")


def _close() -> None:
    job: ArchiveJob | None = st.session_state.pop(_JOB, None)
    if job is not None and job.is_running:
        job.cancel()
    dialogs.close()
