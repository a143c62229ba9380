"""A draft was put onto a day: at what time is it to go out?"""

from datetime import datetime, time, timedelta

import streamlit as st

from core.clock import utc_now
from core.errors import AtelierError
from core.identity.sessions import SignedIn
from core.publishing import listing, scheduling
from core.publishing.access import load_posts
from core.publishing.listing import DeviationView
from core.publishing.scheduling import DEFAULT_JITTER_SECONDS, FURTHEST, SchedulePlan
from core.publishing.zones import WallTime
from core.runtime import get_runtime
from core.ui.calendar import acting
from core.ui.calendar.acting import Planning
from core.ui.content.actions import cancel_again, rng
from core.ui.content.homes import give_default_account
from core.ui.content.notices import leave, notice_of
from core.ui.content.schedule_dialog import JITTERS
from core.ui.content.thumbs import cover_url
from core.ui.content.times import dated_window
from core.ui.errors import guarded
from core.ui.page import local, zone_note
from core.ui.words import plain

_USUAL = time(12, 0)
_THUMB = "width: 64px; height: 64px; object-fit: cover; border-radius: 8px; display: block"


def show_plan_dialog(user: SignedIn, planning: Planning) -> None:
    """Draw the dialog for the draft of ``planning``; nothing when it is gone meanwhile."""
    with get_runtime().database.read() as session:
        own = list(load_posts(session, user.actor, [planning.deviation_id], lock=False))
        views = listing.views_of(session, own, now=utc_now())
    if not views:
        acting.stop_planning()
        return
    draw = st.dialog("Schedule this draft", icon=":material/schedule:", on_dismiss=acting.stop_planning)
    draw(_show)(user, planning, views[0])


def _show(user: SignedIn, planning: Planning, view: DeviationView) -> None:
    now, key = utc_now(), f"plan-{planning.number}"
    with st.container(horizontal=True, vertical_alignment="center"):
        address = cover_url(view)
        if address:
            st.html(f'<img src="{address}" alt="" style="{_THUMB}">', width=72)
        st.markdown(f"**{plain(view.title)}**", width="stretch")
    plan = SchedulePlan(_wall_time(user, planning, key, now), jitter_max_seconds=_jitter(key))
    is_possible = _show_plan(plan, user.timezone, now)
    with st.container(horizontal=True, horizontal_alignment="right"):
        if st.button("Leave it", key=f"{key}-no"):
            acting.stop_planning()
            st.rerun()
        if st.button("Schedule", type="primary", key=f"{key}-go", disabled=not is_possible):
            _schedule(user, view, plan)


def _wall_time(user: SignedIn, planning: Planning, key: str, now: datetime) -> WallTime:
    here = local(now, user.timezone)
    left, right = st.columns(2)
    last = (here + FURTHEST).date()
    day = left.date_input(
        "Date", value=min(max(planning.day, here.date()), last), min_value=here.date(), max_value=last,
        key=f"{key}-day", format="DD/MM/YYYY",
    )  # fmt: skip
    guess = _USUAL if planning.hour is None else time(planning.hour)
    if planning.day <= here.date() and guess <= here.time():
        guess = (here + timedelta(hours=1)).replace(minute=0, second=0, microsecond=0, tzinfo=None).time()
    clock = right.time_input("Time", value=guess, key=f"{key}-clock", step=timedelta(minutes=1))
    return WallTime(datetime.combine(day or planning.day, clock or _USUAL), user.timezone)


def _jitter(key: str) -> int:
    return st.selectbox(
        "Random delay",
        list(JITTERS),
        index=list(JITTERS).index(DEFAULT_JITTER_SECONDS),
        format_func=lambda one: JITTERS[one],
        key=f"{key}-jitter",
        help="It goes out a little later than its time, never earlier.",
    )


def _show_plan(plan: SchedulePlan, timezone: str, now: datetime) -> bool:
    """What the choices come to, or why they cannot be used."""
    try:
        (at,) = plan.times(1, now=now)
    except AtelierError as error:
        st.markdown(f":orange[:material/error: {plain(str(error))}]")
        return False
    until = at + timedelta(seconds=plan.jitter_max_seconds)
    st.markdown(f":material/event: Goes out **{dated_window(at, until, timezone, now=now)}**.")
    st.caption(zone_note(timezone))
    return True


def _schedule(user: SignedIn, view: DeviationView, plan: SchedulePlan) -> None:
    runtime = get_runtime()
    with guarded():
        with runtime.database.session() as session:
            now, lease_seconds = utc_now(), runtime.settings.lease_seconds
            give_default_account(session, user.actor, [view.id], now=now, lease_seconds=lease_seconds)
            report = scheduling.schedule(
                session, user.actor, [view.id], plan, rng=rng, now=now, lease_seconds=lease_seconds
            )
        notice = notice_of(report, "scheduled", undo=cancel_again(user, [view.id]) if report.changed else None)
        leave(notice)
        acting.say(notice.sentence, undo=notice.undo)
        acting.stop_planning()
        st.rerun()
