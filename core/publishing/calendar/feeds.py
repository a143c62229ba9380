"""The secret link to a person's calendar: made, shown again, replaced, switched off, and found by its secret."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from core.db.crypto import SecretUnreadableError
from core.db.ids import new_id
from core.db.upsert import insert_ignoring
from core.identity.models import User
from core.publishing.calendar.models import CalendarFeed
from core.system import audit
from core.system.actors import Actor

# Calendars ask every few minutes; each time would be a write.
TOUCH_AFTER = timedelta(hours=1)
_SECRET_BYTES = 32
# Nothing longer is looked up.
_LONGEST = 100


@dataclass(frozen=True, slots=True)
class FeedLink:
    """A person's link. Whoever knows ``secret`` reads the calendar; ``None``: it works, but cannot be shown."""

    id: str
    secret: str | None
    created_at: datetime
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class FeedReader:
    """Whose calendar a secret opens."""

    feed_id: str
    user_id: str
    username: str
    timezone: str
    last_used_at: datetime | None

    @property
    def actor(self) -> Actor:
        return Actor.person(self.user_id)


def address_of(public_url: str, secret: str) -> str:
    """Where the feed with this secret is found."""
    return f"{public_url.rstrip('/')}/calendar/{secret}.ics"


def find_link(session: Session, actor: Actor) -> FeedLink | None:
    """The person's link; ``None`` while it is switched off."""
    mine = CalendarFeed.user_id == actor.user_id
    query = select(CalendarFeed.id, CalendarFeed.created_at, CalendarFeed.last_used_at).where(mine)
    row = session.execute(query).one_or_none()
    if row is None:
        return None
    try:
        secret = session.scalar(select(CalendarFeed.secret).where(mine))
    except SecretUnreadableError:
        secret = None
    return FeedLink(row.id, secret, row.created_at, row.last_used_at)


def make_link(session: Session, actor: Actor, *, now: datetime) -> FeedLink:
    """Switch the feed on; when it is on already, its link stays."""
    feed_id = new_id("cal")
    values = {"id": feed_id, "user_id": actor.user_id, **_new_secret(), "created_at": now}
    if insert_ignoring(session, CalendarFeed, values):
        audit.record(session, actor, "calendar_feed.created", feed_id, now=now)
    link = find_link(session, actor)
    assert link is not None  # just made, or there before
    return link


def replace_link(session: Session, actor: Actor, *, now: datetime) -> FeedLink:
    """Give the feed another secret; the old link opens nothing any more."""
    changed = session.scalar(
        update(CalendarFeed)
        .where(CalendarFeed.user_id == actor.user_id)
        .values(**_new_secret(), created_at=now, last_used_at=None)
        .returning(CalendarFeed.id)
        .execution_options(synchronize_session=False)
    )
    if changed is None:
        return make_link(session, actor, now=now)
    audit.record(session, actor, "calendar_feed.replaced", changed, now=now)
    link = find_link(session, actor)
    assert link is not None  # this transaction has written it
    return link


def remove_link(session: Session, actor: Actor, *, now: datetime) -> None:
    """Switch the feed off; nothing happens when it is off already."""
    gone = session.scalar(delete(CalendarFeed).where(CalendarFeed.user_id == actor.user_id).returning(CalendarFeed.id))
    if gone is not None:
        audit.record(session, actor, "calendar_feed.removed", gone, now=now)


def find_reader(session: Session, secret: str) -> FeedReader | None:
    """Whose calendar it opens; ``None`` for a secret nobody has (any more) and for somebody who is disabled."""
    if not secret or len(secret) > _LONGEST:
        return None
    query = (
        select(CalendarFeed.id, User.id.label("user_id"), User.username, User.timezone, CalendarFeed.last_used_at)
        .join(User, User.id == CalendarFeed.user_id)
        .where(CalendarFeed.secret_hash == _digest(secret), User.disabled_at.is_(None))
    )
    row = session.execute(query).one_or_none()
    return None if row is None else FeedReader(*row)


def needs_touch(reader: FeedReader, *, now: datetime) -> bool:
    """Whether the last use that is noted is old enough to note this one."""
    return reader.last_used_at is None or reader.last_used_at < now - TOUCH_AFTER


def touch(session: Session, feed_id: str, *, now: datetime) -> None:
    """Note that the link is in use; of several at once only the first counts."""
    session.execute(
        update(CalendarFeed)
        .where(
            CalendarFeed.id == feed_id,
            or_(CalendarFeed.last_used_at.is_(None), CalendarFeed.last_used_at < now - TOUCH_AFTER),
        )
        .values(last_used_at=now)
        .execution_options(synchronize_session=False)
    )


def _new_secret() -> dict[str, str]:
    secret = secrets.token_urlsafe(_SECRET_BYTES)
    return {"secret": secret, "secret_hash": _digest(secret)}


def _digest(secret: str) -> str:
    # 256 random bits cannot be guessed; a slow hash would only make each look slow.
    return hashlib.sha256(secret.encode()).hexdigest()
