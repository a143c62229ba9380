"""The calendar itself: a component of our own, told once what to show, that says what was done to it."""

import functools
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

import streamlit as st

from core.identity.sessions import SignedIn
from core.publishing.calendar.closed import Closed
from core.publishing.calendar.periods import HOURS, Period, Span, day_bounds
from core.publishing.calendar.reading import Shelf
from core.publishing.zones import zone_named
from core.ui.calendar.query import Query
from core.ui.calendar.shown import Shown
from core.ui.calendar.tiles import closed_text, draft_tile, tile
from core.ui.page import local

KEY = "calendar-board"
_FOLDER = Path(__file__).parent
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

# On paper there is nothing to press.
_PRINTED = """@media print {
  [data-testid="stSidebar"], [data-testid="stHeader"], .st-key-calendar-doors, .st-key-calendar-filters,
  .st-key-calendar-bar button { display: none; }
}"""

Said = Mapping[str, Any]


def show_board(user: SignedIn, query: Query, shown: Shown, on_act: Callable[[], None], said: Said | None) -> None:
    """Draw the board; ``on_act`` is called when a person did something to it. ``said`` is read out."""
    st.html(f"<style>{_PRINTED}</style>")
    _component()(key=KEY, data=board_data(query, shown, user.timezone, said), on_act_change=on_act)


def board_data(query: Query, shown: Shown, timezone: str, said: Said | None = None) -> dict[str, Any]:
    """Everything the board needs to draw itself, and nothing that is not seen."""
    data: dict[str, Any] = {
        "span": query.span.value,
        "title": title_of(query.period),
        "weekdays": [name[:3] for name in WEEKDAYS],
        "days": _Days(query.period, shown, timezone).all(),
        "said": said,
    }
    if query.shows_drafts:
        tiles = [draft_tile(view) for view in shown.drafts]
        data["drafts"] = {"tiles": tiles, "more": shown.unplanned - len(tiles)}
    return data


def title_of(period: Period) -> str:
    """``November 2026``, ``16–22 November 2026``, ``Saturday 21 November 2026``."""
    first, last = period.first, period.last
    if period.span is Span.DAY:
        return _long(first)
    if period.span is not Span.WEEK:
        return f"{first:%B %Y}"
    if first.month == last.month:
        return f"{first.day}–{last.day} {last:%B %Y}"
    year = "" if first.year == last.year else f" {first.year}"
    return f"{first.day} {first:%b}{year} – {last.day} {last:%b %Y}"


class _Days:
    """The days of a period with what stands in them."""

    def __init__(self, period: Period, shown: Shown, timezone: str) -> None:
        self._period, self._shown, self._timezone = period, shown, timezone
        here = local(shown.now, timezone)
        self._today, self._hour = here.date(), here.hour
        self._bounds = day_bounds(period.dates, zone_named(timezone))

    def all(self) -> list[dict[str, Any]]:
        if self._period.span is Span.MONTH:
            return [self._day(place) | self._tiles(shelf) for place, shelf in enumerate(self._shown.shelves)]
        if self._period.span is Span.WEEK:
            return [self._day(place) | self._hours(place) for place in range(len(self._period.dates))]
        return self._listed()

    def _day(self, place: int) -> dict[str, Any]:
        day = self._period.dates[place]
        found: dict[str, Any] = {
            "date": day.isoformat(),
            "number": str(day.day),
            "name": f"{day:%a}",
            "long": _long(day),
            "total": 0,
            "tiles": [],
            "more": 0,
            "closed": self._closed(place),
        }
        if day == self._today:
            found |= {"today": True, "now": self._hour}
        if day < self._today:
            found["past"] = True
        if not self._period.contains(day):
            found["outside"] = True
        return found

    def _tiles(self, shelf: Shelf) -> dict[str, Any]:
        return {
            "total": shelf.total,
            "tiles": [tile(entry, self._timezone) for entry in shelf.entries],
            "more": shelf.more,
        }

    def _hours(self, place: int) -> dict[str, Any]:
        shelves = self._shown.shelves[place * HOURS : (place + 1) * HOURS]
        hours = {str(hour): self._tiles(shelf) for hour, shelf in enumerate(shelves) if shelf.total}
        return {"total": sum(shelf.total for shelf in shelves), "hours": hours}

    def _listed(self) -> list[dict[str, Any]]:
        """Only the days of which something is on this page; the one day of its own view always."""
        (shelf,) = self._shown.shelves
        dates = self._period.dates
        by_day = groupby(shelf.entries, key=lambda entry: local(entry.at, self._timezone).date())
        tiles = {day: [tile(entry, self._timezone) for entry in some] for day, some in by_day}
        if self._period.span is Span.DAY:
            return [self._day(0) | {"tiles": tiles.get(dates[0], []), "total": shelf.total, "always": True}]
        return [self._day(dates.index(day)) | {"tiles": some, "total": len(some)} for day, some in tiles.items()]

    def _closed(self, place: int) -> list[dict[str, Any]]:
        """What of the day is closed, as parts of it from 0 to 1."""
        start, end = self._bounds[place], self._bounds[place + 1]
        return [
            {
                "from": round(_part(one.start, start, end), 4),
                "to": round(_part(one.end, start, end), 4),
                "name": one.name,
                "text": self._closed_text(one, start, end),
            }
            for one in self._shown.closed
            if one.start < end and one.end > start
        ]

    def _closed_text(self, one: Closed, start: datetime, end: datetime) -> str:
        if one.start <= start and one.end >= end:
            whose = f" ({one.account_name})" if one.account_name else ""
            return f"{one.name}: automations post nothing on this day{whose}"
        return closed_text(max(one.start, start), min(one.end, end), one.name, one.account_name, self._timezone)


def _part(instant: datetime, start: datetime, end: datetime) -> float:
    length = end - start
    return min(max((instant - start) / length, 0.0), 1.0) if length > timedelta() else 0.0


def _long(day: date) -> str:
    return f"{day:%A} {day.day} {day:%B %Y}"


@functools.cache
def _component() -> Any:
    """Registered once per process; its parts are sent along with it, so nothing is fetched from elsewhere."""
    html, css, drawing, hands = (
        (_FOLDER / name).read_text(encoding="utf-8") for name in ("board.html", "board.css", "drawing.js", "board.js")
    )
    return st.components.v2.component("atelier_calendar", html=html, css=css, js=f"{drawing}\n{hands}")
