"""Everything Home shows, read in one look at the database."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from core.identity.accounts import list_accounts
from core.publishing.automations.standing import Standing, standing
from core.publishing.figures import Attention, needs_attention, next_out
from core.publishing.listing import Counts, DeviationView
from core.publishing.outlook import FirstSteps, Outlook, first_steps, outlook
from core.publishing.takeover.stopped import StoppedTakeover, list_stopped
from core.sales.listing import count_by_status, list_silent
from core.sales.models import SaleQueueStatus
from core.studio.catalogue.stopped import StoppedProvider, stopped_providers
from core.studio.orders.listing import OrderFilter, OrderView, list_orders, list_running
from core.studio.orders.models import OrderStatus
from core.studio.products.unjudged import count_unjudged
from core.system import heartbeats, outbox
from core.system.actors import Actor
from core.system.heartbeats import Pulse

NEXT_LIMIT = 6
LOOKED_BACK = timedelta(days=3)
UNJUDGED_LIMIT = 1_000


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """What may need the person besides posts. ``silent_sales`` are held by clients not heard of for too long."""

    failed_sales: int = 0
    silent_sales: int = 0
    failed_deliveries: int = 0
    stopped_takeovers: tuple[StoppedTakeover, ...] = ()


@dataclass(frozen=True, slots=True)
class Making:
    """What of the studio may need the person: the latest orders under way, the latest of ``failed_total`` orders of the
    last days with failed items, pictures nobody has judged, and providers that stand still (for administrators)."""

    running: tuple[OrderView, ...] = ()
    failed: tuple[OrderView, ...] = ()
    failed_total: int = 0
    unjudged: int = 0
    stopped: tuple[StoppedProvider, ...] = ()


@dataclass(frozen=True, slots=True)
class HomeReading:
    """What one drawing of Home is made from. ``sandboxes`` are accounts that are not the real site's."""

    outlook: Outlook
    attention: Attention
    upcoming: tuple[DeviationView, ...]
    steps: FirstSteps
    pulse: Pulse | None
    sandboxes: frozenset[str]
    automations: Standing = field(default_factory=Standing)
    elsewhere: Elsewhere = field(default_factory=Elsewhere)
    making: Making = field(default_factory=Making)

    @property
    def counts(self) -> Counts:
        return self.outlook.counts

    @property
    def is_running(self) -> bool:
        """Whether somebody is there to publish what is due."""
        return self.pulse is not None and self.pulse.is_alive


def read_home(session: Session, actor: Actor, *, zone: str, now: datetime) -> HomeReading:
    """Read it all; days are those of ``zone``."""
    flow = outlook(session, actor, zone=zone, now=now)
    return HomeReading(
        outlook=flow,
        attention=needs_attention(session, actor, now=now),
        upcoming=next_out(session, actor, limit=NEXT_LIMIT, now=now),
        steps=first_steps(session, actor, flow.counts),
        pulse=find_pulse(session, now=now),
        sandboxes=frozenset(one.id for one in list_accounts(session, actor) if one.provider.endswith("-sandbox")),
        automations=standing(session, actor, now=now),
        elsewhere=read_elsewhere(session, actor, now=now),
        making=read_making(session, actor, now=now),
    )


def read_making(session: Session, actor: Actor, *, now: datetime) -> Making:
    """What the studio has for the person to look at."""
    ended_badly = OrderFilter(statuses=(OrderStatus.FAILED, OrderStatus.PARTIALLY_FULFILLED), since=now - LOOKED_BACK)
    failed = list_orders(session, actor, ended_badly, size=NEXT_LIMIT)
    return Making(
        running=tuple(list_running(session, actor, limit=NEXT_LIMIT)),
        failed=failed.rows,
        failed_total=failed.total,
        unjudged=count_unjudged(session, actor, limit=UNJUDGED_LIMIT),
        stopped=tuple(stopped_providers(session, actor, now=now)),
    )


def read_elsewhere(session: Session, actor: Actor, *, now: datetime) -> Elsewhere:
    """What sales, messages and takeovers have for the person to do."""
    return Elsewhere(
        failed_sales=count_by_status(session, actor)[SaleQueueStatus.FAILED],
        silent_sales=len(list_silent(session, actor, now=now)),
        failed_deliveries=outbox.count_mine(session, actor).failed,
        stopped_takeovers=list_stopped(session, actor),
    )


def find_pulse(session: Session, *, now: datetime) -> Pulse | None:
    """The sidecar heard of last; ``None`` when there has been none lately."""
    pulses = heartbeats.list_pulses(session, now=now)
    return next((pulse for pulse in pulses if pulse.component == heartbeats.SCHEDULER), None)
