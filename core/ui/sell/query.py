"""Which part of the sale queue is shown, as its address says it: ``sales?status=failed&q=fox&page=2``."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import streamlit as st

from core.sales.listing import SaleFilter
from core.sales.models import SaleQueueStatus

EVERYTHING = "all"
STATUS_NAMES = {
    SaleQueueStatus.PENDING: "Waiting",
    SaleQueueStatus.PROCESSING: "With a client",
    SaleQueueStatus.COMPLETED: "Priced",
    SaleQueueStatus.FAILED: "Failed",
    SaleQueueStatus.SKIPPED: "Skipped",
}


@dataclass(frozen=True, slots=True)
class Chosen:
    """``is_by_hand``: one piece at a time instead of the list; ``piece`` is the one in hand."""

    status: SaleQueueStatus | None
    text: str
    page: int
    is_by_hand: bool
    piece: str | None

    @property
    def wanted(self) -> SaleFilter:
        return SaleFilter(self.status, self.text or None)


def read(parameters: Mapping[str, str]) -> Chosen:
    """What an address means; what cannot be understood counts as not said."""
    status, page = parameters.get("status"), parameters.get("page", "")
    return Chosen(
        status=SaleQueueStatus(status) if status in set(SaleQueueStatus) else None,
        text=parameters.get("q", "").strip(),
        page=int(page) if page.isascii() and page.isdigit() and len(page) < 7 else 1,
        is_by_hand=parameters.get("mode") == "hand",
        piece=parameters.get("piece"),
    )


def current() -> Chosen:
    """What the browser's address means."""
    return read(st.query_params.to_dict())


def show_filters(chosen: Chosen, counts: Mapping[SaleQueueStatus, int]) -> None:
    """State with its number, and the search; both live in the address."""
    names = {EVERYTHING: f"All {sum(counts.values()):,}"}
    names |= {status.value: f"{STATUS_NAMES[status]} {number:,}" for status, number in counts.items()}
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium", key="sales-filters"):
        st.segmented_control(
            "State", list(names), format_func=names.__getitem__, required=True, label_visibility="collapsed",
            key=_bound("status", chosen.status.value if chosen.status else EVERYTHING),
            on_change=_writer("status", default=EVERYTHING),
        )  # fmt: skip
        st.text_input(
            "Title", key=_bound("q", chosen.text), on_change=_writer("q"), type="search", placeholder="Search titles",
            icon=":material/search:", label_visibility="collapsed", width=240,
        )  # fmt: skip


def show_pages(number: int, pages: int) -> None:
    """The way to the other pages, when there are any."""
    if pages > 1:
        with st.container(horizontal_alignment="center"):
            st.pagination(pages, key=_bound("page", number), on_change=_writer("page", default=1, clears=()))


def switch(*, by_hand: bool) -> None:
    """Between the list and one piece at a time."""
    for name in ("mode", "piece"):
        st.query_params.pop(name, None)
    if by_hand:
        st.query_params["mode"] = "hand"


def clear() -> None:
    """Forget state and search."""
    for name in ("status", "q", "page"):
        st.query_params.pop(name, None)


def _bound(name: str, value: object) -> str:
    """The key of a widget that is made to show ``value``, unless it does already."""
    key = f"sales-{name}"
    if st.session_state.get(key) != value:
        st.session_state[key] = value
    return key


def _writer(name: str, *, default: object = None, clears: tuple[str, ...] = ("page",)) -> Callable[[], None]:
    """A callback that writes the widget's value into the address."""

    def write() -> None:
        value = st.session_state.get(f"sales-{name}")
        for other in clears:
            st.query_params.pop(other, None)
        if value in (None, "", default):
            st.query_params.pop(name, None)
        else:
            st.query_params[name] = str(value)

    return write
