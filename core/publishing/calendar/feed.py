"""A person's calendar as an iCalendar file (RFC 5545, RFC 7986): what has gone out, what will, what is foreseen.

The same posts give the same bytes, so that whoever asks again can be told that nothing changed.
"""

import unicodedata
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from icalendar import STATUS, TRANSP, Calendar, Event
from sqlalchemy.orm import Session

from core.publishing.access import LEASE_SECONDS
from core.publishing.automations.forecast import Forecast
from core.publishing.calendar.entries import Entry, Kind
from core.publishing.calendar.reading import Wanted, read_shelves
from core.publishing.scheduling import FURTHEST
from core.system.actors import Actor

PAST = timedelta(days=30)
FORESEEN = timedelta(days=60)
# Of what has gone out, and of what is to come: some calendars refuse larger files.
MOST_ENTRIES = 3000
# Calendars draw shorter events as a line without words.
_SHORTEST = timedelta(minutes=15)
_REFRESH = timedelta(hours=1)
_KINDS = frozenset({Kind.SCHEDULED, Kind.HELD, Kind.UNDER_WAY, Kind.PUBLISHED, Kind.FORESEEN})


def read_feed(
    session: Session,
    actor: Actor,
    forecast: Forecast | None,
    *,
    now: datetime,
    lease_seconds: float = LEASE_SECONDS,
) -> tuple[Entry, ...]:
    """What the feed shows: published in the last 30 days, everything that waits, and what ``forecast`` foresees."""
    bounds = (now - PAST, now, now + FURTHEST + timedelta(days=1))
    shelves = read_shelves(
        session,
        actor,
        bounds,
        Wanted(kinds=_KINDS),
        forecast=forecast,
        each=MOST_ENTRIES,
        now=now,
        lease_seconds=lease_seconds,
    )
    return tuple(entry for shelf in shelves for entry in shelf.entries)


def write_feed(entries: Sequence[Entry], *, feed_id: str, username: str, public_url: str) -> bytes:
    """The entries as an ``.ics`` file; times are in UTC. ``public_url`` is where the screens are."""
    calendar = Calendar.new(
        prodid="-//Atelier//Publishing calendar//EN",
        name=f"Atelier: {_clean(username)}",
        refresh_interval=_REFRESH,
        uid=f"{feed_id}@atelier",
    )
    # What programs asked before RFC 7986 gave these words.
    calendar.add("X-PUBLISHED-TTL", "PT1H")
    for entry in entries:
        calendar.add_component(_event(entry, public_url))
    written: bytes = calendar.to_ical()
    return written


def _event(entry: Entry, public_url: str) -> Event:
    """One post. Its identifier stays the same for its whole life, from foreseen to published."""
    start = _whole(entry.starts_at)
    return Event.new(
        uid=f"{entry.deviation_id}@atelier",
        summary=_summary(entry),
        start=start,
        end=max(_whole(entry.at), start + _SHORTEST),
        stamp=_whole(entry.version or entry.at),
        last_modified=_whole(entry.version) if entry.version else None,
        status=_STATUS.get(entry.kind, STATUS.CONFIRMED),
        # Nobody is busy because a picture goes out.
        transparency=TRANSP.TRANSPARENT,
        description="\n".join(_lines(entry)),
        url=entry.url or f"{public_url.rstrip('/')}/content?open={entry.deviation_id}",
        categories=[_WORDS[entry.kind]],
    )


def _summary(entry: Entry) -> str:
    mark = {Kind.FORESEEN: "Foreseen: ", Kind.HELD: "Held: "}.get(entry.kind, "")
    return f"{mark}{_clean(entry.title) or 'Untitled'}"


def _lines(entry: Entry) -> list[str]:
    """What a person reads when they open the event."""
    lines = [_SENTENCES[entry.kind]]
    if entry.account_name:
        lines.append(f"Account: {_clean(entry.account_name)}")
    if entry.automation:
        lines.append(f"Automation: {_clean(entry.automation.name)}")
    return lines


def _whole(instant: datetime) -> datetime:
    return instant.astimezone(UTC).replace(microsecond=0)


def _clean(text: str) -> str:
    """Without what is no character of a text: iCalendar has no way to write it."""
    return "".join(" " if unicodedata.category(one) in {"Cc", "Cs"} else one for one in text).strip()


_STATUS = {Kind.FORESEEN: STATUS.TENTATIVE, Kind.HELD: STATUS.TENTATIVE}
_WORDS = {
    Kind.SCHEDULED: "Scheduled",
    Kind.HELD: "Held",
    Kind.UNDER_WAY: "Under way",
    Kind.PUBLISHED: "Published",
    Kind.FORESEEN: "Foreseen",
    Kind.DRAFT: "Draft",
    Kind.FAILED: "Failed",
}
_SENTENCES = {
    Kind.SCHEDULED: "Scheduled. It goes out within this time.",
    Kind.HELD: "Held. It waits for you.",
    Kind.UNDER_WAY: "It is being sent to DeviantArt.",
    Kind.PUBLISHED: "Published.",
    Kind.FORESEEN: "Foreseen. An automation will plan it unless something changes.",
    Kind.DRAFT: "A draft.",
    Kind.FAILED: "It could not go out.",
}
