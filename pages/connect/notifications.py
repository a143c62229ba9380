"""Notifications: where you are told besides the bell, what was sent there, and everything you were told."""

import streamlit as st

from core.clock import utc_now
from core.runtime import get_runtime
from core.system import channels, outbox
from core.ui.channels.adding import show_adding
from core.ui.channels.attention import show_attention, show_secret
from core.ui.channels.card import show_card
from core.ui.channels.history_view import show_history
from core.ui.channels.outbox_view import show_outbox
from core.ui.gate import current_user
from core.ui.home.reading import find_pulse
from core.ui.page import empty_state, page_header, zone_note

CHANNELS, OUTBOX, HISTORY = "Channels", "Outbox", "History"

user = current_user()
database = get_runtime().database


def show_channels() -> None:
    """The cards, and a way to more of them."""
    with st.container(width=760):
        if not mine:
            empty_state(
                "Only the bell tells you so far",
                "Add a mail address, or a webhook for a program of yours, and be told while you are elsewhere.",
                icon=":material/notifications_active:",
            )
        for channel in mine:
            show_card(user, channel, asked.get(channel.id), now)
        show_adding(user, len(mine))


page_header("Notifications", f"Where you are told what needs you, besides the bell. {zone_note(user.timezone)}")
now = utc_now()
with database.read() as session:
    mine = channels.list_channels(session, user.actor)
    counts = outbox.count_mine(session, user.actor)
    asked = outbox.latest_asked(session, user.actor, now=now)
    pulse = find_pulse(session, now=now)
show_secret()
show_attention(user, mine, counts, pulse)
view = st.segmented_control(
    "Show", [CHANNELS, OUTBOX, HISTORY], default=CHANNELS, required=True, key="show", bind="query-params",
    label_visibility="collapsed",
)  # fmt: skip
if view == OUTBOX:
    show_outbox(user, mine, counts)
elif view == HISTORY:
    show_history(user)
else:
    show_channels()
