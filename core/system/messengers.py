"""What the system context asks of the outside: somebody who carries a message, by mail or to a webhook.

MessengerError
├── MessageRefused     this message will never arrive there; trying again is no use
├── MessageDelayed     it did not arrive now; ``retry_after`` is what the other side asked for, if it did
├── AddressGone        nobody wants anything at this address any more
└── MessengerDown      our own way out is closed: no message of this kind can leave for now
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from core.errors import AtelierError


@dataclass(frozen=True, slots=True)
class Message:
    """One notification on its way to one address.

    ``id`` stays the same in every try, so that whoever gets it twice can tell. ``link`` is a page of the
    dashboard. ``secrets`` sign a webhook, the current one first; ``code`` confirms an address.
    """

    id: str
    topic: str
    address: str
    title: str
    body: str | None
    link: str | None
    created_at: datetime
    secrets: tuple[str, ...] = ()
    code: str | None = None


class MessengerError(AtelierError):
    """The message did not arrive, or nobody knows whether it did. The sentence is shown to the channel's person."""


class MessageRefused(MessengerError):
    """It cannot arrive there."""


class MessageDelayed(MessengerError):
    """It may arrive later."""

    def __init__(self, message: str, *, retry_after: timedelta | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class AddressGone(MessengerError):
    """The address asked not to be told anything again."""


class MessengerDown(MessengerError):
    """Nothing can leave by this way; it says nothing about the address."""


class Messenger(Protocol):
    """Carries messages of one kind. Calls come from several threads."""

    def send(self, message: Message, *, now: datetime) -> None:
        """Return once the other side has taken the message; raises ``MessengerError``."""
