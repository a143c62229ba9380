"""What the Content screen shows, as its address says it: ``content?view=failed&q=dunes&page=2``.

The address is the only place where filters are kept. Widgets are given their value from it, and write
to it when a person changes them, so that reload, bookmarks and links all lead to the same list.
"""

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

import streamlit as st

from core.publishing.listing import Counts, Order
from core.publishing.models import DeviationStatus, HoldReason
from core.publishing.searching import DeviationFilter
from core.publishing.states import QUEUED

PAGE_SIZE = 50
OPEN = "open"


E = TypeVar("E", bound=enum.StrEnum)


class View(enum.StrEnum):
    """The lists of the screen."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    PUBLISHED = "published"
    FAILED = "failed"
    TRASH = "trash"

    @property
    def heading(self) -> str:
        return {"draft": "Drafts"}.get(self.value, self.value.capitalize())

    @property
    def statuses(self) -> tuple[DeviationStatus, ...]:
        """The states listed here; none for the trash, which takes them all."""
        return _STATUSES[self]

    def counted(self, counts: Counts) -> int:
        return counts.trashed if self is View.TRASH else counts.of(*self.statuses)


_STATUSES: Mapping[View, tuple[DeviationStatus, ...]] = {
    View.DRAFT: (DeviationStatus.DRAFT,),
    View.SCHEDULED: tuple(sorted(QUEUED)),
    View.PUBLISHED: (DeviationStatus.PUBLISHED,),
    View.FAILED: (DeviationStatus.FAILED,),
    View.TRASH: (),
}

# What each list begins with when nobody has chosen an order.
_FIRST_ORDER = {
    View.SCHEDULED: Order.NEXT,
    View.PUBLISHED: Order.PUBLISHED,
    View.FAILED: Order.CHANGED,
    View.TRASH: Order.CHANGED,
}


class Layout(enum.StrEnum):
    TABLE = "table"
    GRID = "grid"
    EDIT = "edit"


def layouts_of(view: View) -> tuple[Layout, ...]:
    """The ways to look at a list: what cannot be changed any more is not shown to be typed into."""
    may_edit = view in {View.DRAFT, View.SCHEDULED, View.FAILED}
    return tuple(one for one in Layout if may_edit or one is not Layout.EDIT)


@dataclass(frozen=True, slots=True)
class Query:
    """One list: which view, narrowed how, in which order, on which page."""

    view: View = View.DRAFT
    search: str = ""
    account_id: str | None = None
    tag: str | None = None
    is_mature: bool | None = None
    is_ai_generated: bool | None = None
    hold_reason: HoldReason | None = None
    rating_from: int | None = None
    project: str | None = None
    sale_preset_id: str | None = None
    order: Order = Order.NEWEST
    layout: Layout = Layout.TABLE
    page: int = 1

    @property
    def wanted(self) -> DeviationFilter:
        """The same as the listing service takes it."""
        return DeviationFilter(
            statuses=self.view.statuses,
            search=self.search,
            account_id=self.account_id,
            tag=self.tag,
            is_mature=self.is_mature,
            is_ai_generated=self.is_ai_generated,
            hold_reason=self.hold_reason if self.view is View.SCHEDULED else None,
            rating_from=self.rating_from,
            project=self.project,
            sale_preset_id=self.sale_preset_id,
            trashed=self.view is View.TRASH,
        )

    @property
    def narrowings(self) -> int:
        """How many filters besides the search are on."""
        chosen = (self.account_id, self.tag, self.is_mature, self.is_ai_generated, self.wanted.hold_reason)
        pool = (self.rating_from, self.project, self.sale_preset_id)
        return sum(value is not None for value in (*chosen, *pool))

    @property
    def is_narrowed(self) -> bool:
        return bool(self.search) or self.narrowings > 0


def read_query(parameters: Mapping[str, str]) -> Query:
    """The list an address means; what cannot be understood counts as not said."""
    view = _one_of(View, parameters.get("view")) or View.DRAFT
    layout = _one_of(Layout, parameters.get("layout"))
    return Query(
        view=view,
        search=parameters.get("q", "").strip(),
        account_id=parameters.get("account") or None,
        tag=parameters.get("tag", "").strip() or None,
        is_mature=_yes_or_no(parameters.get("mature")),
        is_ai_generated=_yes_or_no(parameters.get("ai")),
        hold_reason=_one_of(HoldReason, parameters.get("held")),
        rating_from=_rating(parameters.get("rating")),
        project=parameters.get("project", "").strip() or None,
        sale_preset_id=parameters.get("price") or None,
        order=_one_of(Order, parameters.get("sort")) or first_order(view),
        layout=layout if layout in layouts_of(view) else Layout.TABLE,
        page=_page(parameters.get("page")),
    )


def first_order(view: View) -> Order:
    """The order of a list when nobody has chosen one."""
    return _FIRST_ORDER.get(view, Order.NEWEST)


def current_query() -> Query:
    """The list that the browser's address means."""
    return read_query(st.query_params.to_dict())


def bound(name: str, value: object) -> str:
    """The key of the widget for ``name``, which is made to show ``value``.

    Only when it shows something else: setting it each time would overwrite what is being typed.
    """
    key = f"content-{name}"
    if st.session_state.get(key) != value:
        st.session_state[key] = value
    return key


def writer(name: str, *, default: object = None, clears: tuple[str, ...] = ("page",)) -> Callable[[], None]:
    """A callback that writes the widget's value into the address; ``clears`` are parameters that it makes void."""

    def write() -> None:
        value = st.session_state.get(f"content-{name}")
        for other in clears:
            st.query_params.pop(other, None)
        if value in (None, "", default):
            st.query_params.pop(name, None)
        else:
            st.query_params[name] = str(value)

    return write


def clear_filters() -> None:
    """Forget search and filters; view, order and layout stay."""
    for name in ("q", "account", "tag", "mature", "ai", "held", "rating", "project", "price", "page"):
        st.query_params.pop(name, None)


def _one_of(kind: type[E], text: str | None) -> E | None:
    return kind(text) if text in {member.value for member in kind} else None


def _yes_or_no(text: str | None) -> bool | None:
    return {"yes": True, "no": False}.get(text or "")


def _rating(text: str | None) -> int | None:
    return int(text) if text in {"1", "2", "3", "4", "5"} else None


def _page(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and 0 < len(text) < 7 else 1
