"""Home: what happens next, whether something needs you, and how the work flows."""

import streamlit as st

from core.clock import utc_now
from core.runtime import get_runtime
from core.ui import times
from core.ui.gate import current_user
from core.ui.home import look
from core.ui.home.flow import show_chart, show_flow
from core.ui.home.headline import headline
from core.ui.home.making import show_making
from core.ui.home.needs import list_needs, show_needs
from core.ui.home.reading import read_home
from core.ui.home.sidecar import show_sidecar
from core.ui.home.steps import show_steps
from core.ui.home.upcoming import show_upcoming
from core.ui.home.uploading import show_upload_button
from core.ui.page import zone_note
from core.ui.words import plain

user = current_user()
runtime = get_runtime()
now = utc_now()


look.apply()
with runtime.database.read() as session:
    home = read_home(session, user.actor, zone=user.timezone, now=now)
needs = list_needs(home, is_admin=user.is_admin, now=now)

with st.container(horizontal=True, vertical_alignment="top", horizontal_alignment="distribute", key="home-top"):
    with st.container(width="stretch", gap="small"):
        st.title(f"{times.greeting(now, user.timezone)}, {plain(user.display_name)}", anchor=False)
        with st.container(key="home-headline"):
            st.markdown(headline(home, len(needs), user.timezone, now=now))
        show_sidecar(user.actor, (home.is_running, home.counts))
    if home.steps.has_plan:
        with st.container(width="content"):
            show_upload_button("upload")

if not home.steps.has_plan:
    show_steps(home.steps, runtime.sites)
if home.steps.has_plan:
    show_flow(home.outlook)
show_making(home.making.running)
if home.steps.has_post or needs:
    left, right = st.columns(2, gap="medium")
    with left:
        show_needs(needs)
    with right:
        show_upcoming(
            home.upcoming,
            home.outlook.scheduled,
            home.automations.expected,
            home.sandboxes,
            user.timezone,
            now=now,
        )
if home.steps.has_plan:
    show_chart(home.outlook)
st.caption(zone_note(user.timezone))
