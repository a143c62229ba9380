"""Collections and projects in the trash, to be brought back."""

from datetime import datetime

import streamlit as st

from core.clock import utc_now
from core.identity.sessions import SignedIn
from core.runtime import get_runtime
from core.studio.shelves import collections, projects
from core.ui.desk import Change
from core.ui.shelves.opened import act
from core.ui.times import moment
from core.ui.words import plain

SHOWN = 100


def show_trash(user: SignedIn, now: datetime) -> None:
    """The latest first."""
    with get_runtime().database.read() as session:
        binned = projects.list_trashed_projects(session, user.actor)[:SHOWN]
        gone = collections.list_trashed_collections(session, user.actor)[:SHOWN]
    if not binned and not gone:
        st.caption("The trash is empty.")
        return
    days = get_runtime().settings.trash_days
    st.caption(
        f"What has been here for {days} days is gone for good. Pictures have a trash of their own in the gallery."
    )
    for project in binned:
        _show(user, project.id, project.name, "Project", project.deleted_at, now, _restoring_project(user, project.id))
    for row in gone:
        kind = "Collection" if row.rule is None else "Smart collection"
        _show(user, row.id, row.name, kind, row.deleted_at, now, _restoring_collection(user, row.id))


def _show(
    user: SignedIn, key: str, name: str, kind: str, deleted_at: datetime | None, now: datetime, restore: Change
) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center", gap="small"):
        with st.container(gap="xxsmall"):
            st.markdown(f"**{plain(name)}**")
            st.caption(f"{kind} · {moment(deleted_at or now, user.timezone, now=now)}")
        if st.button("Restore", key=f"restore-{key}", icon=":material/restore:"):
            act(restore, f"“{name}” is back.")


def _restoring_project(user: SignedIn, project_id: str) -> Change:
    return lambda session: projects.restore_project(session, user.actor, project_id, now=utc_now())


def _restoring_collection(user: SignedIn, collection_id: str) -> Change:
    return lambda session: collections.restore_collection(session, user.actor, collection_id, now=utc_now())
