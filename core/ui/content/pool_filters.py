"""Filters by what a post is chosen and sold by: rating, project, price preset."""

import streamlit as st

from core.identity.sessions import SignedIn
from core.publishing import pool_fields
from core.runtime import get_runtime
from core.ui.content.pool_fields import preset_name, stars
from core.ui.content.query import Query, bound, writer

# Empty, for a project may be called anything.
_ANY = ""
_RATINGS = {_ANY: "Any"} | {
    str(number): f"{stars(number)}{' and more' if number < 5 else ''}" for number in range(1, 6)
}


def show_pool_filters(user: SignedIn, query: Query) -> None:
    """Drawn among the other filters; projects and presets only where there are any, or one is asked for."""
    with get_runtime().database.read() as session:
        projects = pool_fields.list_projects(session, user.actor)
        presets = pool_fields.list_presets(
            session, user.actor, also=[query.sale_preset_id] if query.sale_preset_id else []
        )
    st.selectbox(
        "Rating",
        list(_RATINGS),
        format_func=lambda one: _RATINGS[one],
        key=bound("rating", str(query.rating_from or "")),
        on_change=writer("rating"),
    )
    if projects or query.project:
        _choose("Project", "project", query.project, {one: one for one in [*projects, query.project] if one})
    if presets or query.sale_preset_id:
        _choose("Sold at", "price", query.sale_preset_id, {one.id: preset_name(one) for one in presets})


def _choose(label: str, name: str, value: str | None, names: dict[str, str]) -> None:
    choices = {_ANY: "Any"} | names
    st.selectbox(
        label,
        list(choices),
        format_func=lambda one: choices[one],
        key=bound(name, value if value in choices else _ANY),
        on_change=writer(name),
    )
