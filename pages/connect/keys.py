"""API keys: which programs may do what here in the person's name; making keys, and ending them."""

import streamlit as st

from core.clock import utc_now
from core.identity.api_keys import list_keys
from core.runtime import get_runtime
from core.ui.gate import current_user
from core.ui.keys.export import keys_csv
from core.ui.keys.listing import TOAST, ListContext, show_attention, show_keys
from core.ui.keys.making import show_handover, show_making
from core.ui.page import empty_state, page_header, zone_note
from core.ui.tables import csv_button
from core.ui.words import count

user = current_user()
runtime = get_runtime()
now = utc_now()

page_header("API keys", "Keys for programs that send pictures in or set prices for you, such as ComfyUI.")
with runtime.database.read() as session:
    keys = list_keys(session, user.actor, now=now)

if toast := st.session_state.pop(TOAST, None):
    st.toast(toast)
with st.container(width=860):
    show_handover(runtime.settings.resolved_public_url)
    show_attention(keys, user, now)
    if not keys:
        empty_state(
            "No keys yet",
            "A program needs one to act for you. Whatever it sends waits under Review.",
            icon=":material/key:",
        )
    show_making(runtime, user, expanded=not keys)
    if keys:
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.caption(f"{count(len(keys), 'key')}. {zone_note(user.timezone)}")
            csv_button(lambda: keys_csv(keys), "atelier-api-keys", key="keys-csv")
        show_keys(ListContext(runtime, user, now), keys)
    st.caption("[What programs can ask for](/api/v1/docs), with every field and answer.")
