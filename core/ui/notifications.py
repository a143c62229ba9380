"""The bell in the sidebar: what a person should know, with a way there and a way to be done with it."""

from collections.abc import Sequence
from datetime import datetime

import streamlit as st

from core.clock import utc_now
from core.identity.sessions import SignedIn
from core.runtime import get_runtime
from core.system import notifications
from core.system.models import Notification
from core.ui import times
from core.ui.errors import guarded
from core.ui.links import find_screen, screen_link
from core.ui.words import plain

EVERY_SECONDS = 30
LISTED = 20
_ICONS = {"warning": ":orange[:material/warning:]", "error": ":red[:material/error:]"}


@st.fragment(run_every=EVERY_SECONDS)
def show_bell(user: SignedIn) -> None:
    """The bell with how many are unread; opening it lists them, newest first."""
    with guarded():
        now = utc_now()
        with get_runtime().database.read() as session:
            number = notifications.count_unread(session, user.user_id)
            unread = notifications.list_unread(session, user.user_id, limit=LISTED) if number else []
        icon = ":material/notifications_unread:" if number else ":material/notifications:"
        label = f"Notifications ({number:,})" if number else "Notifications"
        with st.popover(label, icon=icon, type="tertiary", key="notifications"):
            _show_inbox(user, unread, number, now)


def _show_inbox(user: SignedIn, unread: Sequence[Notification], number: int, now: datetime) -> None:
    if not unread:
        st.markdown("Nothing new.")
        st.caption("What goes wrong, and what waits for you, is told here.")
    for row in unread:
        show_notification(user, row, now, key="notification")
    if number > len(unread):
        st.caption(f"and {number - len(unread):,} older")
    if len(unread) > 1:
        st.button(
            "Mark all as read", key="read-all", icon=":material/done_all:", on_click=_mark_read, args=(user, None)
        )
    screen_link("History, mail and webhooks", "notifications", icon=":material/settings:")


def show_notification(user: SignedIn, row: Notification, now: datetime, *, key: str) -> None:
    """One notification with what can be done about it; ``key`` tells apart where it is shown."""
    with st.container(border=True, gap=None, key=f"{key}-{row.id}"):
        st.markdown(f"{_ICONS.get(row.level, ':material/info:')} **{plain(row.title)}**")
        st.caption(f"{plain(row.body)} · {_ago(row, now)}" if row.body else _ago(row, now))
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            if row.link and find_screen(row.link.partition("?")[0]):
                screen_link("Open", row.link, icon=":material/arrow_forward:")
            if row.read_at is None:
                st.button(
                    "Mark as read", key=f"{key}-read-{row.id}", type="tertiary", on_click=_mark_read,
                    args=(user, row.id),
                )  # fmt: skip


def _ago(row: Notification, now: datetime) -> str:
    return times.ago(row.created_at, now=now)


def _mark_read(user: SignedIn, notification_id: str | None) -> None:
    with get_runtime().database.session() as session:
        notifications.mark_read(session, user.user_id, notification_id=notification_id, now=utc_now())
