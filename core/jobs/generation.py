"""The hands that work on orders: some begin calls, others look after those under way.

They are kept apart, and apart from publishing: a provider that takes minutes for an answer holds up neither the polls
of the others nor a post.
"""

from collections.abc import Callable, Sequence
from functools import partial

from core.jobs.pool import WorkerPool
from core.jobs.ports import Ports
from core.studio.execution import claims
from core.studio.execution.work import Work


class GenerationHands:
    """Two pools of threads. ``may_claim`` is asked before each claim."""

    def __init__(self, ports: Ports, stopping: Callable[[], bool], may_claim: Callable[[], bool]) -> None:
        self._ports = ports
        self._may_claim = may_claim
        runner = ports.generator(stopping, self._has_room)
        calls = ports.settings.generation_calls
        self._beginning = WorkerPool(size=calls, claim=self._begin, run=runner.run, name="generate", claims_ahead=False)
        self._following = WorkerPool(size=max(4, calls // 2), claim=self._follow, run=runner.run, name="follow")

    def start(self) -> None:
        self._beginning.start()
        self._following.start()

    def wake(self) -> None:
        """Look for what is due now; the tick calls this."""
        self._following.wake()
        self._beginning.wake()

    @property
    def in_flight(self) -> int:
        return self._beginning.in_flight + self._following.in_flight

    def held_ids(self) -> list[str]:
        """The items whose leases must be kept."""
        return [*self._beginning.held_ids(), *self._following.held_ids()]

    def stop(self, *, timeout: float) -> bool:
        """Claim nothing more and wait for the calls in hand; ``False`` when some did not end in time."""
        return all([self._beginning.stop(timeout=timeout), self._following.stop(timeout=timeout)])

    def _has_room(self) -> None:
        """A provider is done with a call, although its results are still being stored."""
        self._beginning.wake()

    def _begin(self, limit: int) -> list[Work]:
        if not self._may_claim():
            return []
        ports = self._ports
        return claims.begin_due(ports.database, ports.clock, ports.worker, limit=limit)

    def _follow(self, limit: int) -> list[Work]:
        if not self._may_claim():
            return []
        ports = self._ports
        return claims.follow_due(ports.database, ports.clock, ports.worker, limit=limit)


def recover_items(ports: Ports, in_hand: Callable[[], Sequence[str]]) -> str | None:
    """The job: items of workers that fell silent are looked after by others."""
    now = ports.clock()
    # First of all our own: after the machine slept, or its clock was put forward, they would look abandoned too.
    claims.extend_leases(ports.database, ports.worker, in_hand(), now=now)
    released = claims.release_stale(ports.database, now=now, lease_seconds=ports.settings.lease_seconds)
    return f"Took {len(released)} items back from workers that fell silent." if released else None


def due_items(ports: Ports, *, limit: int) -> list[str]:
    """What other machines could work on now: calls to ask about, and as many to begin as their providers have room."""
    with ports.database.read() as session:
        now = ports.clock()
        found = claims.due_ids(session, now=now, limit=limit)
        for provider_id in claims.ready_providers(session, now=now):
            found += claims.may_begin(session, provider_id, now=now, limit=ports.settings.generation_calls)
    return found


def claim_item(ports: Ports, item_id: str) -> list[Work]:
    """Claim one item by its id, whether its call is to be begun or asked about; nothing when it is not due any more."""
    followed = claims.follow(ports.database, ports.clock, ports.worker, [item_id])
    if followed:
        return followed
    with ports.database.read() as session:
        provider_id = claims.provider_of(session, item_id)
    if provider_id is None:
        return []
    begin = partial(claims.begin, ports.database, ports.clock, ports.worker)
    return begin(provider_id, limit=1, only=[item_id])
