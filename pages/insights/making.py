"""Making of: what earns good ratings, what a kept picture costs, how providers do, and what was logged."""

import streamlit as st

from core.clock import utc_now
from core.runtime import get_runtime
from core.studio.analytics.verdicts import overall
from core.studio.shelves.projects import list_projects
from core.ui.errors import guarded
from core.ui.gate import current_user
from core.ui.making import query
from core.ui.making.logs import show_logs
from core.ui.making.providers import show_providers
from core.ui.making.verdicts import show_lookups, show_models, show_numbers, show_overall
from core.ui.page import empty_state, page_header, zone_note

user = current_user()
runtime = get_runtime()
now = utc_now()

page_header("Making of", f"Which choices earn good ratings, what a kept picture costs. {zone_note(user.timezone)}")
with guarded():
    with runtime.database.read() as session:
        projects = list_projects(session, user.actor)
    chosen = query.ask(projects, now)
    with runtime.database.read() as session:
        together = overall(session, user.actor, chosen.scope)
    if together.made:
        show_overall(together)
        if not together.judged:
            st.info("Like, rate or reject pictures in the gallery; this screen learns from it.",
                    icon=":material/thumbs_up_down:")  # fmt: skip
    else:
        empty_state("Nothing was made in this span", "Order some pictures and judge them in the gallery.",
                    icon=":material/insights:")  # fmt: skip
        st.page_link("pages/create/generate.py", label="Generate", icon=":material/brush:")
    models, lookups, numbers, providers, logs = st.tabs(["Models", "Lookups", "Numbers", "Providers", "Log"])
    with models:
        show_models(runtime, user, chosen)
    with lookups:
        show_lookups(runtime, user, chosen)
    with numbers:
        show_numbers(runtime, user, chosen)
    with providers:
        show_providers(runtime, user, chosen)
    with logs:
        show_logs(runtime, user, chosen, now)
