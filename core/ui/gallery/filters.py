"""Lists, search, filters and order of the gallery: all of it lives in the address."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from urllib.parse import quote

import streamlit as st

from core.identity.sessions import SignedIn
from core.publishing.zones import zone_named
from core.studio.products.listing import Order
from core.studio.products.models import ProductSource, ProductType
from core.ui.gallery import query as address
from core.ui.gallery.query import Query, View, bound, writer
from core.ui.gallery.shown import Choices
from core.ui.links import screen_link
from core.ui.page import local

_VIEWS = {
    View.ALL: "All",
    View.UNSORTED: "Unsorted",
    View.LIKED: "Liked",
    View.REJECTED: "Rejected",
    View.TRASH: "Trash",
}
_ORDERS: Mapping[Order, str] = {
    Order.NEWEST: "Newest first",
    Order.OLDEST: "Oldest first",
    Order.RATING: "Best rated first",
    Order.COST: "Dearest first",
    Order.SIZE: "Largest files first",
}
_ANY = "any"
_NONE = "none"


def show_views(query: Query) -> None:
    """The lists of the gallery."""
    with st.container(horizontal=True, gap=None, key="gallery-views"):
        for view, label in _VIEWS.items():
            state = "here" if view is query.view else "there"
            with st.container(width="content", key=f"gallery-view-{state}-{view}"):
                st.button(label, type="tertiary", key=f"gallery-view-{view}", on_click=address.show_view, args=(view,))


STYLES = """
.st-key-gallery-views { border-bottom: 1px solid color-mix(in srgb, currentColor 14%, transparent); gap: 0 1.4rem; }
[class*="st-key-gallery-view-"] button { padding: .35rem .1rem .55rem; border-radius: 0; }
[class*="st-key-gallery-view-here"] { box-shadow: inset 0 -2px 0 currentColor; }
[class*="st-key-gallery-view-here"] button p { font-weight: 600; }
.st-key-gallery-notice { background: color-mix(in srgb, #4c7a5f 8%, transparent); }
"""


def show_filters(user: SignedIn, query: Query, choices: Choices) -> None:
    """Search, filters and order in one line."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.text_input(
            "Search",
            key=bound("q", query.narrowing.words),
            on_change=writer("q"),
            type="search",
            placeholder="Search prompts, names, models, notes",
            label_visibility="collapsed",
            live="400ms",
        )
        number = query.narrowings
        with st.popover(f"Filters · {number}" if number else "Filters", icon=":material/tune:"):
            _show_narrowings(user, query, choices)
        st.selectbox(
            "Order",
            list(_ORDERS),
            format_func=lambda order: _ORDERS[order],
            key=bound("sort", query.order),
            on_change=writer("sort", default=Order.NEWEST),
            label_visibility="collapsed",
            width=172,
        )


def _show_narrowings(user: SignedIn, query: Query, choices: Choices) -> None:
    wanted = query.narrowing
    left, right = st.columns(2)
    with left:
        _show_project(query, choices)
        _choice("Collection", "collection", wanted.collection_id, choices.collections)
        _choice("Tag", "tag", wanted.tag_id, choices.tags)
        _choice("Model", "model", wanted.model, {one: one for one in choices.models})
        _choice("Provider", "provider", wanted.provider, {one: one for one in choices.providers})
    with right:
        stars = {str(number): "★" * number + ("" if number == 5 else " and more") for number in range(5, 0, -1)}
        _choice("Stars", "rating", str(wanted.rating_from) if wanted.rating_from else None, stars)
        _choice(
            "Came", "source", wanted.source, {ProductSource.GENERATED: "Generated", ProductSource.IMPORTED: "Imported"}
        )
        _choice("Kind", "type", wanted.type, {ProductType.IMAGE: "Pictures", ProductType.VIDEO: "Films"})
        _yes_no("In a draft or post", "drafted", wanted.drafted)
        _yes_no("Without stars", "unrated", wanted.unrated or None, only_yes=True)
    _show_days(user, query)
    _show_costs(query)
    if query.is_narrowed:
        st.button("Clear all filters", on_click=address.clear_filters, type="tertiary", key="gallery-clear")
        rule = quote(json.dumps(query.wanted.to_json()))
        screen_link("Keep as a smart collection", f"collections?rule={rule}", icon=":material/auto_awesome_motion:")


def _show_project(query: Query, choices: Choices) -> None:
    names = {_ANY: "Any", _NONE: "In none"} | choices.projects
    now = _NONE if query.narrowing.no_project else query.narrowing.project_id

    def write() -> None:
        writer("project", default=_ANY)()
        st.query_params.pop("no_project", None)
        if st.query_params.get("project") == _NONE:
            st.query_params.pop("project")
            st.query_params["no_project"] = "yes"

    key = bound("project", now if now in names else _ANY)
    st.selectbox("Project", list(names), format_func=lambda one: names[one], key=key, on_change=write)


def _choice(label: str, name: str, value: str | None, names: Mapping[str, str]) -> None:
    # A word for "any", for ``None`` would make these fields ones that can be cleared.
    options = {_ANY: "Any", **names}
    key = bound(name, value if value in options else _ANY)
    st.selectbox(
        label, list(options), format_func=lambda one: options[one], key=key, on_change=writer(name, default=_ANY)
    )


def _yes_no(label: str, name: str, value: bool | None, *, only_yes: bool = False) -> None:
    words = {None: _ANY, True: "yes", False: "no"}
    st.segmented_control(
        label,
        [_ANY, "yes"] if only_yes else [_ANY, "yes", "no"],
        format_func=str.capitalize,
        key=bound(name, words[value]),
        on_change=writer(name, default=_ANY),
        required=True,
    )


def _show_days(user: SignedIn, query: Query) -> None:
    """Days in the person's zone; the address has instants."""
    wanted = query.narrowing
    first = local(wanted.created_from, user.timezone).date() if wanted.created_from else None
    # Before the next midnight: the day that is meant is the one before.
    last = local(wanted.created_before - timedelta(seconds=1), user.timezone).date() if wanted.created_before else None
    with st.container(horizontal=True):
        st.date_input("Made from", value=None, key=bound("from", first), on_change=_day_writer(user, "from", 0))
        st.date_input("Until", value=None, key=bound("before", last), on_change=_day_writer(user, "before", 1))


def _day_writer(user: SignedIn, name: str, later: int) -> Callable[[], None]:
    def write() -> None:
        day: date | None = st.session_state.get(f"gallery-{name}")
        st.query_params.pop(address.AT, None)
        if day is None:
            st.query_params.pop(name, None)
            return
        midnight = datetime.combine(day + timedelta(days=later), time(), tzinfo=zone_named(user.timezone))
        st.query_params[name] = midnight.astimezone(UTC).isoformat()

    return write


def _show_costs(query: Query) -> None:
    wanted = query.narrowing
    with st.container(horizontal=True, vertical_alignment="bottom"):
        for label, name, value in (("Cost from $", "cost_from", wanted.cost_from), ("To $", "cost_to", wanted.cost_to)):
            st.number_input(
                label, min_value=0.0, max_value=9999.0, value=None, step=0.01, format="%.3f", width=130,
                key=bound(name, None if value is None else float(value)), on_change=_cost_writer(name),
            )  # fmt: skip
        st.checkbox(
            "Unknown only", key=bound("cost_unknown", wanted.cost_unknown), on_change=_flag_writer("cost_unknown")
        )


def _cost_writer(name: str) -> Callable[[], None]:
    def write() -> None:
        value: float | None = st.session_state.get(f"gallery-{name}")
        st.query_params.pop(address.AT, None)
        if value is None:
            st.query_params.pop(name, None)
        else:
            st.query_params[name] = format(Decimal(str(value)), "f")

    return write


def _flag_writer(name: str) -> Callable[[], None]:
    def write() -> None:
        st.query_params.pop(address.AT, None)
        if st.session_state.get(f"gallery-{name}"):
            st.query_params[name] = "yes"
        else:
            st.query_params.pop(name, None)

    return write
