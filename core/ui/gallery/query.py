"""What the gallery shows, as its address says it: ``gallery?view=liked&q=dunes&rating=4&sort=rating``.

The address is the only place where filters are kept. Widgets are given their value from it, and write to it when a
person changes them, so that reload, bookmarks and links all lead to the same pictures.
"""

import enum
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import streamlit as st

from core.studio.products.filters import ADDRESS_NAMES, ProductFilter
from core.studio.products.listing import Order

PAGE_SIZE = 60
COMPARE = "compare"
AT = "at"


class View(enum.StrEnum):
    """The lists of the gallery."""

    ALL = "all"
    UNSORTED = "unsorted"
    LIKED = "liked"
    REJECTED = "rejected"
    TRASH = "trash"


_VIEWS: Mapping[View, dict[str, Any]] = {
    View.ALL: {},
    View.UNSORTED: {"unsorted": True},
    View.LIKED: {"liked": True},
    View.REJECTED: {"rejected": True},
    View.TRASH: {"trashed": True},
}


@dataclass(frozen=True, slots=True)
class Query:
    """One page of one list; ``narrowing`` is the filter without what the view adds to it."""

    view: View = View.ALL
    narrowing: ProductFilter = field(default_factory=ProductFilter)
    order: Order = Order.NEWEST
    cursor: str | None = None
    compared: tuple[str, ...] = ()

    @property
    def wanted(self) -> ProductFilter:
        return replace(self.narrowing, **_VIEWS[self.view])

    @property
    def narrowings(self) -> int:
        """How many filters besides the search are on."""
        return len(self.narrowing.given().keys() - {"words"})

    @property
    def is_narrowed(self) -> bool:
        return bool(self.narrowing.given())


def read_query(parameters: Mapping[str, str]) -> Query:
    """The list an address means; what cannot be understood counts as not said."""
    narrowing = ProductFilter.from_query(parameters)
    told = parameters.get("view", "")
    view = View(told) if told in {one.value for one in View} else View.ALL
    # A view is the one place where these are said.
    narrowing = replace(narrowing, unsorted=False, liked=None, rejected=None, trashed=False)
    sort = parameters.get("sort", "")
    return Query(
        view=view,
        narrowing=narrowing,
        order=Order(sort) if sort in {one.value for one in Order} else Order.NEWEST,
        cursor=parameters.get(AT) or None,
        compared=tuple(one for one in parameters.get(COMPARE, "").split(",") if one),
    )


def current_query() -> Query:
    """The list that the browser's address means."""
    return read_query(st.query_params.to_dict())


def bound(name: str, value: object) -> str:
    """The key of the widget for ``name``, which is made to show ``value``, unless it does."""
    key = f"gallery-{name}"
    if st.session_state.get(key) != value:
        st.session_state[key] = value
    return key


def writer(name: str, *, default: object = None) -> Callable[[], None]:
    """A callback that writes the widget's value into the address, and goes to the first page."""

    def write() -> None:
        value = st.session_state.get(f"gallery-{name}")
        st.query_params.pop(AT, None)
        if value in (None, "", default):
            st.query_params.pop(name, None)
        else:
            st.query_params[name] = str(value)

    return write


def show_view(view: View) -> None:
    """Go to another list; filters stay."""
    st.query_params.pop(AT, None)
    if view is View.ALL:
        st.query_params.pop("view", None)
    else:
        st.query_params["view"] = view


def go_to_page(cursor: str | None) -> None:
    """Go to the page at a cursor, ``None`` for the first."""
    if cursor is None:
        st.query_params.pop(AT, None)
    else:
        st.query_params[AT] = cursor


def show_beside(ids: Sequence[str]) -> None:
    """Set these pictures side by side on the next run, in place of the list."""
    st.query_params[COMPARE] = ",".join(ids)


def clear_filters() -> None:
    """Forget search and filters; view and order stay."""
    for name in (*ADDRESS_NAMES, AT):
        st.query_params.pop(name, None)
