"""What became of a message, in words and a colour."""

from dataclasses import dataclass
from datetime import datetime

from core.system.models import ChannelKind, DeliveryStatus
from core.system.outbox import DeliveryView
from core.ui import times

ICONS = {ChannelKind.MAIL: ":material/mail:", ChannelKind.WEBHOOK: ":material/webhook:"}
KINDS = {ChannelKind.MAIL: "Mail", ChannelKind.WEBHOOK: "Webhook"}


@dataclass(frozen=True, slots=True)
class Fate:
    """``word`` and ``detail`` are plain text; ``colour`` is a name of the theme's."""

    word: str
    detail: str
    colour: str


def fate_of(delivery: DeliveryView, *, has_mail_server: bool, timezone: str, now: datetime) -> Fate:
    """How it went, or what it waits for."""
    if delivery.status is DeliveryStatus.SENT:
        return Fate("Sent", times.moment(delivery.sent_at or now, timezone, now=now), "greenTextColor")
    if delivery.status is DeliveryStatus.FAILED:
        return Fate("Failed", delivery.error_message or "", "redTextColor")
    if delivery.status is DeliveryStatus.DISCARDED:
        return Fate("Thrown away", delivery.error_message or "", "grayTextColor")
    return Fate("Waits", _waits_for(delivery, has_mail_server, timezone, now), "orangeTextColor")


def _waits_for(delivery: DeliveryView, has_mail_server: bool, timezone: str, now: datetime) -> str:
    if not delivery.is_enabled:
        return "until its channel is switched on"
    if not delivery.is_confirmed:
        return "until its address is confirmed"
    if delivery.kind is ChannelKind.MAIL and not has_mail_server:
        return "for a mail server to be set"
    said = f" {delivery.error_message}" if delivery.error_message else ""
    if delivery.next_attempt_at is not None and delivery.next_attempt_at > now:
        again = times.moment(delivery.next_attempt_at, timezone, now=now)
        return f"for its next try, {again}.{said}"
    return f"to be sent.{said}"
