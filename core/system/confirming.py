"""Mail addresses prove themselves: nothing but a code goes to one whose reader has not typed that code.

Otherwise anybody here could have this house write to strangers. The code lies in the channel's sealed secret until it
has been typed, and is put into the mail as it leaves: the outbox does not show it.
"""

import hmac
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from core.system import addresses, channels, deliveries, topics
from core.system.actors import Actor
from core.system.audit import record
from core.system.channel_errors import ChannelNotFound, ChannelNotReady, InvalidChannel
from core.system.channels import C, ChannelView, get_channel
from core.system.deliveries import D
from core.system.models import AuditEvent, ChannelKind, DeliveryStatus

GAP = timedelta(minutes=1)
PER_DAY = 5
# Of one person, whatever became of the addresses: who removes one and adds it again starts with no new five.
PER_PERSON = 20
SCREEN = "notifications"
_CODE_SENT = "channel.code_sent"


def add_mail(session: Session, actor: Actor, address: str, kinds: Sequence[str], *, now: datetime) -> str:
    """Tell a person at a mail address, once its code was typed; the channel's id.

    Raises ``InvalidChannel``, ``ChannelTaken`` or ``TooManyChannels``.
    """
    clean = addresses.clean_mail_address(address)
    channel_id = channels.add_row(session, actor, ChannelKind.MAIL, clean, kinds, channels.new_code(), now=now)
    send_code(session, actor, channel_id, now=now)
    return channel_id


def send_code(session: Session, actor: Actor, channel_id: str, *, now: datetime) -> None:
    """Put the code on its way; raises ``ChannelNotReady`` when one was sent a moment ago, or five today."""
    channel = _unconfirmed(session, actor, channel_id)
    latest, number = session.execute(
        select(func.max(D.c.created_at), func.count()).where(
            D.c.user_id == actor.user_id,
            D.c.channel_id == channel.id,
            D.c.topic == topics.CONFIRM,
            D.c.created_at > now - timedelta(days=1),
        )
    ).one()
    if latest is not None and latest > now - GAP:
        raise ChannelNotReady("A code is on its way already. Look for the mail, or wait a minute.")
    if number >= PER_DAY:
        raise ChannelNotReady("Five codes were sent there today. Check the address, and try again tomorrow.")
    if _sent_today(session, actor, now) >= PER_PERSON:
        raise ChannelNotReady(f"{PER_PERSON} codes were sent for you today. Try again tomorrow.")
    _supersede(session, channel)
    row = deliveries.new_row(
        actor.user_id, channel.id, topics.CONFIRM, "Confirm this address", link=SCREEN, now=now,
        body="Somebody wants Atelier to send notifications to this address. If that was you, type the code there. "
        "If not, do nothing: no other mail will come.",
    )  # fmt: skip
    session.execute(insert(D), [row])
    record(session, actor, _CODE_SENT, channel.id, now=now)


def confirm(session: Session, actor: Actor, channel_id: str, code: str, *, now: datetime) -> None:
    """Accept the code from the mail; raises ``InvalidChannel`` for another."""
    channel = _unconfirmed(session, actor, channel_id)
    expected = session.scalar(select(C.c.secret).where(C.c.id == channel.id)) or ""
    typed = "".join(one for one in code.upper() if one.isalnum())
    if not hmac.compare_digest(typed.encode(), expected.encode()):
        raise InvalidChannel("This is not the code from the latest mail. Check it, or have a new one sent.")
    session.execute(update(C).where(C.c.id == channel.id).values(secret=None, updated_at=now))
    record(session, actor, "channel.confirmed", channel.id, now=now)


def _sent_today(session: Session, actor: Actor, now: datetime) -> int:
    """How many codes the person had sent; the trail also knows those whose channels are gone."""
    query = select(func.count()).select_from(AuditEvent).where(
        AuditEvent.owner_id == actor.user_id, AuditEvent.at > now - timedelta(days=1), AuditEvent.action == _CODE_SENT
    )  # fmt: skip
    return session.scalar(query) or 0


def _unconfirmed(session: Session, actor: Actor, channel_id: str) -> ChannelView:
    channel = get_channel(session, actor, channel_id)
    if channel.kind is not ChannelKind.MAIL:
        raise ChannelNotFound("Only a mail address is confirmed. Reload the page.")
    if channel.is_confirmed:
        raise ChannelNotReady("This address is confirmed already. Reload the page.")
    return channel


def _supersede(session: Session, channel: ChannelView) -> None:
    """What waits with an older request would only repeat it."""
    waiting = (D.c.channel_id == channel.id, D.c.topic == topics.CONFIRM, D.c.status == DeliveryStatus.PENDING)
    values = {
        "status": DeliveryStatus.DISCARDED,
        "next_attempt_at": None,
        "error_message": "A newer one was asked for.",
    }
    session.execute(update(D).where(*waiting, D.c.lock_id.is_(None)).values(values))
