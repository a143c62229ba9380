"""What the Usage & costs screen shows, as its address says it: ``usage?range=90+days&by=Provider``.

Streamlit writes choices into the address by the words they are shown with, so those must differ.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import streamlit as st

from core.metering.days import Days, day_of, last_days
from core.metering.events import UsageStatus
from core.metering.figures import Dimension, UsageFilter
from core.metering.names import Choices
from core.ui.pager import begin_again

RANGES = {"Today": 1, "7 days": 7, "30 days": 30, "90 days": 90, "1 year": 365}
USUAL_RANGE = "30 days"
THIS_MONTH, CHOSEN_DAYS = "This month", "Choose days"
MEASURES = {"cost": "Cost", "images": "Pictures", "calls": "Calls"}
DIMENSIONS = {
    Dimension.MODEL: "Model",
    Dimension.PROVIDER: "Provider",
    Dimension.TYPE: "Type",
    Dimension.PROJECT: "Project",
    Dimension.PERSON: "Person",
    Dimension.KEY: "API key",
}
STATUSES = {
    UsageStatus.OK: "went well",
    UsageStatus.ERROR: "failed",
    UsageStatus.REFUSED: "refused",
    UsageStatus.ABORTED: "broken off",
}
_UNSET: dict[str, object] = {"range": USUAL_RANGE, "days": [], "person": None, "provider": None, "project": None}


@dataclass(frozen=True, slots=True)
class Chosen:
    """The filters as they were set, and whether they leave anything out but time."""

    wanted: UsageFilter
    range_name: str

    @property
    def is_narrowed(self) -> bool:
        wanted = self.wanted
        return any(one is not None for one in (wanted.user_id, wanted.provider, wanted.project_id))


def show_filters(choices: Choices, zone: str, *, now: datetime) -> Chosen:
    """The row of filters; their values live in the address. Days are those of ``zone``."""
    with st.container(key="usage-filters"):
        names = [*RANGES, THIS_MONTH, CHOSEN_DAYS]
        range_name = st.selectbox(
            "Time", names, index=names.index(USUAL_RANGE), key="range", bind="query-params", on_change=begin_again
        )
        days = _days(range_name or USUAL_RANGE, zone, now)
        person = _choice("Person", "person", choices.persons) if len(choices.persons) > 1 else None
        provider = _choice("Provider", "provider", choices.providers)
        project = _choice("Project", "project", choices.projects) if len(choices.projects) > 1 else None
    wanted = UsageFilter(days, user_id=person, provider=provider, project_id=project)
    return Chosen(wanted, range_name or USUAL_RANGE)


def choose_measure() -> str:
    """What the chart counts; one of :data:`MEASURES`."""
    found: str | None = st.segmented_control(
        "Measure", list(MEASURES), format_func=MEASURES.__getitem__, default="cost", key="measure",
        bind="query-params", required=True, label_visibility="collapsed",
    )  # fmt: skip
    return found or "cost"


def choose_dimension(*, has_persons: bool) -> Dimension:
    """What the chart tells apart."""
    offered = [one for one in Dimension if one is not Dimension.PERSON or has_persons]
    found: Dimension | None = st.selectbox(
        "By", offered, index=offered.index(Dimension.MODEL), format_func=DIMENSIONS.__getitem__, key="by",
        bind="query-params", label_visibility="collapsed", width=150,
    )  # fmt: skip
    return found or Dimension.MODEL


def clear() -> None:
    """Forget all filters."""
    begin_again()
    for name, value in _UNSET.items():
        st.session_state[name] = value


def _days(range_name: str, zone: str, now: datetime) -> Days:
    today = day_of(now, zone)
    if range_name == THIS_MONTH:
        return Days(today.replace(day=1), today)
    if range_name == CHOSEN_DAYS:
        return _chosen_days(today, last_days(RANGES[USUAL_RANGE], zone, now=now))
    return last_days(RANGES.get(range_name, RANGES[USUAL_RANGE]), zone, now=now)


def _chosen_days(today: date, usual: Days) -> Days:
    chosen = st.date_input("Days", value=[], max_value=today, key="days", bind="query-params", on_change=begin_again)
    days: Sequence[date] = chosen if isinstance(chosen, tuple) else ()
    return Days(days[0], days[-1]) if days else usual


def _choice(label: str, key: str, named: Mapping[str, str]) -> str | None:
    chosen: str | None = st.selectbox(
        label, list(named), index=None, placeholder="Any", format_func=lambda value: named.get(value, value), key=key,
        bind="query-params", on_change=begin_again,
    )  # fmt: skip
    return chosen
