"""The one sentence of Home: what happens next, and whether anything needs the person."""

from datetime import datetime

from core.publishing.automations.standing import Expected
from core.publishing.listing import DeviationView
from core.publishing.models import DeviationStatus
from core.publishing.states import IN_PROGRESS
from core.ui import times
from core.ui.home.reading import HomeReading
from core.ui.words import count, plain, shortened

TITLE_LENGTH = 60


def headline(home: HomeReading, needs: int, timezone: str, *, now: datetime) -> str:
    """The sentence as markdown; ``needs`` is how many things wait for the person."""
    waiting = (
        "nothing needs you" if not needs else f"**{count(needs, 'thing')} {'needs' if needs == 1 else 'need'} you**"
    )
    first = next(iter(home.upcoming), None)
    if first is None:
        if home.automations.expected:
            return _expected(home, home.automations.expected[0], waiting, timezone, now=now)
        return _nothing_next(home, needs, waiting)
    if not home.is_running:
        return f"{_name(first)} is due {_time(first, timezone, now=now)}, but nothing goes out right now."
    return f"{_next(first, timezone, now=now)}; {waiting}."


def _expected(home: HomeReading, one: Expected, waiting: str, timezone: str, *, now: datetime) -> str:
    """Nothing has a time yet, but an automation will give one."""
    name = f"**“{plain(one.name)}”**"
    if not home.is_running:
        return f"{name} is due {_moment(one, timezone, now=now)}, but nothing goes out right now."
    return f"Nothing is scheduled; {name} {runs(one, timezone, now=now)}; {waiting}."


def runs(one: Expected, timezone: str, *, now: datetime) -> str:
    """When an automation runs next, in words."""
    return "runs any moment" if one.at <= now else f"runs next {_moment(one, timezone, now=now)}"


def _moment(one: Expected, timezone: str, *, now: datetime) -> str:
    return f"{times.day(one.at, timezone, now=now)} at {times.window(one.at, one.at, timezone)}"


def _nothing_next(home: HomeReading, needs: int, waiting: str) -> str:
    drafts = home.counts.of(DeviationStatus.DRAFT)
    if drafts:
        ready = f"Nothing is scheduled. {count(drafts, 'draft')} {'is' if drafts == 1 else 'are'} ready for a time"
        return f"{ready}; {waiting}." if needs else f"{ready}."
    if needs:
        return f"Nothing goes out next; {waiting}."
    if home.counts.of(DeviationStatus.PUBLISHED):
        return "Everything has gone out. Upload pictures to go on."
    return "Nothing is scheduled. Upload pictures to begin."


def _next(post: DeviationView, timezone: str, *, now: datetime) -> str:
    if post.is_busy or post.status in IN_PROGRESS:
        return f"{_name(post)} is on its way to DeviantArt"
    if _is_due(post, now):
        return f"{_name(post)} goes out any moment"
    return f"{_name(post)} goes out {_time(post, timezone, now=now)}"


def _is_due(post: DeviationView, now: datetime) -> bool:
    return post.due_at is not None and post.due_at <= now


def _time(post: DeviationView, timezone: str, *, now: datetime) -> str:
    start, end = post.scheduled_at or post.due_at, post.actual_publish_at or post.due_at
    if start is None or end is None:
        return "soon"
    return f"{times.day(start, timezone, now=now)} at {times.window(start, end, timezone)}"


def _name(post: DeviationView) -> str:
    return f"**“{plain(shortened(post.title, TITLE_LENGTH))}”**"
