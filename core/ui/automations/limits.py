"""What all posts of an account keep to: distance, cap, pause."""

from datetime import datetime, time, timedelta

import streamlit as st

from core.clock import utc_now
from core.identity.sessions import SignedIn
from core.publishing.automations import limits_editing
from core.publishing.automations.forms import LimitsForm
from core.publishing.automations.limits_editing import HIGHEST_CAP, LONGEST_GAP_MINUTES, AccountLimitsView
from core.publishing.zones import WallTime, to_instant
from core.runtime import get_runtime
from core.ui.automations import said
from core.ui.content.showing import is_sandbox
from core.ui.errors import guarded
from core.ui.links import screen_link
from core.ui.page import empty_state, format_instant, local
from core.ui.words import count, listed, plain


def show_limits(user: SignedIn, views: list[AccountLimitsView]) -> None:
    """A form for each account."""
    st.header("Accounts", anchor=False)
    st.caption(
        "All automations keep to these together. A time you choose by hand is never moved; you are told when it "
        "breaks one."
    )
    if not views:
        empty_state("No account yet", "Limits belong to an account that posts go out with.", icon=":material/link:")
        screen_link("Connect an account", "accounts", icon=":material/link:")
    for view in views:
        _show_account(user, view)


def _show_account(user: SignedIn, view: AccountLimitsView) -> None:
    key, now = f"limits-{view.account.id}", utc_now()
    with st.container(border=True, key=f"{key}-box", gap="small"):
        where = " · sandbox" if is_sandbox(view.account.provider) else ""
        st.markdown(f"**{plain(view.account.username)}**{where} :gray[· {_words(view.limits, user, now)}]")
        if view.warning:
            st.markdown(f":orange[:material/warning: {plain(view.warning)}]")
        with guarded():
            limits = _fields(key, view.limits, user, now)
            if st.button("Save", key=f"{key}-save", disabled=limits == view.limits):
                with get_runtime().database.session() as session:
                    limits_editing.set_limits(session, user.actor, view.account.id, limits, now=now)
                said.leave(f"{view.account.username}: {_words(limits, user, now)}.")
                st.rerun()


def _fields(key: str, shown: LimitsForm, user: SignedIn, now: datetime) -> LimitsForm:
    """What the widgets say; raises ``ScheduleRefused`` for a time that does not exist."""
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        gap = st.number_input(
            "Minutes between two posts", min_value=0, max_value=LONGEST_GAP_MINUTES, value=shown.min_gap_minutes,
            step=5, key=f"{key}-gap", width=210,
        )  # fmt: skip
        cap = st.number_input(
            "Posts a day at most", min_value=1, max_value=HIGHEST_CAP, value=shown.daily_cap, step=1,
            placeholder="Any number", key=f"{key}-cap", width=190,
        )  # fmt: skip
        until = _pause_fields(key, shown, user, now)
    return LimitsForm(int(gap or 0), None if cap is None else int(cap), until)


def _pause_fields(key: str, shown: LimitsForm, user: SignedIn, now: datetime) -> datetime | None:
    """Until when the account pauses; a pause that is over counts as none."""
    current = shown.paused_until if shown.paused_until and shown.paused_until > now else None
    start = local(current, user.timezone) if current else None
    day = st.date_input(
        "Paused until", value=start.date() if start else None, format="DD/MM/YYYY", key=f"{key}-day", width=170
    )
    if day is None:
        return None if current or shown.paused_until is None else shown.paused_until
    clock = st.time_input(
        "Time", value=start.time() if start else time(), step=timedelta(minutes=15), key=f"{key}-clock", width=120
    )
    chosen = datetime.combine(day, clock or time())
    if start is not None and chosen == start.replace(tzinfo=None):
        return current
    return to_instant(WallTime(chosen, user.timezone))


def _words(limits: LimitsForm, user: SignedIn, now: datetime) -> str:
    """The limits in a few words."""
    found = []
    if limits.min_gap_minutes:
        found.append(f"{count(limits.min_gap_minutes, 'minute')} between two posts")
    if limits.daily_cap is not None:
        found.append(f"at most {limits.daily_cap:,} a day")
    if limits.paused_until is not None and limits.paused_until > now:
        found.append(f"paused until {format_instant(limits.paused_until, user.timezone, now=now)}")
    return listed(found) or "no limits"
