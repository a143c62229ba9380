"""What the Calendar shows, as its address says it: ``calendar?view=week&date=2026-11-21&kinds=scheduled,held``.

As on Content, the address is the only place where this is kept.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

import streamlit as st

from core.publishing.calendar.entries import Kind
from core.publishing.calendar.periods import EARLIEST, LATEST, Period, Span, period_of
from core.publishing.calendar.reading import Wanted

VIEW, DATE, DRAFTS, PAGE = "view", "date", "drafts", "page"


@dataclass(frozen=True, slots=True)
class Query:
    """One look at the calendar. ``day`` is in the period that is shown."""

    span: Span
    day: date
    account_id: str | None
    automation_id: str | None
    kinds: frozenset[Kind]
    shows_drafts: bool
    page: int

    @property
    def period(self) -> Period:
        return period_of(self.span, self.day)

    @property
    def wanted(self) -> Wanted:
        """The same as the reading service takes it."""
        return Wanted(self.account_id, self.automation_id, self.kinds)

    @property
    def is_narrowed(self) -> bool:
        return bool(self.kinds or self.account_id or self.automation_id)


def read_query(parameters: Mapping[str, str], today: date) -> Query:
    """The look that an address means; what cannot be understood counts as not said."""
    view, kinds = parameters.get(VIEW), parameters.get("kinds", "").split(",")
    page = parameters.get(PAGE, "")
    return Query(
        span=Span(view) if view in set(Span) else Span.MONTH,
        day=_date(parameters.get(DATE)) or today,
        account_id=parameters.get("account") or None,
        automation_id=parameters.get("automation") or None,
        kinds=frozenset(kind for kind in Kind if kind in kinds),
        shows_drafts=parameters.get(DRAFTS) == "1",
        page=int(page) if page.isascii() and page.isdigit() and 0 < len(page) < 7 and int(page) else 1,
    )


def current_query(today: date) -> Query:
    """The look that the browser's address means."""
    return read_query(st.query_params.to_dict(), today)


def go_to_day(day: date) -> None:
    """Show the period that ``day`` is in."""
    st.query_params.pop(PAGE, None)
    st.query_params[DATE] = day.isoformat()


def go_to_today() -> None:
    """Show the period that today is in, tomorrow another one."""
    st.query_params.pop(PAGE, None)
    st.query_params.pop(DATE, None)


def show_span(span: Span) -> None:
    """Show the same time in another way."""
    st.query_params.pop(PAGE, None)
    if span is Span.MONTH:
        st.query_params.pop(VIEW, None)
    else:
        st.query_params[VIEW] = span


def open_day(day: date) -> None:
    """Show everything of one day."""
    show_span(Span.DAY)
    go_to_day(day)


def toggle_drafts() -> None:
    """Show or hide the drafts that have no time."""
    if st.query_params.pop(DRAFTS, None) != "1":
        st.query_params[DRAFTS] = "1"


def clear_filters() -> None:
    """Forget what narrows the calendar; view and date stay."""
    for name in ("account", "automation", "kinds", PAGE):
        st.query_params.pop(name, None)


def bound(name: str, value: object) -> str:
    """The key of the widget for ``name``, which is made to show ``value``."""
    key = f"calendar-{name}"
    if st.session_state.get(key) != value:
        st.session_state[key] = value
    return key


def writer(name: str, *, default: object = None, clears_page: bool = True) -> Callable[[], None]:
    """A callback that writes the widget's value into the address; of a list, its words with commas."""

    def write() -> None:
        value = st.session_state.get(f"calendar-{name}")
        text = ",".join(value) if isinstance(value, list | tuple) else str(value or "")
        if clears_page:
            st.query_params.pop(PAGE, None)
        if not text or value == default:
            st.query_params.pop(name, None)
        else:
            st.query_params[name] = text

    return write


def _date(text: str | None) -> date | None:
    try:
        found = date.fromisoformat(text or "")
    except ValueError:
        return None
    return found if EARLIEST <= found <= LATEST else None


def show_pages(query: Query, total: int, size: int) -> None:
    """The way to the other pages of a list."""
    pages = -(-total // size)
    if query.span in {Span.LIST, Span.DAY} and pages > 1:
        with st.container(horizontal_alignment="center"):
            key = bound("page", min(query.page, pages))
            st.pagination(pages, key=key, on_change=writer("page", default=1, clears_page=False))
