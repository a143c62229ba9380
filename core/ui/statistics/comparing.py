"""Works compared: by automation, by tag, by weekday and hour of publication."""

from collections.abc import Iterator, Sequence
from functools import partial

import pandas as pd
import streamlit as st

from core.publishing.statistics import groups
from core.publishing.statistics.groups import GroupFigures
from core.publishing.statistics.history import Statistics
from core.ui import charts
from core.ui.page import zone_note
from core.ui.tables import csv_button, csv_bytes
from core.ui.words import count

ROW_HEIGHT = 40
_SHOWN = 15


def show_automations(statistics: Statistics) -> None:
    _show_groups(groups.by_automation(statistics.works), "Automation", "automations", statistics.days)


def show_projects(statistics: Statistics) -> None:
    found = groups.by_project(statistics.works)
    if not found:
        st.caption("Works that are put into projects, under Content, are compared here.")
        return
    _show_groups(found, "Project", "projects", statistics.days)


def show_tags(statistics: Statistics) -> None:
    found = groups.by_tag(statistics.works)
    if not found:
        st.caption("Tags that at least two counted works share are compared here.")
        return
    _show_groups(found, "Tag", "tags", statistics.days)


def show_times(statistics: Statistics, timezone: str) -> None:
    """Views of a work on average, by when it was published."""
    days, hours = groups.by_weekday(statistics.works, timezone), groups.by_hour(statistics.works, timezone)
    left, right = st.columns([2, 3], gap="medium")
    with left:
        _show_averages("By weekday of publication", days, [group.name[:3] for group in days], "weekdays")
    with right:
        _show_averages("By hour of publication", hours, [group.name for group in hours], "hours", ":00")
    st.caption(f"Views of a work on average, all counted works. {zone_note(timezone)}")


def _show_averages(title: str, found: Sequence[GroupFigures], names: Sequence[str], key: str, suffix: str = "") -> None:
    with st.container(border=True, key=f"statistics-{key}"):
        st.markdown(f"**{title}**")
        best = max(found, key=lambda group: group.views_each)
        words = f"best: {best.name}{suffix}, {best.views_each:,.0f} views a work over {count(best.works, 'work')}"
        figure = charts.averages(names, [group.views_each for group in found], [group.works for group in found])
        charts.show(figure, key=f"averages-{key}", alt=f"{title}; {words}.")
        st.caption(f"{words[:1].upper()}{words[1:]}.")


def _show_groups(found: Sequence[GroupFigures], noun: str, name: str, days: int) -> None:
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.caption(f"Gained in the last {days} days, and each work's average since it is out.")
        csv_button(partial(_csv, found, noun, days), name, key=f"statistics-csv-{name}")
    config = st.column_config
    frame = pd.DataFrame(
        [
            {
                "name": group.name,
                "works": group.works,
                "gained views": group.gained_views,
                "views each": round(group.views_each, 1),
                "gained favourites": group.gained_favourites,
                "favourites each": round(group.favourites_each, 1),
            }
            for group in found
        ]
    )
    st.dataframe(
        frame,
        key=f"statistics-groups-{name}",
        hide_index=True,
        row_height=ROW_HEIGHT,
        height=ROW_HEIGHT * min(len(found), _SHOWN) + 40,
        column_config={
            "name": config.TextColumn(noun, width=220),
            "works": config.NumberColumn("Works", format="localized"),
            "gained views": config.NumberColumn("Views gained", format="localized"),
            "views each": config.NumberColumn("Views a work", format="localized"),
            "gained favourites": config.NumberColumn("Favourites gained", format="localized"),
            "favourites each": config.NumberColumn("Favourites a work", format="localized"),
        },
        alt=f"{len(found)} {name} compared",
    )


def _csv(found: Sequence[GroupFigures], noun: str, days: int) -> bytes:
    return csv_bytes(_csv_rows(found, noun, days))


def _csv_rows(found: Sequence[GroupFigures], noun: str, days: int) -> Iterator[Sequence[object]]:
    yield [f"Counted works by {noun.lower()}, gained in the last {days} days"]
    yield [noun.lower(), "works", "views", "favourites", "views_gained", "favourites_gained"]
    for group in found:
        yield [group.name, group.works, group.views, group.favourites, group.gained_views, group.gained_favourites]
