"""What the Inspiration screen shows, as its address says it: ``inspiration?list=tag&tag=fox&offset=25&was=0``.

Offsets are the site's own and cannot be computed, so the way back is kept in ``was``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import streamlit as st

from core.publishing.inspiration.browsing import FURTHEST_OFFSET
from core.publishing.inspiration.keys import Mode, Wish

# What another list, day or tag makes void.
PLACE = ("offset", "was", "open", "like")
_MOST_PAGES_BACK = 40


@dataclass(frozen=True, slots=True)
class Shown:
    """One view of the screen; ``list_name`` may be one that the site took away."""

    list_name: str = Mode.HOME.value
    tag: str = ""
    topic: str = ""
    day: date | None = None
    mature: bool = False
    offset: int = 0
    earlier: tuple[int, ...] = ()
    account_id: str | None = None
    like: str | None = None
    opened: str | None = None

    def wish(self, mode: Mode) -> Wish:
        """The same as the service takes it."""
        return Wish(
            mode, tag=self.tag or None, topic=self.topic or None, day=self.day, mature=self.mature, offset=self.offset
        )


def read_shown(parameters: Mapping[str, str]) -> Shown:
    """The view an address means; what cannot be understood counts as not said."""
    return Shown(
        list_name=parameters.get("list", "").strip()[:40] or Mode.HOME.value,
        tag=parameters.get("tag", "").strip()[:100],
        topic=parameters.get("topic", "").strip()[:100],
        day=_day(parameters.get("day")),
        mature=parameters.get("mature") == "yes",
        offset=_offset(parameters.get("offset")) or 0,
        earlier=_offsets(parameters.get("was", "")),
        account_id=parameters.get("account") or None,
        like=parameters.get("like", "")[:64] or None,
        opened=parameters.get("open", "")[:64] or None,
    )


def current_view() -> Shown:
    """The view that the browser's address means."""
    return read_shown(st.query_params.to_dict())


def go(*, keep_place: bool = False, **changed: str | None) -> None:
    """Write ``changed`` into the address; ``None`` takes a part out. Another view begins at its first page."""
    for name in () if keep_place else PLACE:
        st.query_params.pop(name, None)
    for name, value in changed.items():
        if value:
            st.query_params[name] = value
        else:
            st.query_params.pop(name, None)


def turn_to(shown: Shown, following: int) -> None:
    """The next page."""
    behind = [str(one) for one in (*shown.earlier, shown.offset)][-_MOST_PAGES_BACK:]
    go(keep_place=True, offset=str(following), was=",".join(behind), open=None)


def turn_back(shown: Shown) -> None:
    """The page before; the first one when the address does not say which that is."""
    before = shown.earlier[-1] if shown.earlier else 0
    behind = ",".join(str(one) for one in shown.earlier[:-1])
    go(keep_place=True, offset=str(before) if before else None, was=behind or None, open=None)


def bound(name: str, value: object) -> str:
    """The key of the widget for ``name``, made to show ``value`` when it shows something else."""
    key = f"inspiration-{name}"
    if st.session_state.get(key) != value:
        st.session_state[key] = value
    return key


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _offset(text: str | None) -> int | None:
    if not text or not text.isascii() or not text.isdigit() or len(text) > 6 or int(text) > FURTHEST_OFFSET:
        return None
    return int(text)


def _offsets(text: str) -> tuple[int, ...]:
    found = [_offset(part) for part in text.split(",")[-_MOST_PAGES_BACK:]]
    return tuple(one for one in found if one is not None)
