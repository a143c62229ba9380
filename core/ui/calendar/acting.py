"""What a person did to the board: opened, moved, planned a draft, turned the page."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import streamlit as st

from core.clock import utc_now
from core.errors import AtelierError
from core.identity.sessions import SignedIn
from core.publishing.calendar.moving import Moved, Target, move_back, move_post
from core.publishing.calendar.periods import EARLIEST, HOURS, LATEST
from core.publishing.reports import ItemOutcome, ItemResult
from core.runtime import get_runtime
from core.ui.calendar.board import KEY
from core.ui.calendar.query import Query, go_to_day, open_day
from core.ui.content.actions import rng, undo_with
from core.ui.content.notices import Notice, Undo, forget, leave, notice_of
from core.ui.content.times import dated_window
from core.ui.desk import next_number
from core.ui.errors import guarded, icon_of
from core.ui.links import go_to
from core.ui.words import plain

_EVENT, _REFUSAL, _PLANNING = "calendar.event", "calendar.refusal", "calendar.planning"
_SAID, _UNDO = "calendar.said", "calendar.undo"


@dataclass(frozen=True, slots=True)
class Planning:
    """A draft that was put on a day and waits for a time of day; ``number`` tells two openings apart."""

    deviation_id: str
    day: date
    hour: int | None
    number: int


def note_act() -> None:
    """Keep what the board says until the screen runs, which is right after this."""
    st.session_state[_EVENT] = (st.session_state.get(KEY) or {}).get("act")


def act(user: SignedIn, query: Query) -> None:
    """Do what was asked since the last run, before anything is read."""
    event = st.session_state.pop(_EVENT, None)
    if not isinstance(event, dict):
        return
    day, which = _day(event.get("day")), event.get("id")
    match event.get("do"):
        case "open" if isinstance(which, str):
            go_to(f"content?open={which}")
        case "day" if day is not None:
            open_day(day)
        case "turn":
            go_to_day(query.period.beside(-1 if event.get("step") == -1 else 1))
        case "move" if isinstance(which, str) and day is not None:
            _move(user, which, Target(day, _hour(event.get("hour"))), _instant(event.get("seen")))
        case "undo":
            _take_back()
        case "plan" if isinstance(which, str) and day is not None:
            st.session_state[_PLANNING] = Planning(which, day, _hour(event.get("hour")), next_number())


def show_refusal() -> None:
    """Why the last move was not made, once."""
    error: AtelierError | None = st.session_state.pop(_REFUSAL, None)
    if error is not None:
        st.error(plain(str(error)), icon=icon_of(error))


def said() -> dict[str, Any] | None:
    """What the board is to read out; with a number, so that it is read out once."""
    found: dict[str, Any] | None = st.session_state.get(_SAID)
    return found


def say(text: str, *, undo: Undo | None = None) -> None:
    """Have the board say ``text``, with a way to take back what it tells of."""
    st.session_state[_SAID] = {"number": next_number(), "text": text, "undo": undo is not None}
    st.session_state[_UNDO] = undo


def planning() -> Planning | None:
    """The draft that waits for a time of day."""
    found: Planning | None = st.session_state.get(_PLANNING)
    return found


def stop_planning() -> None:
    """Leave the draft without a time."""
    st.session_state.pop(_PLANNING, None)


def _move(user: SignedIn, deviation_id: str, target: Target, seen: datetime | None) -> None:
    runtime = get_runtime()
    with guarded():
        try:
            with runtime.database.session() as session:
                moved = move_post(
                    session,
                    user.actor,
                    deviation_id,
                    target,
                    seen=seen,
                    zone=user.timezone,
                    rng=rng,
                    now=utc_now(),
                    lease_seconds=runtime.settings.lease_seconds,
                )
        except AtelierError as error:
            forget()
            st.session_state[_REFUSAL] = error
            say(f"Not moved. {error}")
        else:
            _tell(user, moved)


def _tell(user: SignedIn, moved: Moved) -> None:
    when = dated_window(moved.scheduled_at, moved.actual_publish_at, user.timezone, now=utc_now())
    sentence = f"“{moved.title}” was moved to {when}."
    warned = ItemResult(moved.deviation_id, moved.title, ItemOutcome.CHANGED, warnings=moved.warnings)
    undo = undo_with(
        user,
        lambda session, doing: move_back(
            session,
            doing.actor,
            moved.deviation_id,
            moved.was_at,
            rng=rng,
            now=doing.now,
            lease_seconds=doing.lease_seconds,
        ),
    )
    leave(Notice(sentence, warned=(warned,) if moved.warnings else (), undo=undo))
    say(sentence, undo=undo)


def _take_back() -> None:
    undo: Undo | None = st.session_state.pop(_UNDO, None)
    if undo is None:
        return
    with guarded():
        with get_runtime().database.session() as session:
            report = undo(session)
        notice = notice_of(report, "put back")
        leave(notice)
        say(" ".join([notice.sentence, *(item.reason or "" for item in report.skipped)]))


def _day(text: Any) -> date | None:
    try:
        found = date.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return found if EARLIEST <= found <= LATEST else None


def _hour(number: Any) -> int | None:
    return number if isinstance(number, int) and 0 <= number < HOURS else None


def _instant(text: Any) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return found if found.tzinfo is not None else None
