"""The fields of each kind of rule."""

from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any

import streamlit as st

from core.errors import AtelierError
from core.publishing.automations.models import QuotaMode, RuleType
from core.publishing.automations.rules import END_OF_DAY, MAX_COUNT, RuleSpec
from core.publishing.zones import WallTime, to_instant
from core.ui.automations.days_field import days_field
from core.ui.page import local
from core.ui.words import plain

_UNITS = {"minutes": 1, "hours": 60, "days": 24 * 60}
_MINUTE = timedelta(minutes=1)


def rule_fields(key: str, shown: RuleSpec, zone: str) -> RuleSpec:
    """Widgets for a rule that begin with ``shown``; the rule they say now. Wall times are those of ``zone``."""
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        values = _fields(key, shown, zone)
    return replace(shown, **values, days_of_week=days_field(f"{key}-days", shown.days_of_week))


def _fields(key: str, shown: RuleSpec, zone: str) -> dict[str, Any]:
    match shown.type:
        case RuleType.FIXED_TIME:
            return {"time_of_day": clock_field("At", f"{key}-time", shown.time_of_day or "18:00")}
        case RuleType.FIXED_INTERVAL:
            return _interval_fields(key, shown, zone)
        case _ if shown.quota_mode is QuotaMode.DRIP:
            return _drip_fields(key, shown)
        case _:
            return {"daily_quota": _number("At most, a day", f"{key}-quota", shown.daily_quota or 1, MAX_COUNT)}


def clock_field(label: str, key: str, value: str, *, may_end_the_day: bool = False) -> str:
    """A wall time as ``HH:MM``. As the end of a window, midnight is ``24:00``."""
    start = time(0, 0) if value == END_OF_DAY else time.fromisoformat(value)
    chosen = st.time_input(label, value=start, step=_MINUTE, key=key, width=130) or start
    if may_end_the_day and chosen == time(0, 0):
        return END_OF_DAY
    return f"{chosen:%H:%M}"


def _interval_fields(key: str, shown: RuleSpec, zone: str) -> dict[str, Any]:
    minutes = shown.interval_minutes or 60
    first = next((name for name in reversed(_UNITS) if minutes % _UNITS[name] == 0), "minutes")
    amount = _number("Every", f"{key}-amount", minutes // _UNITS[first], 10_080)
    unit = st.selectbox("Unit", list(_UNITS), index=list(_UNITS).index(first), key=f"{key}-unit", width=120)
    each = _number("Posts each time", f"{key}-each", shown.deviations_per_interval or 1, MAX_COUNT)
    return {
        "interval_minutes": amount * _UNITS[unit],
        "deviations_per_interval": each,
        "anchor_at": _anchor_field(key, shown, zone),
    }


def _anchor_field(key: str, shown: RuleSpec, zone: str) -> datetime | None:
    """From when on an interval counts."""
    if shown.anchor_at is None:
        return None
    start = local(shown.anchor_at, zone).replace(second=0, microsecond=0)
    day = st.date_input("Counting from", value=start.date(), format="DD/MM/YYYY", key=f"{key}-from", width=150)
    clock = st.time_input("Time", value=start.time(), step=_MINUTE, key=f"{key}-clock", width=130)
    chosen = datetime.combine(day or start.date(), clock or start.time())
    if chosen == start.replace(tzinfo=None):
        return shown.anchor_at
    try:
        return to_instant(WallTime(chosen, zone))
    except AtelierError as error:
        st.markdown(f":orange[{plain(str(error))}]")
        return shown.anchor_at


def _drip_fields(key: str, shown: RuleSpec) -> dict[str, Any]:
    quota = _number("Posts a day", f"{key}-quota", shown.daily_quota or 1, MAX_COUNT)
    start = clock_field("From", f"{key}-start", shown.window_start or "00:00")
    end = clock_field("To", f"{key}-end", shown.window_end or END_OF_DAY, may_end_the_day=True)
    whole_day = (start, end) == ("00:00", END_OF_DAY)
    return {
        "daily_quota": quota,
        "window_start": None if whole_day else start,
        "window_end": None if whole_day else end,
    }


def _number(label: str, key: str, value: int, most: int) -> int:
    return int(st.number_input(label, min_value=1, max_value=most, value=value, step=1, key=key, width=130) or value)
