"""What the sidecars share that kill themselves at one place of their work: the code that runs is the product's own."""

import os
import signal
from collections.abc import Callable
from datetime import UTC, datetime

from core import scheduler
from core.db.migrate import upgrade
from core.jobs.ports import Ports
from core.jobs.sidecar import Sidecar
from core.runtime import build_runtime
from core.settings import get_settings

AWAITED = {"automations", "recover", "recover_items"}


def die() -> None:
    """Be gone, as by a power cut."""
    os.kill(os.getpid(), signal.SIGKILL)


def run_sidecar(with_ports: Callable[[Ports], Ports] = lambda ports: ports) -> None:
    """The sidecar as a process; the jobs that tests wait for begin a second earlier than usual."""
    _begin_at_once()
    runtime = build_runtime(get_settings())
    try:
        upgrade(runtime.settings.resolved_database_url)
        scheduler.run(with_ports(scheduler.build_ports(runtime)))
    finally:
        runtime.close()


def _begin_at_once() -> None:
    add_ticks = Sidecar._add_ticks

    def added(self: Sidecar) -> None:
        add_ticks(self)
        for job in self._scheduler.get_jobs():
            if getattr(job.args[0], "name", None) in AWAITED:
                job.modify(next_run_time=datetime.now(UTC))

    Sidecar._add_ticks = added  # type: ignore[method-assign]
