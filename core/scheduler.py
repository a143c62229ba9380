"""``python -m core.scheduler``: the sidecar as a process."""

from collections.abc import Mapping

import structlog

from core.adapters.deviantart.sites import build_sites
from core.adapters.images.couriered import couriered
from core.adapters.messengers import build_messengers
from core.clock import Clock, utc_now
from core.db.migrate import upgrade
from core.end_signals import on_end_signals
from core.jobs.health import serve_health
from core.jobs.ports import Ports, worker_name
from core.jobs.sidecar import Sidecar
from core.publishing.site import Site
from core.runtime import Runtime, build_runtime
from core.settings import get_settings

log = structlog.get_logger(__name__)


def build_ports(runtime: Runtime, *, sites: Mapping[str, Site] | None = None, clock: Clock = utc_now) -> Ports:
    """The ports of this process; tests hand in other sites or another clock."""
    found = build_sites(runtime.settings) if sites is None else sites
    settings = runtime.settings
    messengers = build_messengers(settings)
    providers = couriered(runtime.image_providers, settings.data_dir, is_shared=settings.shares_data_dir)
    return Ports(
        settings, runtime.database, runtime.store, found, clock, worker_name(), messengers, providers
    )  # fmt: skip


def run(ports: Ports) -> None:
    """Run the sidecar until SIGTERM or SIGINT."""
    sidecar = Sidecar(ports)
    on_end_signals(sidecar.stop)
    with serve_health(sidecar, port=ports.settings.scheduler_port):
        sidecar.run()


def main() -> None:
    settings = get_settings()
    runtime = build_runtime(settings)
    upgrade(settings.resolved_database_url)
    try:
        run(build_ports(runtime))
    finally:
        runtime.close()


if __name__ == "__main__":
    main()
