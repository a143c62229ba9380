"""Where a person is told besides the bell: their mail addresses and webhooks, and what each is told of."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.db.base import table_of
from core.db.ids import new_id
from core.db.upsert import insert_ignoring
from core.system import addresses, webhook_secrets
from core.system.actors import Actor
from core.system.audit import record
from core.system.channel_errors import ChannelNotFound, ChannelTaken, TooManyChannels
from core.system.models import ChannelKind, NotificationChannel
from core.system.topics import clean_kinds

MOST = 20
# Without what is easily mistaken for something else; 40 bits in eight characters.
_CODE_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
C = table_of(NotificationChannel)


@dataclass(frozen=True, slots=True)
class ChannelView:
    """A channel as its person sees it; the secret stays out. ``is_confirmed``: the address has answered."""

    id: str
    kind: ChannelKind
    address: str
    topics: tuple[str, ...]
    enabled: bool
    disabled_reason: str | None
    is_confirmed: bool
    last_delivered_at: datetime | None
    failures_in_a_row: int
    created_at: datetime

    @property
    def shown(self) -> str:
        """What it is called in sentences."""
        return addresses.shown(self.kind, self.address)


@dataclass(frozen=True, slots=True)
class NewWebhook:
    """A webhook just made; its secret is shown this once."""

    id: str
    secret: str


def list_channels(session: Session, actor: Actor) -> list[ChannelView]:
    """The person's channels, oldest first."""
    return _views(session, actor, None)


def get_channel(session: Session, actor: Actor, channel_id: str) -> ChannelView:
    """One of the person's channels; raises ``ChannelNotFound`` for anybody else's."""
    found = _views(session, actor, channel_id)
    if not found:
        raise ChannelNotFound("There is no such channel. Reload the page.")
    return found[0]


def _views(session: Session, actor: Actor, channel_id: str | None) -> list[ChannelView]:
    # Not the secret itself: a list must not fail because a master key is missing.
    columns = [one for one in C.c if one.name != "secret"]
    query = select(*columns, C.c.secret.is_(None).label("has_no_code")).where(C.c.user_id == actor.user_id)
    if channel_id is not None:
        query = query.where(C.c.id == channel_id)
    return [
        ChannelView(
            id=row.id,
            kind=row.kind,
            address=row.address,
            topics=tuple(row.topics),
            enabled=row.enabled,
            disabled_reason=row.disabled_reason,
            is_confirmed=row.kind is ChannelKind.WEBHOOK or row.has_no_code,
            last_delivered_at=row.last_delivered_at,
            failures_in_a_row=row.failures_in_a_row,
            created_at=row.created_at,
        )
        for row in session.execute(query.order_by(C.c.created_at, C.c.id))
    ]


def add_webhook(
    session: Session, actor: Actor, address: str, kinds: Sequence[str], *, allow_private: bool, now: datetime
) -> NewWebhook:
    """Tell a program at ``address``, signed with a fresh secret.

    Raises ``InvalidChannel``, ``ChannelTaken`` or ``TooManyChannels``.
    """
    url = addresses.clean_webhook_url(address, allow_private=allow_private)
    secret = webhook_secrets.new_secret()
    return NewWebhook(add_row(session, actor, ChannelKind.WEBHOOK, url, kinds, secret, now=now), secret)


def add_row(
    session: Session,
    actor: Actor,
    kind: ChannelKind,
    address: str,
    kinds: Sequence[str],
    secret: str,
    *,
    now: datetime,
) -> str:
    """Write a channel and its event; the id. ``secret`` signs a webhook, or confirms a mail address."""
    count = select(func.count()).select_from(C).where(C.c.user_id == actor.user_id)
    if (session.scalar(count) or 0) >= MOST:
        raise TooManyChannels(f"{MOST} channels are the most. Remove one you no longer need.")
    channel_id = new_id("chn")
    values = {
        "id": channel_id,
        "user_id": actor.user_id,
        "kind": kind,
        "address": address,
        "secret": secret,
        "topics": clean_kinds(list(kinds)),
        "created_at": now,
        "updated_at": now,
    }
    if not insert_ignoring(session, NotificationChannel, values):
        raise ChannelTaken("You have a channel with this address already. Change that one.")
    after = {"kind": kind.value, "topics": values["topics"]}
    record(session, actor, "channel.added", channel_id, after=after, now=now)
    return channel_id


