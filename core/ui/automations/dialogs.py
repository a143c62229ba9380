"""Asking before an automation is deleted, and until when it is to pause."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Literal

import streamlit as st

from core.clock import utc_now
from core.errors import AtelierError
from core.identity.sessions import SignedIn
from core.publishing.automations import editing, switching
from core.publishing.automations.overview import AutomationOverview
from core.publishing.zones import WallTime, to_instant
from core.runtime import get_runtime
from core.ui.automations import address, drafting, said
from core.ui.automations.reading import read_one
from core.ui.errors import guarded
from core.ui.page import local, zone_note
from core.ui.words import count, plain

_KEY = "automations.dialog"
Kind = Literal["pause", "delete"]


@dataclass(frozen=True, slots=True)
class Dialog:
    kind: Kind
    automation_id: str


def open_dialog(kind: Kind, automation_id: str) -> None:
    """Show a dialog on the next run."""
    st.session_state[_KEY] = Dialog(kind, automation_id)


def close() -> None:
    st.session_state.pop(_KEY, None)


def show_dialog(user: SignedIn) -> None:
    """The dialog that is open, if any."""
    dialog: Dialog | None = st.session_state.get(_KEY)
    if dialog is None:
        return
    try:
        _, card = read_one(user, dialog.automation_id)
    except AtelierError:  # deleted meanwhile
        close()
        return
    if dialog.kind == "pause":
        st.dialog(f"Pause “{plain(card.form.name)}”", icon=":material/pause:", on_dismiss=close)(_show_pause)(
            user, card
        )
    else:
        title = f"Delete “{plain(card.form.name)}”?"
        st.dialog(title, icon=":material/delete:", on_dismiss=close)(_show_delete)(user, card)


def _show_pause(user: SignedIn, card: AutomationOverview) -> None:
    tomorrow = local(utc_now(), user.timezone) + timedelta(days=1)
    st.markdown("Nothing more is chosen until then. What has a time already goes out.")
    left, right = st.columns(2)
    day = left.date_input(
        "Until", value=tomorrow.date(), min_value=tomorrow.date() - timedelta(days=1), format="DD/MM/YYYY",
        key="pause-day",
    )  # fmt: skip
    clock = right.time_input("Time", value=time(0, 0), step=timedelta(minutes=15), key="pause-clock")
    st.caption(zone_note(user.timezone))
    if st.button("Pause", type="primary", key="pause-go", width="stretch"):
        with guarded():
            until = to_instant(WallTime(datetime.combine(day or tomorrow.date(), clock or time()), user.timezone))
            with get_runtime().database.session() as session:
                switching.pause(session, user.actor, card.id, until, now=utc_now())
            close()
            st.rerun()


def _show_delete(user: SignedIn, card: AutomationOverview) -> None:
    stays = f"{count(card.scheduled, 'post')} it has scheduled will go out all the same. " if card.scheduled else ""
    st.markdown(f"Its rules, defaults and log go with it. {stays}This cannot be undone.")
    with st.container(horizontal=True, horizontal_alignment="right"):
        if st.button("Keep it", key="delete-no"):
            close()
            st.rerun()
        if st.button("Delete", type="primary", key="delete-yes"):
            with guarded():
                with get_runtime().database.session() as session:
                    editing.delete(session, user.actor, card.id, now=utc_now())
                drafting.forget(card.id)
                said.leave(f"“{card.form.name}” was deleted.")
                close()
                address.show_list()
                st.rerun()
