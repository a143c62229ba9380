"""Providers and models: where pictures are made, with which key and limits, and what can be ordered there."""

from zoneinfo import ZoneInfo

import streamlit as st

from core.clock import utc_now
from core.identity.instance import reporting_timezone
from core.runtime import get_runtime
from core.studio.catalogue.access import list_models, list_providers
from core.studio.catalogue.list_prices import list_prices
from core.ui.gate import current_user
from core.ui.page import page_header, zone_note
from core.ui.providers.adding import show_adding
from core.ui.providers.cards import show_cards
from core.ui.providers.context import TOAST, Context
from core.ui.providers.models import show_models
from core.ui.providers.standing import Standing, standing_of
from core.ui.providers.workflow_upload import show_workflow_upload
from core.ui.words import listed, plain

user = current_user()
runtime = get_runtime()
now = utc_now()

page_header("Providers & models", "Where pictures are made: keys, limits, the cap of the day, and the models on offer.")
with runtime.database.read() as session:
    providers = list_providers(session)
    models = list_models(session, available_only=False)
    prices = list_prices(session, models, now=now)
    day = now.astimezone(ZoneInfo(reporting_timezone(session))).date()
context = Context(runtime, user, day, now)

if toast := st.session_state.pop(TOAST, None):
    st.toast(toast)
troubled = [row for row in providers if standing_of(row, day, now) in (Standing.FAILING, Standing.CAP_REACHED)]
if troubled:
    names = listed([f"“{plain(row.name)}”" for row in troubled])
    st.warning(f"{names} cannot make pictures at present; its card says why.", icon=":material/report:")
if not user.is_admin:
    st.caption("Administrators set these up. You can order from those that are ready.")

ready, rest = [], []
for row in providers:
    standing = standing_of(row, day, now)
    (rest if standing in (Standing.NEEDS_KEY, Standing.OFF) else ready).append(row)
of_provider = {row.id: sum(one.provider_id == row.id and one.is_available for one in models) for row in providers}
show_cards(context, ready, of_provider)
if rest:
    st.header("Not in use", anchor=False)
    show_cards(context, rest, of_provider)
if user.is_admin:
    show_adding(context, providers)

st.header("Models", anchor=False)
show_models(context, providers, models, prices)
if user.is_admin:
    show_workflow_upload(context, providers)
st.caption(zone_note(user.timezone))
