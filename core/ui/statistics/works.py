"""The works of the Statistics screen as a table, page by page."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from core.identity.sessions import SignedIn
from core.publishing.statistics.groups import BY_HAND
from core.publishing.statistics.history import Statistics, WorkFigures, csv_rows
from core.ui.content.thumbs import cover_url
from core.ui.links import go_to, is_of_the_web
from core.ui.page import format_instant
from core.ui.statistics.query import ORDERS, Chosen, bound, write
from core.ui.statistics.reading import covers_of
from core.ui.tables import csv_button, csv_bytes
from core.ui.words import count

PAGE_SIZE = 25
ROW_HEIGHT = 56

_KEYS: Mapping[str, Callable[[WorkFigures], Any]] = {
    "gained": lambda work: work.gained_views,
    "loved": lambda work: work.gained_favourites,
    "views": lambda work: work.views or 0,
    "favourites": lambda work: work.favourites or 0,
    "newest": lambda work: work.published_at.timestamp() if work.published_at else 0.0,
}


def ranked(works: Sequence[WorkFigures], order: str) -> list[WorkFigures]:
    """The works in one of ``ORDERS``, the best first."""
    return sorted(works, key=_KEYS[order], reverse=True)


def show_works(user: SignedIn, statistics: Statistics, chosen: Chosen) -> None:
    """Order, export, one page of works."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(count(len(statistics.works), "work"), width="stretch")
        st.selectbox(
            "Order", list(ORDERS), format_func=ORDERS.__getitem__, key=bound("sort", chosen.order), on_change=write,
            args=("sort", "gained"), label_visibility="collapsed", width=220,
        )  # fmt: skip
        csv_button(partial(_csv, statistics), "works", key="statistics-csv")
    works = ranked(statistics.works, chosen.order)
    pages = max(1, -(-len(works) // PAGE_SIZE))
    number = min(chosen.page, pages)
    _show_table(user, works[(number - 1) * PAGE_SIZE : number * PAGE_SIZE])
    if pages > 1:
        with st.container(horizontal_alignment="center"):
            st.pagination(pages, key=bound("page", number), on_change=write, args=("page", 1))


def _csv(statistics: Statistics) -> bytes:
    return csv_bytes(csv_rows(statistics))


def _show_table(user: SignedIn, works: Sequence[WorkFigures]) -> None:
    covers = covers_of([work.deviation_id for work in works])
    config = st.column_config
    key = f"statistics-works-{works[0].deviation_id}" if works else "statistics-works"
    rows = [_row(work, covers.get(work.deviation_id), user.timezone) for work in works]
    st.dataframe(
        pd.DataFrame(rows),
        key=key,
        hide_index=True,
        row_height=ROW_HEIGHT,
        height=ROW_HEIGHT * len(works) + 38,
        column_config={
            "picture": config.ImageColumn("", width=70, pinned=True),
            "title": config.ButtonColumn("Title", width=200, alignment="left", type="tertiary", key=f"{key}-open"),
            "gained views": config.NumberColumn("Views gained", format="localized"),
            "views": config.NumberColumn("Views", format="localized"),
            "gained favourites": config.NumberColumn("Favourites gained", format="localized"),
            "favourites": config.NumberColumn("Favourites", format="localized"),
            "comments": config.NumberColumn("Comments", format="localized"),
            "downloads": config.NumberColumn("Downloads", format="localized"),
            "automation": config.TextColumn("Automation", width=130),
            "published": config.TextColumn("Published", width=150),
            "link": config.LinkColumn("Link", display_text="View", width=70),
        },
        alt=f"{len(works)} works with their counts",
    )
    opened = st.session_state.get(f"{key}-open")
    if opened and opened["row"] < len(works):
        go_to(f"content?view=published&open={works[opened['row']].deviation_id}")


def _row(work: WorkFigures, cover: Any, timezone: str) -> dict[str, Any]:
    state = " (gone)" if work.is_gone else " (not counted yet)" if work.taken_at is None else ""
    return {
        "picture": cover_url(cover) if cover else None,
        "title": work.title + state,
        "gained views": work.gained_views,
        "views": work.views,
        "gained favourites": work.gained_favourites,
        "favourites": work.favourites,
        "published": format_instant(work.published_at, timezone),
        "automation": work.automation or BY_HAND,
        "comments": work.comments,
        "downloads": work.downloads,
        "link": work.url if not work.is_gone and is_of_the_web(work.url or "") else None,
    }
