"""``/calendar/{secret}.ics``: a person's calendar for other programs, to whoever has the secret link.

A wrong, an old and a missing secret are answered alike. Other programs ask often: they are told with 304 that
nothing has changed.
"""

import hashlib
import threading
from collections import OrderedDict
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from core.clock import utc_now
from core.publishing.automations.simulation import simulate
from core.publishing.calendar import feeds
from core.publishing.calendar.feed import FORESEEN, read_feed, write_feed
from core.publishing.calendar.feeds import FeedReader
from core.runtime import Runtime

_REMEMBERED = 10_000
# For the program that asks, and for nobody in between.
_HEADERS = {
    "Cache-Control": "private, no-cache",
    "X-Robots-Tag": "noindex",
    "Content-Disposition": 'inline; filename="atelier.ics"',
}


def calendar_feed_routes(runtime: Runtime) -> list[BaseRoute]:
    """The one route, for GET and HEAD."""
    seen = _Seen()

    def show(request: Request) -> Response:
        now = utc_now()
        with runtime.database.read() as session:
            reader = feeds.find_reader(session, request.path_params["secret"])
            if reader is None:
                return PlainTextResponse("Not found", status_code=404, headers={"Cache-Control": "no-store"})
            forecast = simulate(session, reader.actor, now=now, until=now + FORESEEN)
            entries = read_feed(session, reader.actor, forecast, now=now, lease_seconds=runtime.settings.lease_seconds)
        _note_use(runtime, reader, now)
        public_url = runtime.settings.resolved_public_url
        body = write_feed(entries, feed_id=reader.feed_id, username=reader.username, public_url=public_url)
        return _answer(request, body, seen, reader, now)

    return [Route("/calendar/{secret}.ics", show, methods=["GET"])]


def _note_use(runtime: Runtime, reader: FeedReader, now: datetime) -> None:
    if feeds.needs_touch(reader, now=now):
        with runtime.database.session() as session:
            feeds.touch(session, reader.feed_id, now=now)


def _answer(request: Request, body: bytes, seen: "_Seen", reader: FeedReader, now: datetime) -> Response:
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    changed_at = seen.since(reader.feed_id, tag, now)
    headers = _HEADERS | {"ETag": tag, "Last-Modified": format_datetime(changed_at, usegmt=True)}
    if _has_it_already(request, tag, changed_at):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type="text/calendar; charset=utf-8", headers=headers)


def _has_it_already(request: Request, tag: str, changed_at: datetime) -> bool:
    """Whether the asking program says it has this very file (RFC 9110 §13.2.2: a tag goes before a date)."""
    tags = request.headers.get("if-none-match")
    if tags is not None:
        known = {one.strip().removeprefix("W/") for one in tags.split(",")}
        return tag in known or "*" in known
    date = request.headers.get("if-modified-since")
    try:
        since = parsedate_to_datetime(date) if date else None
    except ValueError:
        return False
    return since is not None and changed_at <= (since if since.tzinfo else since.replace(tzinfo=UTC))


class _Seen:
    """Since when each feed has the content it has now, as far as this process has seen.

    Posts say when they changed, but a foreseen post moves without changing: only the whole file tells.
    """

    def __init__(self) -> None:
        self._known: OrderedDict[str, tuple[str, datetime]] = OrderedDict()
        self._lock = threading.Lock()

    def since(self, feed_id: str, tag: str, now: datetime) -> datetime:
        with self._lock:
            known = self._known.pop(feed_id, None)
            if known is None or known[0] != tag:
                whole = now.astimezone(UTC).replace(microsecond=0)
                # The date has whole seconds: two changes in one of them must not look like none.
                known = (tag, whole if known is None else max(whole, known[1] + timedelta(seconds=1)))
            self._known[feed_id] = known
            if len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
            return known[1]
