"""Blackout windows: the list, a week of what they forbid, and making or changing one."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from html import escape
from zoneinfo import ZoneInfo

import streamlit as st

from core.clock import utc_now
from core.identity.models import Account
from core.identity.sessions import SignedIn
from core.publishing.automations import limits_editing
from core.publishing.automations.forms import BlackoutForm
from core.publishing.automations.limits import Blackouts
from core.publishing.automations.limits_editing import NAME_LENGTH, describe_blackout
from core.publishing.automations.models import BlackoutKind, BlackoutWindow
from core.publishing.csv_cells import cell
from core.publishing.zones import WallTime, start_of_day, to_instant
from core.runtime import get_runtime
from core.ui import palette
from core.ui.automations import said
from core.ui.automations.days_field import days_field
from core.ui.automations.rule_fields import clock_field
from core.ui.errors import guarded
from core.ui.page import empty_state, format_instant, local
from core.ui.tables import csv_button, csv_bytes
from core.ui.words import plain

_KINDS = {BlackoutKind.WEEKLY: "Every week", BlackoutKind.ONCE: "Once"}
_ALL = ""
_EDITING = "automations.window"
_TURN = "automations.window-turn"
NEW = "new"


def show_windows(user: SignedIn, rows: Sequence[BlackoutWindow], accounts: Sequence[Account]) -> None:
    """All windows, and the one that is being made or changed."""
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.header("Blackout windows", anchor=False)
        if rows:
            csv_button(partial(_csv, user, rows, accounts), "blackout-windows", key="windows-csv")
    st.caption("Times in which automations post nothing. What falls into one is moved behind it, or left out.")
    if not rows and st.session_state.get(_EDITING) != NEW:
        empty_state("No blackout windows", "Nights, holidays, the hours of a fair.", icon=":material/bedtime:")
    _show_week([row for row in rows if row.enabled], user)
    names = {one.id: one.username for one in accounts}
    for row in rows:
        if st.session_state.get(_EDITING) == row.id:
            _show_form(user, row.id, BlackoutForm.of(row), accounts)
        else:
            _show_window(user, row, names)
    if st.session_state.get(_EDITING) == NEW:
        blank = BlackoutForm("", BlackoutKind.WEEKLY, start_time="22:00", end_time="07:00")
        _show_form(user, NEW, blank, accounts)
    else:
        st.button("Add a blackout window", icon=":material/add:", key="window-add", on_click=_edit, args=(NEW,))


def _show_window(user: SignedIn, row: BlackoutWindow, names: Mapping[str, str]) -> None:
    window = BlackoutForm.of(row)
    with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"window-{row.id}", gap="small"):
        with st.container(gap=None, width="stretch"):
            st.markdown(f"**{plain(row.name)}**" if row.enabled else f":gray[{plain(row.name)}]")
            whom = names.get(row.account_id or "", "") if row.account_id else "All accounts"
            st.caption(f"{_words(window, user)} · {plain(whom)}")
        key = f"window-on-{row.id}"
        st.session_state[key] = row.enabled
        st.toggle(
            f"{plain(row.name)} counts",
            key=key,
            label_visibility="collapsed",
            on_change=_switch,
            args=(user, row.id, not row.enabled),
        )
        st.button("Change", key=f"window-edit-{row.id}", type="tertiary", on_click=_edit, args=(row.id,))
        st.button(
            "", icon=":material/delete:", key=f"window-delete-{row.id}", type="tertiary", help="Remove this window",
            on_click=_delete, args=(user, row),
        )  # fmt: skip


def _show_form(user: SignedIn, window_id: str, shown: BlackoutForm, accounts: Sequence[Account]) -> None:
    key = f"window-form-{window_id}-{st.session_state.get(_TURN, 0)}"
    with st.container(border=True, key=key, gap="small"), guarded():
        with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
            name = st.text_input(
                "Name", value=shown.name, max_chars=NAME_LENGTH, key=f"{key}-name", placeholder="Night", width=260
            )
            whom = {_ALL: "All accounts"} | {one.id: one.username for one in accounts}
            account_id = st.selectbox(
                "For", list(whom), index=list(whom).index(shown.account_id) if shown.account_id in whom else 0,
                format_func=lambda one: whom[one], key=f"{key}-account", width=240,
            )  # fmt: skip
        kind = st.segmented_control(
            "When", list(_KINDS), default=shown.kind, format_func=lambda one: _KINDS[one], key=f"{key}-kind",
            required=True,
        )  # fmt: skip
        window = replace(shown, name=name or "", account_id=account_id or None, kind=BlackoutKind(kind or shown.kind))
        window = _weekly_fields(key, window) if window.kind is BlackoutKind.WEEKLY else _once_fields(key, window, user)
        with st.container(horizontal=True, horizontal_alignment="right"):
            st.button("Cancel", key=f"{key}-cancel", type="tertiary", on_click=_edit, args=(None,))
            if st.button("Save", type="primary", key=f"{key}-save"):
                _save(user, window_id, window)


def _weekly_fields(key: str, window: BlackoutForm) -> BlackoutForm:
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        start = clock_field("From", f"{key}-start", window.start_time or "22:00")
        end = clock_field("To", f"{key}-end", window.end_time or "07:00", may_end_the_day=True)
    days = days_field(f"{key}-days", window.days_of_week)
    if end != "24:00" and end <= start:
        st.caption("It ends on the day after.")
    return replace(window, start_time=start, end_time=end, days_of_week=None if days is None else list(days))


def _once_fields(key: str, window: BlackoutForm, user: SignedIn) -> BlackoutForm:
    """Two instants; raises ``ScheduleRefused`` for a time that does not exist."""
    now = utc_now()
    hour = now.replace(minute=0)
    starts_at = _instant("From", f"{key}-from", window.starts_at or hour + timedelta(days=1), user)
    ends_at = _instant("To", f"{key}-to", window.ends_at or hour + timedelta(days=2), user)
    return replace(window, starts_at=starts_at, ends_at=ends_at)


def _instant(label: str, key: str, value: datetime, user: SignedIn) -> datetime:
    start = local(value, user.timezone).replace(second=0, microsecond=0)
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        day = st.date_input(label, value=start.date(), format="DD/MM/YYYY", key=f"{key}-day", width=170)
        clock = st.time_input("Time", value=start.time(), step=timedelta(minutes=15), key=f"{key}-clock", width=130)
    return to_instant(WallTime(datetime.combine(day or start.date(), clock or time()), user.timezone))


def _save(user: SignedIn, window_id: str, window: BlackoutForm) -> None:
    with get_runtime().database.session() as session:
        if window_id == NEW:
            limits_editing.add_blackout(session, user.actor, window, now=utc_now())
        else:
            limits_editing.edit_blackout(session, user.actor, window_id, window, now=utc_now())
    said.leave(f"“{window.name.strip()}” was saved.")
    _edit(None)
    st.rerun()


def _edit(window_id: str | None) -> None:
    """Show the form of a window, ``new`` for one to be made, nothing for none."""
    st.session_state[_EDITING] = window_id
    st.session_state[_TURN] = st.session_state.get(_TURN, 0) + 1


def _switch(user: SignedIn, window_id: str, enabled: bool) -> None:
    def run() -> None:
        with get_runtime().database.session() as session:
            limits_editing.switch_blackout(session, user.actor, window_id, enabled=enabled, now=utc_now())

    said.attempt(run)


def _delete(user: SignedIn, row: BlackoutWindow) -> None:
    window = BlackoutForm.of(row)

    def run() -> None:
        with get_runtime().database.session() as session:
            limits_editing.delete_blackout(session, user.actor, row.id, now=utc_now())

    def undo() -> None:
        with get_runtime().database.session() as session:
            limits_editing.add_blackout(session, user.actor, window, now=utc_now())

    if said.attempt(run):
        said.leave(f"“{row.name}” was removed.", undo=undo)


def _words(window: BlackoutForm, user: SignedIn) -> str:
    if window.kind is BlackoutKind.WEEKLY:
        return describe_blackout(window)
    now = utc_now()
    first, last = (format_instant(one, user.timezone, now=now) for one in (window.starts_at, window.ends_at))
    return f"{first} to {last}"


def _show_week(rows: Sequence[BlackoutWindow], user: SignedIn) -> None:
    """The coming seven days with what the windows forbid, of whichever account."""
    if not rows:
        return
    zone = ZoneInfo(user.timezone)
    today = local(utc_now(), user.timezone).date()
    blackouts = Blackouts(rows, zone)
    lines = "".join(_day_html(today + timedelta(days=place), zone, blackouts) for place in range(7))
    band = palette.colour("orangeColor")
    hours = "".join(f"<span>{hour:02}</span>" for hour in (0, 6, 12, 18, 24))
    st.html(
        f'<div class="atl-week" style="--atl-band: {band}" role="img" '
        f'aria-label="Blackout windows of the coming seven days">{lines}<span></span><p>{hours}</p></div>'
    )


def _day_html(day: date, zone: ZoneInfo, blackouts: Blackouts) -> str:
    start, end = start_of_day(day, zone), start_of_day(day + timedelta(days=1), zone)
    length = (end - start).total_seconds()
    bands = ""
    for window in blackouts.between(start, end):
        left = (max(window.start, start) - start).total_seconds() / length * 100
        width = (min(window.end, end) - max(window.start, start)).total_seconds() / length * 100
        title = escape(window.name, quote=True)
        bands += f'<i title="{title}" style="left: {left:.2f}%; width: {width:.2f}%"></i>'
    return f"<span>{day:%a}</span><div>{bands}</div>"


def _csv(user: SignedIn, rows: Sequence[BlackoutWindow], accounts: Sequence[Account]) -> bytes:
    names = {one.id: one.username for one in accounts}
    head: list[Sequence[object]] = [
        ["filter", "none"],
        ["name", "account", "kind", "when", "starts_at", "ends_at", "on"],
    ]
    return csv_bytes(
        [
            *head,
            *(
                [
                    cell(row.name), cell(names.get(row.account_id or "", "all")), row.kind.value,
                    describe_blackout(BlackoutForm.of(row)), _iso(row.starts_at), _iso(row.ends_at), row.enabled,
                ]
                for row in rows
            ),
        ]
    )  # fmt: skip


def _iso(instant: datetime | None) -> str:
    return instant.astimezone(UTC).isoformat() if instant else ""
