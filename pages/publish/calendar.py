"""Calendar: what went out, what will, and what automations foresee; move posts to other days and hours."""

import streamlit as st

from core.ui.calendar import acting
from core.ui.calendar.board import show_board
from core.ui.calendar.empty import show_empty, show_horizon
from core.ui.calendar.export import show_export
from core.ui.calendar.plan_dialog import show_plan_dialog
from core.ui.calendar.query import current_query, show_pages
from core.ui.calendar.shown import PER_PAGE, read_shown, today_of
from core.ui.calendar.subscribe import show_subscribe
from core.ui.calendar.toolbar import show_filters, show_toolbar
from core.ui.calendar.watch import watch
from core.ui.content import notices
from core.ui.gate import current_user
from core.ui.page import page_header, zone_note

user = current_user()
today = today_of(user)
acting.act(user, current_query(today))
query = current_query(today)
shown = read_shown(user, query)

left, right = st.columns([2, 1], vertical_alignment="bottom")
with left:
    page_header("Calendar", f"See what goes out when, and move it. {zone_note(user.timezone)}")
with right, st.container(horizontal=True, horizontal_alignment="right", key="calendar-doors"):
    show_export(user, query, shown)
    show_subscribe(user)
notices.show()
acting.show_refusal()
show_toolbar(query, today)
show_filters(query, shown)
show_horizon(user, query, shown)
show_empty(query, shown)
show_board(user, query, shown, acting.note_act, acting.said())
show_pages(query, shown.total, PER_PAGE)
watch(user, shown)
planning = acting.planning()
if planning is not None:
    show_plan_dialog(user, planning)
