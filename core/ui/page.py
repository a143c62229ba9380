"""What every screen has in common: a title, one line that says what it is for, and how instants are written."""

from datetime import datetime
from zoneinfo import ZoneInfo

import streamlit as st


def page_header(title: str, purpose: str) -> None:
    """The head of a screen: ``purpose`` is one line."""
    st.title(title, anchor=False)
    st.caption(purpose)


def empty_state(title: str, body: str, *, icon: str = ":material/inbox:") -> None:
    """What a list shows when there is nothing in it; put the one action that helps below it."""
    with st.container(border=True, horizontal_alignment="center", key=None):
        st.markdown(f"## {icon} {title}")
        st.caption(body)


def local(instant: datetime, timezone: str) -> datetime:
    """The instant in a person's zone."""
    return instant.astimezone(ZoneInfo(timezone))


def format_instant(instant: datetime | None, timezone: str, *, now: datetime | None = None) -> str:
    """``Tue 3 Mar, 14:05`` in a person's zone, with the year when it is not ``now``'s; a dash for ``None``."""
    if instant is None:
        return "–"
    return f"{format_day(instant, timezone, now=now)}, {local(instant, timezone):%H:%M}"


def format_day(instant: datetime, timezone: str, *, now: datetime | None = None) -> str:
    """``Tue 3 Mar`` in a person's zone, with the year when it is not ``now``'s."""
    there = local(instant, timezone)
    year = "" if now is None or local(now, timezone).year == there.year else f" {there.year}"
    return f"{there:%a} {there.day} {there:%b}{year}"


def zone_note(timezone: str) -> str:
    """Says which zone the times of a screen are in."""
    return f"Times are in {timezone.replace('_', ' ')}."


def blob_url(blob_id: str, size: int | str) -> str:
    """Where the browser finds a blob of its person: ``size`` is 150, 400, 800 (WebP) or ``original``."""
    return f"/blobs/{blob_id}/{size}"
