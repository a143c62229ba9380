"""The sidecar's own hands: claims what is due and runs it in threads."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Generic, Protocol, TypeVar

import structlog

from core.errors import UnavailableError
from core.logs import correlated

log = structlog.get_logger(__name__)


class Claimed(Protocol):
    """A post or an item that was claimed."""

    @property
    def id(self) -> str: ...


W = TypeVar("W", bound=Claimed)


class WorkerPool(Generic[W]):
    """Runs what was claimed, ``size`` at a time; provider calls are waiting, so threads serve well.

    ``claim(limit)`` is asked for more when all that wait have been taken up. Claims bring up to
    twice what fits: a claim costs a query over all that is due, so few and large ones are cheap,
    and a post that waits here a moment keeps its lease by the heartbeat like any other. With
    ``claims_ahead`` off they bring no more than there are idle hands: for what has to begin at once.
    """

    def __init__(
        self,
        *,
        size: int,
        claim: Callable[[int], list[W]],
        run: Callable[[W], None],
        name: str = "publish",
        claims_ahead: bool = True,
    ) -> None:
        self._size = size
        self._most = 2 * size if claims_ahead else size
        self._claim = claim
        self._run = run
        self._name = name
        self._executor = ThreadPoolExecutor(max_workers=size, thread_name_prefix=name)
        # Counted, not listed: a post whose lease was lost may be claimed anew while its first run still ends.
        self._held: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._dispatcher = threading.Thread(target=self._dispatch, name=f"{name}-dispatcher", daemon=True)

    def start(self) -> None:
        self._dispatcher.start()

    def wake(self) -> None:
        """Look for what is due now; the tick calls this."""
        self._wake.set()

    @property
    def in_flight(self) -> int:
        return self._held.total()

    def held_ids(self) -> list[str]:
        """What leases must be kept of: all that runs or waits here. What broke off is not among it."""
        with self._lock:
            return list(self._held)

    def stop(self, *, timeout: float) -> bool:
        """Claim nothing more and wait for the calls in hand; ``False`` when some did not end in time."""
        self._stopping.set()
        self._wake.set()
        deadline = time.monotonic() + timeout
        # A claim under way may still bring posts: hands are needed until they are given back.
        while (self._dispatcher.is_alive() or self.in_flight) and time.monotonic() < deadline:
            time.sleep(0.05)
        self._executor.shutdown(wait=False)
        return not self.in_flight

    def drain_once(self) -> int:
        """Claim as much as fits and hand it out; how many that were."""
        free = self._most - self.in_flight
        if free <= 0 or self._stopping.is_set():
            return 0
        works = self._claim(free)
        with self._lock:
            self._held.update(work.id for work in works)
        for work in works:
            self._executor.submit(self._run_one, work)
        return len(works)

    def _dispatch(self) -> None:
        while not self._stopping.is_set():
            self._wake.wait()
            self._wake.clear()
            if self._stopping.is_set():
                return
            try:
                self.drain_once()
            except UnavailableError as error:
                log.warning("Looking for what is due came to nothing; the next tick tries again.", pool=self._name,
                            reason=str(error))  # fmt: skip
            except Exception:  # an edge: whatever it was, the next tick tries again
                log.exception("Looking for what is due failed.", pool=self._name)

    def _run_one(self, work: W) -> None:
        with correlated():
            try:
                self._run(work)
            except UnavailableError as error:
                log.warning("A run broke off; it is found again.", pool=self._name, work=work.id, reason=str(error))
            except Exception:
                # An edge: the lease runs out and it is found again; the others go on.
                log.exception("A run broke off.", pool=self._name, work=work.id)
            finally:
                with self._lock:
                    self._held -= Counter([work.id])  # what comes to zero is gone
                    has_idle_hands = self.in_flight == self._size or self._most == self._size
                if has_idle_hands:
                    self._wake.set()
