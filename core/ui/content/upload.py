"""Where files are dropped: what is to become of them, how far the import is, what became of each."""

import streamlit as st

from core.identity.sessions import SignedIn
from core.publishing.changes import read_changes
from core.publishing.imports import ImportChoices, ImportMode, ImportOutcome, ImportResult
from core.runtime import get_runtime
from core.ui.content import dialogs, pool_fields
from core.ui.content.importing import ImportJob
from core.ui.errors import guarded
from core.ui.templates import picker
from core.ui.words import plain

TYPES = ["jpg", "jpeg", "png", "gif", "webp", "mp4", "webm", "mov"]
_JOB = "content.import"
_OPEN = "content.upload"
_TURN = "content.upload.turn"
_LISTED = 30
_MODES = {ImportMode.ONE_PER_FILE: "One deviation per file", ImportMode.ALL_IN_ONE: "One deviation for all files"}
_AI: dict[str, tuple[str, bool | None]] = {
    "file": ("As the file says", None),
    "yes": ("Yes", True),
    "no": ("No", False),
}


def toggle_upload() -> None:
    """Open the panel, or close it."""
    st.session_state[_OPEN] = not is_upload_open()


def is_upload_open() -> bool:
    return bool(st.session_state.get(_OPEN)) or _job() is not None


def show_upload(user: SignedIn) -> None:
    """The panel in the state it is in: choosing, importing, done."""
    job = _job()
    with st.container(border=True, key="upload-panel", gap="small"):
        if job is None:
            show_choosing(user)
        elif job.is_running:
            st.fragment(_show_progress, run_every=0.5)(job)
        else:
            _show_outcome(job)


def show_choosing(user: SignedIn) -> None:
    """Drop files, choose what becomes of them, start."""
    limit = get_runtime().settings.max_file_mb
    turn = st.session_state.get(_TURN, 0)
    dropped = st.file_uploader(
        f"Drop pictures and films here: JPEG, PNG, GIF, WebP, MP4, WebM or MOV, up to {limit} MB each",
        type=TYPES,
        accept_multiple_files=True,
        max_upload_size=limit,
        key=f"upload-files-{turn}",
    )
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        mode = st.segmented_control(
            "What they become", list(_MODES), default=ImportMode.ONE_PER_FILE, required=True,
            format_func=lambda one: _MODES[one], key="upload-mode",
        )  # fmt: skip
        made = st.selectbox(
            "Made with AI",
            list(_AI), format_func=lambda one: _AI[one][0], key="upload-ai", width=180,
            help="“As the file says”: yes where the file names the prompt or model it was made with.",
        )  # fmt: skip
        tags, description = picker.upload_fields(user, "upload")
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        values = pool_fields.project_field("upload", user, {}, width=220)
        values |= pool_fields.preset_field("upload", user, {}, width=220)
        values |= pool_fields.rating_field("upload", {})
        st.space("stretch")
        label = f"Import {len(dropped)} files" if len(dropped) > 1 else "Import"
        if st.button(label, type="primary", icon=":material/upload:", disabled=not dropped, key="upload-go"):
            with guarded():
                values |= {"tags": tags or None}
                fields = read_changes({name: value for name, value in values.items() if value is not None})
                choices = ImportChoices(
                    mode or ImportMode.ONE_PER_FILE, fields=fields, ai_generated=_AI[made][1], description=description
                )
                st.session_state[_JOB] = ImportJob(get_runtime(), user.actor, dropped, choices)
                st.session_state[_TURN] = turn + 1  # the browser lets go of the files
                st.rerun()


def _show_progress(job: ImportJob) -> None:
    if not job.is_running:
        st.rerun()
    st.progress(job.share, text=f"Importing {job.done} of {job.total} {plain(job.latest)}")
    st.caption("You can go on working. It continues by itself.")


def _show_outcome(job: ImportJob) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(_summary(job), width="stretch")
        created = job.created_ids
        if created and st.button("Edit the new drafts", icon=":material/edit:", key="upload-edit"):
            _edit(created)
        if st.button("Upload more", icon=":material/upload:", key="upload-more"):
            _put_away(job, stay=True)
        if st.button("", icon=":material/close:", type="tertiary", key="upload-close", help="Close"):
            _put_away(job, stay=False)
    if job.problem:
        st.warning(plain(job.problem))
    _show_again(job)
    for place in [*job.indices(ImportOutcome.RETRY), *job.indices(ImportOutcome.DUPLICATE)][:_LISTED]:
        _show_result(job, place, job.results[place])
    refused = [job.results[place] for place in job.indices(ImportOutcome.REFUSED)]
    told = [result.reason or result.name for result in refused]
    told += [warning for result in job.results for warning in result.warnings]
    if told:
        st.markdown("\n".join(f"- {plain(text)}" for text in told))


def _edit(created: list[str]) -> None:
    if len(created) == 1:
        dialogs.open_post(created[0])
    else:
        dialogs.open_dialog("bulk", tuple(created))
    st.rerun()


def _summary(job: ImportJob) -> str:
    words = {
        ImportOutcome.CREATED: "imported",
        ImportOutcome.DUPLICATE: "here already",
        ImportOutcome.REFUSED: "refused",
        ImportOutcome.RETRY: "not imported yet",
    }
    parts = [f"**{len(job.indices(outcome))}** {word}" for outcome, word in words.items() if job.indices(outcome)]
    return ":material/task_alt: " + (", ".join(parts) or "Nothing was imported") + "."


def _show_again(job: ImportJob) -> None:
    later, known = job.indices(ImportOutcome.RETRY), job.indices(ImportOutcome.DUPLICATE)
    with st.container(horizontal=True, gap="small"):
        if len(later) > 1 and st.button(f"Retry all {len(later)}", icon=":material/replay:", key="upload-retry-all"):
            _again(job, later, allow_duplicates=False)
        if len(known) > 1 and st.button(f"Import all {len(known)} anyway", key="upload-anyway-all"):
            _again(job, known, allow_duplicates=True)


def _show_result(job: ImportJob, place: int, result: ImportResult) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if result.outcome is ImportOutcome.RETRY:
            st.markdown(f":material/sync_problem: {plain(result.reason or result.name)}", width="stretch")
            if st.button("Retry", icon=":material/replay:", key=f"upload-retry-{place}"):
                _again(job, [place], allow_duplicates=False)
            return
        shown = result.duplicate_of
        where = f"is already in “{plain(shown.title)}” ({shown.status.value})." if shown else plain(result.reason or "")
        st.markdown(f":material/content_copy: **{plain(result.name)}** {where}", width="stretch")
        if shown and st.button("Open it", key=f"upload-open-{place}", type="tertiary"):
            dialogs.open_post(shown.deviation_id)
            st.rerun()
        if st.button("Import anyway", key=f"upload-anyway-{place}"):
            _again(job, [place], allow_duplicates=True)


def _again(job: ImportJob, places: list[int], *, allow_duplicates: bool) -> None:
    job.again(places, allow_duplicates=allow_duplicates)
    st.rerun()


def _put_away(job: ImportJob, *, stay: bool) -> None:
    job.close()
    st.session_state.pop(_JOB, None)
    st.session_state[_OPEN] = stay
    st.rerun()


def _job() -> ImportJob | None:
    found: ImportJob | None = st.session_state.get(_JOB)
    return found
