"""Sends what waits in the outbox: several channels at a time, each in its own order."""

import enum
import secrets
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from itertools import groupby

import structlog
from prometheus_client import Counter
from sqlalchemy.orm import Session

from core.errors import UnavailableError
from core.jobs.ports import Ports
from core.system import channel_health, deliveries, digests
from core.system.deliveries import Claimed, Due
from core.system.messengers import AddressGone, Message, MessageDelayed, MessageRefused, MessengerDown, MessengerError
from core.system.models import ChannelKind

log = structlog.get_logger(__name__)
_TRIES = Counter("atelier_notifications_total", "Tries to send a notification.", ["kind", "outcome"])

CHANNELS_AT_ONCE = 8
# Nothing new is begun after this, so that the job ends, and the process with it, before anybody loses patience.
BEGIN_WITHIN_SECONDS = 15.0
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(minutes=10)

_OUTCOMES: dict[type, str] = {
    type(None): "sent",
    MessageDelayed: "delayed",
    MessageRefused: "refused",
    AddressGone: "refused",
    MessengerDown: "down",
}


class _Outcome(enum.Enum):
    SENT = enum.auto()
    FAILED = enum.auto()  # this message; the next may do better
    CLOSED = enum.auto()  # no use to try the next one now


class Deliverer:
    """The job ``deliver``. It remembers which way out is closed, so that a mail server is not called all the time."""

    def __init__(self) -> None:
        self._pauses: dict[ChannelKind, tuple[timedelta, datetime]] = {}

    def run(self, ports: Ports) -> str | None:
        """Send what is due; a sentence about it."""
        now = ports.clock()
        kinds = [kind for kind in ports.messengers if not self._is_paused(kind, now)]
        if not kinds:
            return None
        discarded = _discard_stale(ports, kinds, now)
        with ports.database.read() as session:
            due = deliveries.list_due(session, kinds, now=now)
        outcomes = self._send_all(ports, due)
        sent, failed = outcomes.count(_Outcome.SENT), len(outcomes) - outcomes.count(_Outcome.SENT)
        parts = [f"{sent} sent"] if sent else []
        parts += [f"{failed} did not arrive"] if failed else []
        parts += [f"{discarded} too old and thrown away"] if discarded else []
        return f"Notifications: {', '.join(parts)}." if parts else None

    def _send_all(self, ports: Ports, due: Sequence[Due]) -> list[_Outcome]:
        by_channel = sorted(due, key=lambda one: one.channel_id)  # stable: each channel's stay in their order
        groups = [list(group) for _, group in groupby(by_channel, key=lambda one: one.channel_id)]
        if not groups:
            return []
        until = time.monotonic() + BEGIN_WITHIN_SECONDS
        with ThreadPoolExecutor(min(CHANNELS_AT_ONCE, len(groups)), "deliver") as pool:
            done = pool.map(lambda group: self._send_channel(ports, group, until), groups)
            return [outcome for outcomes in done for outcome in outcomes]

    def _send_channel(self, ports: Ports, group: Sequence[Due], until: float) -> list[_Outcome]:
        """Send one channel's, oldest first, as long as they arrive."""
        outcomes: list[_Outcome] = []
        for batch in digests.batches(group):
            if time.monotonic() > until or self._is_paused(batch[0].kind, ports.clock()):
                break
            try:
                made = self._send(ports, batch)
            except UnavailableError as error:
                log.warning("A notification could not be sent now.", delivery_id=batch[0].id, reason=str(error))
                break
            outcomes += made
            if _Outcome.CLOSED in made:
                break
        return outcomes

    def _send(self, ports: Ports, batch: Sequence[Due]) -> list[_Outcome]:
        """What became of each that nobody else had taken. No transaction is open during the call."""
        lock_id = f"{ports.worker[:40]}:{secrets.token_hex(8)}"
        with ports.database.session() as session:
            taken = [deliveries.claim(session, due, lock_id, now=ports.clock()) for due in batch]
        mine = [claimed for claimed in taken if claimed is not None]
        if not mine:
            return []
        failure = self._carry(ports, mine[0].kind, digests.together([one.message for one in mine]))
        _TRIES.labels(mine[0].kind.value, _OUTCOMES[type(failure)]).inc()
        with ports.database.session() as session:
            return [_settle(session, one, failure, now=ports.clock()) for one in mine]

    def _carry(self, ports: Ports, kind: ChannelKind, message: Message) -> MessengerError | None:
        """Hand the message over; why it did not arrive."""
        try:
            ports.messengers[kind].send(message, now=ports.clock())
        except MessengerDown as error:
            self._pause(kind, ports.clock(), error)
            return error
        except (MessageRefused, MessageDelayed, AddressGone) as error:
            log.info("A notification did not arrive.", delivery_id=message.id, why=type(error).__name__)
            return error
        except Exception:  # an edge: a message that cannot be handled must not be tried for ever
            log.exception("Sending a notification failed.", delivery_id=message.id)
            return MessageDelayed("It could not be put together here. The log of the sidecar says why.")
        self._pauses.pop(kind, None)
        return None

    def _is_paused(self, kind: ChannelKind, now: datetime) -> bool:
        pause = self._pauses.get(kind)
        # A pause that ends further ahead than any lasts was set by a clock that has been put back.
        return pause is not None and now < pause[1] <= now + LONGEST_PAUSE

    def _pause(self, kind: ChannelKind, now: datetime, error: MessengerDown) -> None:
        if self._is_paused(kind, now):  # another channel of this kind came first
            return
        last = self._pauses.get(kind)
        length = min(last[0] * 2, LONGEST_PAUSE) if last else FIRST_PAUSE
        self._pauses[kind] = (length, now + length)
        log.warning("Notifications wait.", kind=kind.value, reason=str(error), seconds=round(length.total_seconds()))


def _discard_stale(ports: Ports, kinds: Sequence[ChannelKind], now: datetime) -> int:
    with ports.database.read() as session:  # there is nothing as a rule: do not open a write for it
        stale = deliveries.list_stale(session, kinds, now=now)
    if not stale:
        return 0
    with ports.database.session() as session:
        return deliveries.discard_stale(session, stale)


def _settle(session: Session, claimed: Claimed, failure: MessengerError | None, *, now: datetime) -> _Outcome:
    if failure is None:
        deliveries.settle_sent(session, claimed, now=now)
        return _Outcome.SENT
    reason = str(failure)
    if isinstance(failure, MessengerDown):
        deliveries.give_back(session, claimed, reason)
        return _Outcome.CLOSED
    if isinstance(failure, AddressGone):
        if deliveries.settle_refused(session, claimed, reason, now=now):
            channel_health.switch_off(session, claimed, reason, now=now)
        return _Outcome.CLOSED
    if isinstance(failure, MessageRefused):
        is_mine = deliveries.settle_refused(session, claimed, reason, now=now)
    else:
        retry_after = failure.retry_after if isinstance(failure, MessageDelayed) else None
        is_mine = deliveries.settle_delayed(session, claimed, reason, retry_after=retry_after, now=now)
    is_off = is_mine and channel_health.switch_off_if_failing(session, claimed, now=now)
    return _Outcome.FAILED if isinstance(failure, MessageRefused) and not is_off else _Outcome.CLOSED
