"""The project that is worked in: chosen here, kept for the next visit."""

from collections.abc import Sequence

import streamlit as st

from core.clock import utc_now
from core.identity.sessions import SignedIn
from core.runtime import Runtime
from core.studio.shelves import projects
from core.studio.shelves.models import Project
from core.ui.errors import guarded
from core.ui.generate.fields import WIDTH


def choose_project(runtime: Runtime, user: SignedIn, current: Project | None, active: Sequence[Project]) -> str | None:
    """The project new orders go into; choosing makes it the current one everywhere."""
    names = {one.id: one.name for one in active}
    ids = ["", *names]
    at = ids.index(current.id) if current is not None and current.id in names else 0
    picked = st.selectbox(
        "Project", ids, index=at, format_func=lambda one: names.get(one, "None"),
        key=f"generate-project-{current.id if current else 'none'}", width=WIDTH,
        help="New pictures go into it. Make projects under Collections.",
    )  # fmt: skip
    chosen = picked or None
    if chosen != (current.id if current else None):
        with guarded():
            with runtime.database.session() as session:
                projects.set_current(session, user.actor, chosen, now=utc_now())
            st.rerun()
    return chosen
