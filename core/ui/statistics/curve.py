"""How one work does: a small curve in its drawer."""

from datetime import datetime

import streamlit as st

from core.identity.sessions import SignedIn
from core.publishing.statistics.history import Sample, find_turn, read_curve
from core.publishing.statistics.models import StatisticsTurn
from core.runtime import get_runtime
from core.ui import charts, times
from core.ui.page import local
from core.ui.words import count


def show_curve(user: SignedIn, deviation_id: str, *, now: datetime) -> None:
    """The newest counts in a line and the views over time; nothing for a work that is not counted."""
    with get_runtime().database.read() as session:
        turn = find_turn(session, user.actor, deviation_id)
        samples = read_curve(session, user.actor, deviation_id) if turn else []
    if turn is None:
        return
    if turn.next_at is None:
        st.warning("This work is gone from DeviantArt; these are its last counts.", icon=":material/visibility_off:")
    if turn.taken_at is None:
        st.caption("How it does will be counted soon.")
        return
    st.markdown(_line(turn))
    if len(samples) > 1:
        _show_chart(samples, user.timezone)
    st.caption(_when(turn, user.timezone, now))


def _line(turn: StatisticsTurn) -> str:
    parts = [
        (turn.views, "view"),
        (turn.favourites, "favourite"),
        (turn.comments, "comment"),
        (turn.downloads, "download"),
    ]
    return " · ".join(f"**{count(number, noun)}**" for number, noun in parts if number is not None)


def _show_chart(samples: list[Sample], timezone: str) -> None:
    known = [(local(sample.taken_at, timezone), sample.views) for sample in samples if sample.views is not None]
    figure = charts.curve([at for at, _ in known], [views for _, views in known], "views")
    first, last = known[0][1] if known else 0, known[-1][1] if known else 0
    charts.show(figure, key="work-curve", alt=f"Views from {first:,} to {last:,} over time.")


def _when(turn: StatisticsTurn, timezone: str, now: datetime) -> str:
    counted = f"Counted {times.ago(turn.taken_at, now=now)}" if turn.taken_at else ""
    following = f", next {times.moment(turn.next_at, timezone, now=now)}" if turn.next_at and turn.next_at > now else ""
    return f"{counted}{following}."
