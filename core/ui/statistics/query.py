"""What the Statistics screen shows, as its address says it: ``statistics?range=90&metric=favourites&page=2``."""

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from core.publishing.statistics.growth import METRICS
from core.publishing.statistics.history import RANGES

USUAL_RANGE = 30
ORDERS: Mapping[str, str] = {
    "gained": "Most views gained",
    "loved": "Most favourites gained",
    "views": "Most views",
    "favourites": "Most favourites",
    "newest": "Newest first",
}


@dataclass(frozen=True, slots=True)
class Chosen:
    """The range in days, the metric of the chart, and the order and page of the works."""

    days: int
    metric: str
    order: str
    page: int


def read_chosen(parameters: Mapping[str, str]) -> Chosen:
    """What an address means; what cannot be understood counts as not said."""
    days, metric, order = parameters.get("range", ""), parameters.get("metric", ""), parameters.get("sort", "")
    page = parameters.get("page", "")
    return Chosen(
        days=int(days) if days in {str(one) for one in RANGES} else USUAL_RANGE,
        metric=metric if metric in METRICS else "views",
        order=order if order in ORDERS else "gained",
        page=int(page) if page.isascii() and page.isdigit() and 0 < len(page) < 6 else 1,
    )


def current() -> Chosen:
    """What the browser's address means."""
    return read_chosen(st.query_params.to_dict())


def bound(name: str, value: object) -> str:
    """The key of the widget for ``name``, which is made to show ``value``."""
    key = f"statistics-{name}"
    if st.session_state.get(key) != value:
        st.session_state[key] = value
    return key


def write(name: str, usual: object) -> None:
    """Write the widget's value into the address; another range or order begins at the first page."""
    value = st.session_state.get(f"statistics-{name}")
    if name != "page":
        st.query_params.pop("page", None)
    if value in (None, usual):
        st.query_params.pop(name, None)
    else:
        st.query_params[name] = str(value)
