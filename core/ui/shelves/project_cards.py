"""Projects as cards: their pictures, how much is in them, and what can be done with each."""

from collections.abc import Sequence

import streamlit as st

from core.clock import utc_now
from core.identity.sessions import SignedIn
from core.runtime import get_runtime
from core.studio.shelves import projects
from core.studio.shelves.covers import covers_of_projects
from core.studio.shelves.models import Project, ProjectStatus
from core.ui.errors import guarded
from core.ui.page import empty_state
from core.ui.shelves import opened
from core.ui.shelves.collection_detail import show_gallery_link
from core.ui.shelves.forms import finish
from core.ui.shelves.opened import Opened, act, while_there
from core.ui.shelves.pictures import show_cover
from core.ui.tables import csv_button, csv_bytes
from core.ui.words import count, plain, shortened

EDIT, CURRENT, LEAVE, FEATURE = "Edit", "Work in it", "Work in none", "Choose its pictures"
ACTIVATE, COMPLETE, ARCHIVE, DELETE = "Make active again", "Complete", "Archive", "Delete …"
_STATES = {"Active": ProjectStatus.ACTIVE, "Completed": ProjectStatus.COMPLETED, "Archived": ProjectStatus.ARCHIVED}
_COLOURS = {ProjectStatus.ACTIVE: "green", ProjectStatus.COMPLETED: "blue", ProjectStatus.ARCHIVED: "gray"}
_MOVES = {ACTIVATE: ProjectStatus.ACTIVE, COMPLETE: ProjectStatus.COMPLETED, ARCHIVE: ProjectStatus.ARCHIVED}
SEARCH_FROM = 12
PER_PAGE = 12


def show_projects(user: SignedIn) -> None:
    """All cards of a state."""
    with get_runtime().database.read() as session:
        rows = projects.list_projects(session, user.actor)
        current = projects.current_project(session, user.actor)
    if not rows:
        empty_state("No project yet", "A project holds what belongs together: its orders and their pictures.",
                    icon=":material/folder_special:")  # fmt: skip
        st.button("New project", type="primary", icon=":material/add:", key="project-first",
                  on_click=opened.open_dialog, args=("project",))  # fmt: skip
        return
    shown = _narrow(rows)
    number = min(int(st.session_state.get("projects-page", 1)), max(-(-len(shown) // PER_PAGE), 1))
    page = shown[(number - 1) * PER_PAGE : number * PER_PAGE]
    with get_runtime().database.read() as session:
        covers = covers_of_projects(session, user.actor, page)
    if not page:
        st.caption("No project is like this.")
    with st.grid("auto", min_column_width=240, gap="small", key="projects"):
        for row in page:
            with st.container(border=True, key=f"shelf-card-{row.id}", gap="xsmall"):
                show_cover(covers.get(row.id, []))
                _show_words(user, row, is_current=current is not None and current.id == row.id)
    if len(shown) > PER_PAGE:
        st.pagination(-(-len(shown) // PER_PAGE), key="projects-page")


def _narrow(rows: Sequence[Project]) -> list[Project]:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        state = st.segmented_control("State", ["All", *_STATES], default="All", key="project-state",
                                     bind="query-params", label_visibility="collapsed", required=True)  # fmt: skip
        wanted = st.text_input(
            "Find", key="project-find", placeholder="Name", label_visibility="collapsed", width=200
        ) if len(rows) >= SEARCH_FROM else ""  # fmt: skip
        st.space("stretch")
        csv_button(lambda: _csv(rows), "atelier-projects", key="projects-csv")
    words = (wanted or "").strip().casefold()
    return [
        row for row in rows if words in row.name.casefold() and (state not in _STATES or row.status is _STATES[state])
    ]


def _show_words(user: SignedIn, row: Project, *, is_current: bool) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        st.markdown(f"**{plain(row.name)}**", width="stretch")
        chosen = st.menu_button("", _entries(row, is_current), icon=":material/more_vert:", type="tertiary",
                                key=f"project-{row.id}", help="Edit, choose, complete, delete")  # fmt: skip
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        st.badge(row.status.value.capitalize(), color=_COLOURS[row.status])  # type: ignore[arg-type]  # one of Streamlit's
        if is_current:
            st.badge("You work in it", color="primary", icon=":material/push_pin:")
    if row.description:
        st.caption(plain(shortened(row.description, 120)))
    st.caption(f"{count(row.product_count, 'picture')} · {count(row.order_count, 'order')}")
    with st.container(horizontal=True, gap="small"):
        show_gallery_link("Gallery", {"project": row.id})
        st.page_link("pages/create/orders.py", label="Orders", icon=":material/list_alt:",
                     query_params={"project": row.id})  # fmt: skip
    if chosen is not None:
        _do(user, row, chosen)


def _entries(row: Project, is_current: bool) -> list[str]:
    if row.status is ProjectStatus.ACTIVE:
        return [EDIT, LEAVE if is_current else CURRENT, FEATURE, COMPLETE, ARCHIVE, DELETE]
    return [EDIT, ACTIVATE, FEATURE, DELETE]


def _do(user: SignedIn, row: Project, chosen: str) -> None:
    now = utc_now()
    if chosen in _MOVES:
        before = row.status
        act(lambda session: projects.set_status(session, user.actor, row.id, _MOVES[chosen], now=now),
            f"“{row.name}” is {_MOVES[chosen].value}.",
            undo=lambda session: projects.set_status(session, user.actor, row.id, before, now=utc_now()))  # fmt: skip
    elif chosen in {CURRENT, LEAVE}:
        wanted = row.id if chosen == CURRENT else None
        said = f"New orders go into “{row.name}”." if wanted else "New orders go into no project."
        act(lambda session: projects.set_current(session, user.actor, wanted, now=now), said)
    else:
        kinds: dict[str, opened.Kind] = {EDIT: "project", FEATURE: "feature", DELETE: "delete-project"}
        opened.open_dialog(kinds[chosen], row.id)
        st.rerun()


def show_deleting(user: SignedIn, dialog: Opened) -> None:
    """Ask what becomes of what is in the project."""
    project_id = dialog.subject_id or ""

    @st.dialog("Delete the project", on_dismiss=opened.close)
    @while_there
    def ask() -> None:
        with get_runtime().database.read() as session:
            row = projects.get_project(session, user.actor, project_id)
        inside = f"{count(row.product_count, 'picture')} and {count(row.order_count, 'order')}"
        st.markdown(f"“{plain(row.name)}” holds {inside}.")
        how = st.radio("What becomes of them", ["They stay, without a project", "They go to the trash with it"],
                       key=f"{dialog.key}-how")  # fmt: skip
        st.caption("From the trash it comes back with what went there together with it.")
        if st.button("Delete the project", type="primary", icon=":material/delete:", key=f"{dialog.key}-delete"):
            with guarded():
                with get_runtime().database.session() as session:
                    projects.delete_project(session, user.actor, row.id, with_contents=str(how).startswith("They go"),
                                            now=utc_now())  # fmt: skip
                finish(f"“{row.name}” is in the trash. Trash brings it back.")

    ask()


def _csv(rows: Sequence[Project]) -> bytes:
    head = ["project", "name", "description", "status", "pictures", "orders", "created_at"]
    lines = [
        [row.id, row.name, row.description or "", row.status.value, row.product_count, row.order_count,
         row.created_at.isoformat(timespec="seconds")]
        for row in rows
    ]  # fmt: skip
    return csv_bytes([["# Atelier projects, all"], head, *lines])
