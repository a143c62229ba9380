"""Whether unattended work goes on, said every few seconds; redraws Home when something has moved."""

from datetime import datetime

import streamlit as st
from sqlalchemy.orm import Session

from core.clock import utc_now
from core.publishing.listing import Counts, count_by_status
from core.runtime import get_runtime
from core.system.actors import Actor
from core.system.heartbeats import Pulse
from core.ui import times
from core.ui.errors import guarded
from core.ui.home.reading import find_pulse
from core.ui.words import count

EVERY_SECONDS = 5


def sidecar_line(pulse: Pulse | None, *, now: datetime) -> str:
    """The state in one line of markdown."""
    if pulse is None:
        return ":gray[:material/radio_button_unchecked:] Unattended work has not been started."
    if not pulse.is_alive:
        return (
            f":orange[:material/error:] Unattended work has stopped · last heard of {times.ago(pulse.seen_at, now=now)}"
        )
    busy = f" · {count(pulse.in_flight, 'call')} in hand" if pulse.in_flight else ""
    tick = times.ago(pulse.seen_at, now=now)
    return f":green[:material/check_circle:] Unattended work is running · last tick {tick}{busy}"


@st.fragment(run_every=EVERY_SECONDS)
def show_sidecar(actor: Actor, seen: tuple[bool, Counts]) -> None:
    """The line, kept fresh. ``seen`` is what the rest of Home was drawn from; when it has changed, all is redrawn."""
    has_changed = False
    with guarded():
        now = utc_now()
        with get_runtime().database.read() as session:
            pulse, current = _look(session, actor, now)
        st.caption(sidecar_line(pulse, now=now))
        has_changed = current != seen
    if has_changed:
        st.rerun()


def _look(session: Session, actor: Actor, now: datetime) -> tuple[Pulse | None, tuple[bool, Counts]]:
    pulse = find_pulse(session, now=now)
    return pulse, (pulse is not None and pulse.is_alive, count_by_status(session, actor))
