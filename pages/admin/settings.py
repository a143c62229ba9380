"""Settings of the house that an administrator changes while it runs."""

import streamlit as st

from core.clock import utc_now
from core.identity import instance, rules
from core.runtime import get_runtime
from core.ui.errors import guarded
from core.ui.gate import require_admin
from core.ui.page import page_header

user = require_admin()
runtime = get_runtime()

page_header("Settings", "What holds for everybody in this house. Addresses and keys are set where it is started.")
with runtime.database.read() as session:
    zone, invites = instance.reporting_timezone(session), instance.invites_enabled(session)

with st.form("settings", width=560):
    zones = rules.timezones()
    chosen = st.selectbox(
        "Reporting zone",
        zones,
        index=zones.index(zone) if zone in zones else zones.index("UTC"),
        format_func=lambda name: name.replace("_", " "),
        help="Its midnight ends a day in figures and reports, for everybody.",
    )
    allowed = st.toggle(
        "Invitation links", value=invites, help="Administrators can send links with which people add themselves."
    )
    if st.form_submit_button("Save", type="primary"):
        with guarded():
            with runtime.database.session() as session:
                instance.update_settings(
                    session, user.actor, reporting_timezone=chosen, team_invites_enabled=allowed, now=utc_now()
                )
            st.toast("Saved.", icon=":material/check:")
            st.rerun()
