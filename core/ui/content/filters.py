"""Views, search, filters, order and layout: all of it lives in the address."""

from collections.abc import Mapping, Sequence

import streamlit as st

from core.identity.models import Account
from core.identity.sessions import SignedIn
from core.publishing.listing import Counts, Order
from core.publishing.models import HoldReason
from core.ui.content import pool_filters
from core.ui.content import query as address
from core.ui.content.query import Layout, Query, View, bound, writer

_ORDERS: Mapping[Order, str] = {
    Order.NEWEST: "Newest first",
    Order.OLDEST: "Oldest first",
    Order.TITLE: "By title",
    Order.NEXT: "Next out first",
    Order.PUBLISHED: "Last published first",
    Order.CHANGED: "Last changed first",
    Order.RATING: "Best rated first",
    Order.PROJECT: "By project",
}
_LAYOUTS = {
    Layout.TABLE: ":material/table_rows: Table",
    Layout.GRID: ":material/grid_view: Grid",
    Layout.EDIT: ":material/edit_note: Edit",
}
_ANY = "any"
_HELD: Mapping[str, str] = {
    _ANY: "Any",
    HoldReason.LATE.value: "Held because late",
    HoldReason.AGREEMENT.value: "Held for an agreement",
}


def show_views(query: Query, counts: Counts) -> None:
    """The lists with how much is in each.

    Buttons, not a segmented control: that one knows its segments by their labels, and a number that
    changed between drawing and clicking would lose the click.
    """
    with st.container(horizontal=True, gap=None, key="content-views"):
        for view in View:
            number = view.counted(counts)
            colour = "red" if view is View.FAILED and number else "gray"
            state = "here" if view is query.view else "there"
            with st.container(width="content", key=f"content-view-{state}-{view}"):
                st.button(
                    f"{view.heading} :{colour}[{number:,}]",
                    type="tertiary",
                    key=f"content-view-{view}",
                    on_click=_show_view,
                    args=(view,),
                )


def _show_view(view: View) -> None:
    for name in ("page", "sort", "held"):
        st.query_params.pop(name, None)
    if view is View.DRAFT:
        st.query_params.pop("view", None)
    else:
        st.query_params["view"] = view


STYLES = """
.st-key-content-views { border-bottom: 1px solid color-mix(in srgb, currentColor 14%, transparent); gap: 0 1.4rem; }
[class*="st-key-content-view-"] button { padding: .35rem .1rem .55rem; border-radius: 0; }
[class*="st-key-content-view-here"] { box-shadow: inset 0 -2px 0 currentColor; }
[class*="st-key-content-view-here"] button p { font-weight: 600; }
"""


def show_filters(user: SignedIn, query: Query, linked: Sequence[Account]) -> None:
    """Search, filters, order, layout in one line."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.text_input(
            "Search",
            key=bound("q", query.search),
            on_change=writer("q"),
            type="search",
            placeholder="Search titles, tags, descriptions, file names",
            label_visibility="collapsed",
            live="400ms",
        )
        number = query.narrowings
        with st.popover(f"Filters · {number}" if number else "Filters", icon=":material/tune:"):
            _show_narrowings(user, query, linked)
        st.selectbox(
            "Order",
            list(_ORDERS),
            format_func=lambda order: _ORDERS[order],
            key=bound("sort", query.order),
            on_change=writer("sort", default=address.first_order(query.view)),
            label_visibility="collapsed",
            width=172,
        )
        st.segmented_control(
            "Layout",
            list(address.layouts_of(query.view)),
            format_func=lambda layout: _LAYOUTS[layout],
            key=bound("layout", query.layout),
            on_change=writer("layout", default=Layout.TABLE, clears=()),
            required=True,
            label_visibility="collapsed",
        )


def _show_narrowings(user: SignedIn, query: Query, linked: Sequence[Account]) -> None:
    # A word for "any", for ``None`` would make these fields ones that can be cleared.
    names = {_ANY: "Any"} | {one.id: one.username for one in linked}
    st.selectbox(
        "Account",
        list(names),
        format_func=lambda one: names[one],
        key=bound("account", query.account_id if query.account_id in names else _ANY),
        on_change=writer("account", default=_ANY),
    )
    st.text_input("Tag", key=bound("tag", query.tag or ""), on_change=writer("tag"), placeholder="Any")
    _yes_no("Mature", "mature", query.is_mature)
    _yes_no("Made with AI", "ai", query.is_ai_generated)
    pool_filters.show_pool_filters(user, query)
    if query.view is View.SCHEDULED:
        st.selectbox(
            "Waiting for you",
            list(_HELD),
            format_func=lambda one: _HELD[one],
            key=bound("held", query.hold_reason.value if query.hold_reason else _ANY),
            on_change=writer("held", default=_ANY),
        )
    if query.is_narrowed:
        st.button("Clear all filters", on_click=address.clear_filters, type="tertiary", key="content-clear")


def _yes_no(label: str, name: str, value: bool | None) -> None:
    words = {None: _ANY, True: "yes", False: "no"}
    st.segmented_control(
        label,
        [_ANY, "yes", "no"],
        format_func=str.capitalize,
        key=bound(name, words[value]),
        on_change=writer(name, default=_ANY),
        required=True,
    )
