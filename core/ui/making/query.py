"""The span and project that are looked at; they live in the address."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import streamlit as st

from core.studio.analytics.scope import Scope
from core.studio.shelves.models import Project

SPANS: dict[str, timedelta | None] = {
    "7 days": timedelta(days=7),
    "30 days": timedelta(days=30),
    "90 days": timedelta(days=90),
    "All": None,
}
BEGINNING = timedelta(days=3650)


@dataclass(frozen=True, slots=True)
class Chosen:
    """What was chosen, in words and as a scope."""

    span: str
    project: Project | None
    scope: Scope
    since: datetime
    until: datetime

    @property
    def filters(self) -> str:
        """As an export states it."""
        return f"span {self.span}, project {self.project.name if self.project else 'all'}"


def ask(projects: Sequence[Project], now: datetime) -> Chosen:
    """The filters above the screen."""
    by_id = {one.id: one for one in projects}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        span = st.segmented_control(
            "Span", list(SPANS), default="30 days", key="making-span", bind="query-params", label_visibility="collapsed"
        )
        project_id = st.selectbox(
            "Project", [None, *by_id], format_func=lambda one: "All projects" if one is None else by_id[one].name,
            key="making-project", bind="query-params", label_visibility="collapsed", width=220,
        )  # fmt: skip
    length = SPANS[span or "30 days"]
    since = now - (length or BEGINNING)
    project = by_id.get(project_id or "")
    scope = Scope(since=since if length else None, project_id=project.id if project else None)
    return Chosen(span or "30 days", project, scope, since, now)
