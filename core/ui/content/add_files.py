"""Adding files to a post that is there already."""

import tempfile
from pathlib import Path

import streamlit as st

from core.clock import utc_now
from core.identity.sessions import SignedIn
from core.media.imports import IncomingFile
from core.publishing.imports import ImportLimits, ImportOutcome, ImportReport, attach_files
from core.runtime import get_runtime
from core.ui.content import drawer_form
from core.ui.content.upload import TYPES
from core.ui.desk import next_number
from core.ui.errors import guarded
from core.ui.words import plain

_REPORT = "content.added"


def show_adding(user: SignedIn, deviation_id: str) -> None:
    """Drop files onto the post; says of each that was not added, why."""
    key = f"add-{deviation_id}-{st.session_state.get('content.added.turn', 0)}"
    anyway = f"{key}-anyway"
    dropped = st.file_uploader("Add files", type=TYPES, accept_multiple_files=True, key=key)
    if dropped:
        allowed = st.checkbox("Also those that other posts show already", key=anyway)
        noun = "1 file" if len(dropped) == 1 else f"{len(dropped)} files"
        if st.button(f"Add {noun}", key=f"{key}-go", icon=":material/add:"):
            with guarded():
                report = _add(user, deviation_id, dropped, allowed)
                st.session_state[_REPORT] = (deviation_id, report)
                st.session_state["content.added.turn"] = next_number()
                drawer_form.unpin(deviation_id)
                st.rerun(scope="fragment")
    _show_report(deviation_id)


def _add(user: SignedIn, deviation_id: str, dropped: list[st.runtime.uploaded_file_manager.UploadedFile],
         allowed: bool) -> ImportReport:  # fmt: skip
    runtime = get_runtime()
    bar = st.progress(0.0, text="Adding…")

    def show_progress(done: int, total: int, name: str) -> None:
        bar.progress(done / total, text=f"Adding {done} of {total} {plain(name)}")

    with tempfile.TemporaryDirectory(prefix="atelier-add-") as folder:
        files = []
        for place, upload in enumerate(dropped):
            path = Path(folder) / str(place)
            path.write_bytes(upload.getbuffer())
            files.append(IncomingFile(upload.name, path))
        return attach_files(
            runtime.database, runtime.store, user.actor, deviation_id, files,
            allow_duplicates=allowed, limits=ImportLimits.of(runtime.settings), now=utc_now(),
            lease_seconds=runtime.settings.lease_seconds,
            progress=show_progress,
        )  # fmt: skip


def _show_report(deviation_id: str) -> None:
    owner, report = st.session_state.get(_REPORT, (None, None))
    if owner != deviation_id or report is None:
        return
    for result in report.results:
        if result.outcome is not ImportOutcome.CREATED:
            shown = f" It is in “{result.duplicate_of.title}” already." if result.duplicate_of else ""
            st.caption(f":orange[:material/info: {plain((result.reason or result.name) + shown)}]")
