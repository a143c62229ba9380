"""For administrators: whether the sums are what the events say, and making them anew."""

from datetime import datetime

import streamlit as st

from core.clock import utc_now
from core.identity.sessions import SignedIn
from core.metering import upkeep
from core.metering.days import Days
from core.metering.models import UsageState
from core.metering.rebuilding import note_rebuilt
from core.runtime import get_runtime
from core.ui import times
from core.ui.errors import guarded
from core.ui.usage.notice import SAID
from core.ui.words import count


def show_attention(check: UsageState | None) -> None:
    """Said when the last check found differences."""
    if check is not None and check.differences:
        st.warning(
            f"{count(check.differences, 'sum')} of usage of {check.checked_from} to {check.checked_until} "
            f"{'is' if check.differences == 1 else 'are'} not what the events say. The events are kept: make "
            "the sums anew at the foot of Usage & costs.",
            icon=":material/rule:",
        )


def show_upkeep(user: SignedIn, days: Days, check: UsageState | None, *, now: datetime) -> None:
    """The last check, and two buttons for the days that are shown."""
    if check is None or check.checked_at is None:
        st.caption("The sums have not been compared with the events yet. The sidecar does it once a day.")
    else:
        result = f"{count(check.differences, 'sum')} differed" if check.differences else "all were right"
        st.caption(
            f"Last compared with the events {times.ago(check.checked_at, now=now)}, for {check.checked_from} to "
            f"{check.checked_until}: {result}. The sidecar compares yesterday once a day."
        )
    with st.container(horizontal=True):
        if st.button("Check these days", key="usage-check", icon=":material/rule:"):
            with guarded():
                _check(days)
        if st.button("Make the sums anew", key="usage-rebuild", icon=":material/refresh:"):
            with guarded():
                _rebuild(user, days)


def _check(days: Days) -> None:
    bar = st.progress(0.0, "Comparing…")
    found = upkeep.check_days(get_runtime().database, days, now=utc_now(), progress=bar.progress)
    SAID.leave(f"{count(len(found), 'sum')} differ from the events." if found else "The sums are what the events say.")
    st.rerun()


def _rebuild(user: SignedIn, days: Days) -> None:
    database = get_runtime().database
    # The trail first: it refuses who may not do this.
    with database.session() as session:
        note_rebuilt(session, user.actor, days, now=utc_now())
    bar = st.progress(0.0, "Making the sums anew…")
    upkeep.rebuild_each(database, days, now=utc_now(), progress=bar.progress)
    upkeep.check_days(database, days, now=utc_now())
    SAID.leave("The sums were made anew from the events.")
    st.rerun()
