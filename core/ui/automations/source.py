"""Which drafts an automation may take, and which of them first; with how many there are right now."""

from typing import Any

import streamlit as st

from core.errors import AtelierError
from core.identity.sessions import SignedIn
from core.publishing.automations import overview
from core.publishing.automations.errors import AutomationRefused
from core.publishing.automations.models import SelectionMethod
from core.publishing.automations.overview import COUNTED_AT_MOST
from core.publishing.automations.sources import SourceFilter, read_filter
from core.runtime import get_runtime
from core.ui.automations.drafting import Draft
from core.ui.automations.folders import folders_field
from core.ui.automations.reading import read_matching
from core.ui.content.fields import tags_field
from core.ui.content.thumbs import cover_url
from core.ui.words import count, plain

_FIRST = 8
_ORDERS = {
    SelectionMethod.FIFO: ("The oldest first", "In the order in which they came."),
    SelectionMethod.LIFO: ("The newest first", "What came last goes out next; older ones wait."),
    SelectionMethod.RANDOM: ("In a shuffled order", "Each draft waits equally long on average, and none for ever."),
}
_MATURE = {"any": "Any", "only": "Only mature", "none": "No mature"}
_LOOKALIKES = {"allow": "Take it", "warn": "Take it, and tell me", "pass_over": "Pass it over"}
_RATINGS = ["any", "1", "2", "3", "4", "5"]


def show_source(user: SignedIn, draft: Draft) -> None:
    """The filter, the order, and what they come to."""
    st.caption("It takes drafts that have a file and no time yet. What you leave empty lets all of them through.")
    values = _filter_fields(user, draft)
    method = st.radio(
        "Which first",
        list(_ORDERS),
        index=list(_ORDERS).index(draft.shown.form.draft_selection_method),
        format_func=lambda one: _ORDERS[one][0],
        captions=[caption for _, caption in _ORDERS.values()],
        key=draft.key("method"),
    )
    draft.put(source_filter=stored_filter(values), draft_selection_method=SelectionMethod(method))
    _show_matching(user, draft)


def stored_filter(values: dict[str, Any]) -> dict[str, Any]:
    """The filter as it is stored; as it was typed when it cannot be used, so that saving says why."""
    try:
        return read_filter(values).model_dump(mode="json", exclude_defaults=True)
    except AutomationRefused:
        return values


def _filter_fields(user: SignedIn, draft: Draft) -> dict[str, Any]:
    shown = _shown(draft)
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        with st.container(width="stretch"):
            tags = tags_field(draft.key("tags"), shown.tags, label="With these tags", preview=False)
        match = st.segmented_control(
            "How many of them", ["any", "all"], default=shown.tags_match, key=draft.key("match"), required=True,
            format_func=lambda one: {"any": "At least one", "all": "All"}[one],
        )  # fmt: skip
    excluded = tags_field(draft.key("excluded"), shown.excluded_tags, label="Without any of these tags", preview=False)
    with get_runtime().database.read() as session:
        projects = overview.list_projects(session, user.actor)
        account_id = overview.posting_account_id(session, user.actor, draft.form)
    chosen = st.multiselect(
        "Of these projects", list(dict.fromkeys([*projects, *shown.projects])), default=shown.projects,
        key=draft.key("projects"), placeholder="All projects" if projects else "No post belongs to a project yet",
    )  # fmt: skip
    galleries = folders_field("Meant for these galleries", draft.key("galleries"), user, account_id, shown.gallery_ids)
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        lowest = _rating("Rated at least", draft.key("lowest"), shown.min_rating)
        highest = _rating("Rated at most", draft.key("highest"), shown.max_rating)
        mature = st.segmented_control(
            "Mature content", list(_MATURE), default=shown.mature, format_func=lambda one: _MATURE[one],
            key=draft.key("mature"), required=True,
        )  # fmt: skip
    lookalikes = st.segmented_control(
        "A draft that looks like something that is out or planned", list(_LOOKALIKES), default=shown.lookalikes,
        format_func=lambda one: _LOOKALIKES[one], key=draft.key("lookalikes"), required=True,
    )  # fmt: skip
    return {
        "tags": tags,
        "tags_match": match or "any",
        "excluded_tags": excluded,
        "gallery_ids": galleries,
        "projects": chosen,
        "min_rating": lowest,
        "max_rating": highest,
        "mature": mature or "any",
        "lookalikes": lookalikes or "warn",
    }


def _shown(draft: Draft) -> SourceFilter:
    try:
        return read_filter(draft.shown.form.source_filter)
    except AutomationRefused as error:
        st.markdown(f":orange[:material/edit_note: {plain(str(error))}]")
        return SourceFilter()


def _rating(label: str, key: str, value: int | None) -> int | None:
    chosen = st.selectbox(
        label, _RATINGS, index=value or 0, key=key, width=150,
        format_func=lambda one: "Any" if one == "any" else f"{one} of 5",
    )  # fmt: skip
    return None if chosen == "any" else int(chosen)


def _show_matching(user: SignedIn, draft: Draft) -> None:
    with st.container(border=True, key="automation-matching"):
        try:
            number, views = read_matching(user, draft, limit=_FIRST)
        except AtelierError as error:
            st.markdown(f":orange[:material/edit_note: {plain(str(error))}]")
            return
        if number == 0:
            st.markdown(":orange[:material/inventory_2: No draft matches right now.]")
            return
        words = f"{COUNTED_AT_MOST:,} drafts or more match" if number >= COUNTED_AT_MOST else _matches(number)
        st.markdown(f"**{words}** right now.")
        covers = "".join(f'<img loading="lazy" alt="" src="{url}">' for url in map(cover_url, views) if url is not None)
        more = f"<span>and {number - len(views):,} more</span>" if number > len(views) else ""
        st.html(f'<div class="atl-covers" style="align-items: center">{covers}{more}</div>')


def _matches(number: int) -> str:
    return f"{count(number, 'draft')} {'matches' if number == 1 else 'match'}"
