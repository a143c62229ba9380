"""Where pictures made elsewhere are dropped: which project they go into, how far the import is, what became of each."""

import streamlit as st

from core.identity.sessions import SignedIn
from core.publishing.import_choices import ImportLimits
from core.runtime import get_runtime
from core.studio.products.importing import Outcome, ProductImport
from core.studio.shelves.models import ProjectStatus
from core.studio.shelves.projects import list_projects
from core.ui.content.upload import TYPES
from core.ui.gallery.importing import ProductImportJob
from core.ui.links import screen_link
from core.ui.words import count, plain, shortened

_JOB, _OPEN, _TURN = "gallery.import", "gallery.import.open", "gallery.import.turn"
_LISTED = 50
_NONE = "none"
_WORDS = {
    Outcome.CREATED: "imported",
    Outcome.DUPLICATE: "here already",
    Outcome.REFUSED: "refused",
    Outcome.RETRY: "not imported yet",
}


def toggle_import() -> None:
    """Open the panel, or close it."""
    st.session_state[_OPEN] = not is_import_open()


def open_import() -> None:
    st.session_state[_OPEN] = True


def is_import_open() -> bool:
    return bool(st.session_state.get(_OPEN)) or _job() is not None


def show_import(user: SignedIn) -> None:
    """The panel in the state it is in: choosing, importing, done."""
    job = _job()
    with st.container(border=True, key="gallery-import", gap="small"):
        if job is None:
            _show_choosing(user)
        elif job.is_running:
            st.fragment(_show_progress, run_every=0.5)(job)
        else:
            _show_outcome(job)


def _show_choosing(user: SignedIn) -> None:
    runtime = get_runtime()
    turn = st.session_state.get(_TURN, 0)
    dropped = st.file_uploader(
        f"Drop pictures, films or a zip of them, up to {runtime.settings.max_file_mb} MB each. What ComfyUI and "
        "Automatic1111 write into their files is read: prompt, model, seed, steps.",
        type=[*TYPES, "zip"],
        accept_multiple_files=True,
        key=f"gallery-files-{turn}",
    )
    with runtime.database.read() as session:
        found = list_projects(session, user.actor, status=ProjectStatus.ACTIVE)
        names = {_NONE: "No project"} | {row.id: row.name for row in found}
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        project = st.selectbox(
            "Project", list(names), format_func=lambda one: names[one], key="gallery-import-project", width=240
        )
        again = st.checkbox("Also pictures that are here already", key="gallery-import-again")
        st.space("stretch")
        label = f"Import {len(dropped)} files" if len(dropped) > 1 else "Import"
        if st.button(label, type="primary", icon=":material/upload:", disabled=not dropped, key="gallery-import-go"):
            choices = ProductImport(
                None if project == _NONE else project, again, ImportLimits.of(runtime.settings).probe
            )
            st.session_state[_JOB] = ProductImportJob(runtime, user.actor, dropped, choices)
            st.session_state[_TURN] = turn + 1  # the browser lets go of the files
            st.rerun()


def _show_progress(job: ProductImportJob) -> None:
    if not job.is_running:
        st.rerun()
    st.progress(job.share, text=_how_far(job))
    st.caption("You can go on working. It continues by itself.")


def _how_far(job: ProductImportJob) -> str:
    name = f" · {plain(shortened(job.latest, 40))}" if job.latest else ""
    return f"{job.done:,} of {count(job.total, 'file')} done{name}"


def _show_outcome(job: ProductImportJob) -> None:
    parts = [f"**{job.count(outcome):,}** {word}" for outcome, word in _WORDS.items() if job.count(outcome)]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f":material/task_alt: {', '.join(parts) or 'Nothing was imported'}.", width="stretch")
        if st.button("Import more", icon=":material/upload:", key="gallery-import-more"):
            _put_away(stay=True)
        if st.button("", icon=":material/close:", type="tertiary", key="gallery-import-close", help="Close"):
            _put_away(stay=False)
    if job.problem:
        st.warning(plain(job.problem))
    told = [result for result in job.results if result.outcome is not Outcome.CREATED]
    for result in told[:_LISTED]:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f":gray[{plain(result.reason or result.name)}]", width="stretch")
            if result.product_id:
                screen_link("Open it", f"product?id={result.product_id}")
    if len(told) > _LISTED:
        st.caption(f"… and {count(len(told) - _LISTED, 'more file')}.")


def _put_away(*, stay: bool) -> None:
    st.session_state.pop(_JOB, None)
    st.session_state[_OPEN] = stay
    st.rerun()


def _job() -> ProductImportJob | None:
    found: ProductImportJob | None = st.session_state.get(_JOB)
    return found