def new_code() -> str:
    """What somebody types who reads the mail at an address."""
    return "".join(secrets.choice(_CODE_ALPHABET) for _ in range(8))


def set_topics(session: Session, actor: Actor, channel_id: str, kinds: Sequence[str], *, now: datetime) -> None:
    """Choose what this channel is told of."""
    channel = get_channel(session, actor, channel_id)
    wanted = clean_kinds(list(kinds))
    if wanted == list(channel.topics):
        return
    _change(session, channel_id, {"topics": wanted}, now=now)
    record(
        session, actor, "channel.edited", channel_id,
        before={"topics": list(channel.topics)}, after={"topics": wanted}, now=now,
    )  # fmt: skip


def set_address(
    session: Session, actor: Actor, channel_id: str, address: str, *, allow_private: bool, now: datetime
) -> None:
    """Lead a channel elsewhere. A webhook keeps its secret; a mail address must be confirmed anew."""
    channel = get_channel(session, actor, channel_id)
    is_mail = channel.kind is ChannelKind.MAIL
    wanted = (
        addresses.clean_mail_address(address)
        if is_mail
        else addresses.clean_webhook_url(address, allow_private=allow_private)
    )
    if wanted == channel.address:
        return
    values: dict[str, object] = {"address": wanted, "failures_in_a_row": 0}
    try:
        with session.begin_nested():
            _change(session, channel_id, values | ({"secret": new_code()} if is_mail else {}), now=now)
    except IntegrityError as error:
        raise ChannelTaken("You have a channel with this address already. Change that one.") from error
    # Addresses stay out of the trail: a webhook's often is a key of its own.
    record(session, actor, "channel.edited", channel_id, after={"address": "changed"}, now=now)


def set_enabled(session: Session, actor: Actor, channel_id: str, enabled: bool, *, now: datetime) -> None:
    """Switch a channel on or off. What waits for one that is off goes out when it is on again, or grows too old."""
    channel = get_channel(session, actor, channel_id)
    if channel.enabled is enabled:
        return
    _change(session, channel_id, {"enabled": enabled, "disabled_reason": None, "failures_in_a_row": 0}, now=now)
    action = "channel.switched_on" if enabled else "channel.switched_off"
    record(session, actor, action, channel_id, after={"enabled": enabled}, now=now)


def rotate_secret(session: Session, actor: Actor, channel_id: str, *, now: datetime) -> str:
    """A new secret for a webhook, shown this once; for a day the old one signs as well."""
    channel = get_channel(session, actor, channel_id)
    if channel.kind is not ChannelKind.WEBHOOK:
        raise ChannelNotFound("Only a webhook has a secret. Reload the page.")
    stored = session.scalar(select(C.c.secret).where(C.c.id == channel_id))
    fresh = webhook_secrets.new_secret()
    _change(session, channel_id, {"secret": webhook_secrets.replaced(stored, fresh, now=now)}, now=now)
    record(session, actor, "channel.secret_replaced", channel_id, now=now)
    return fresh


def remove(session: Session, actor: Actor, channel_id: str, *, now: datetime) -> None:
    """Forget a channel and everything that was on its way there."""
    channel = get_channel(session, actor, channel_id)
    session.execute(C.delete().where(C.c.id == channel_id, C.c.user_id == actor.user_id))
    before = {"kind": channel.kind.value, "topics": list(channel.topics)}
    record(session, actor, "channel.removed", channel_id, before=before, now=now)


def silence(session: Session, user_id: str, reason: str, *, now: datetime) -> None:
    """Switch all channels of somebody off, as when they are shut out."""
    values = {"enabled": False, "disabled_reason": reason, "updated_at": now}
    session.execute(update(C).where(C.c.user_id == user_id, C.c.enabled).values(values))


def _change(session: Session, channel_id: str, values: dict[str, object], *, now: datetime) -> None:
    session.execute(update(C).where(C.c.id == channel_id).values(values | {"updated_at": now}))
