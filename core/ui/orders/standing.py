"""What is known about running orders besides their figures: how long they take, and what they wait for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import streamlit as st
from sqlalchemy.orm import Session

from core.studio.orders.listing import OrderView
from core.studio.orders.pace import seconds_left
from core.studio.orders.waiting import Wait, waits_of
from core.ui.times import moment
from core.ui.words import count, plain


@dataclass(frozen=True, slots=True)
class Standing:
    """``seconds`` are left by the pace of the latest items; both ``None`` when nobody can say."""

    wait: Wait | None = None
    seconds: float | None = None


def standings_of(session: Session, orders: Sequence[OrderView], *, now: datetime) -> dict[str, Standing]:
    """By the order's id, for all of them."""
    waits, left = waits_of(session, orders, now=now), seconds_left(session, orders, now=now)
    return {one.id: Standing(waits.get(one.id), left.get(one.id)) for one in orders}


def show_wait(standing: Standing, timezone: str, now: datetime) -> None:
    """Why it does not go on, and when it will."""
    wait = standing.wait
    if wait is None:
        return
    until = f" It goes on by itself {moment(wait.until, timezone, now=now)}." if wait.until else ""
    icon = ":orange[:material/pan_tool:]" if wait.needs_somebody else ":material/hourglass_top:"
    st.markdown(f"{icon} {plain(wait.reason)}{until}")


def left_in_words(standing: Standing) -> str:
    """``about 3 minutes left``; empty when nobody can say, or it waits for something."""
    if standing.seconds is None or standing.wait is not None:
        return ""
    minutes = round(standing.seconds / 60)
    if standing.seconds < 50:
        return "less than a minute left"
    if minutes < 90:
        return f"about {count(max(minutes, 1), 'minute')} left"
    return f"about {count(round(minutes / 60), 'hour')} left"
