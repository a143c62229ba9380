"""One process each: screens, API, sidecar, courier, worker, sandbox. ``atelier up`` starts what is needed.

Each command imports what it serves when it is called, so that no process carries the libraries of the others.
"""

import asyncio
from typing import Annotated

import typer

from core.cli.reporting import fail, house, read_settings, reporting
from core.runtime import install_runtime


def web() -> None:
    """Serve the screens."""
    from core.jobs.furnishing import furnish_house
    from core.web.server import serve

    with house() as runtime:
        install_runtime(runtime)
        furnish_house(runtime.database, runtime.image_providers, runtime.settings)
        serve(runtime)


def api() -> None:
    """Serve the HTTP API alone, apart from the screens, which serve it too."""
    from core.web.api_server import serve_api

    with house() as runtime:
        install_runtime(runtime)
        serve_api(runtime)


def scheduler() -> None:
    """Run the sidecar, which publishes what is due and keeps the house in order."""
    from core import scheduler as sidecar

    read_settings()
    with reporting():
        sidecar.main()


def worker() -> None:
    """Publish what the sidecar hands over; on PostgreSQL, on as many machines as wanted."""
    from core import scheduler as sidecar
    from core.jobs.queue import install_schema
    from core.jobs.queue_worker import QueueWorker

    with house() as runtime:
        if runtime.database.is_sqlite:
            fail("Workers need PostgreSQL. With SQLite the sidecar publishes by itself.")
        install_schema(runtime.database)
        asyncio.run(QueueWorker(sidecar.build_ports(runtime)).run())


def courier() -> None:
    """Make the calls to providers that answer at once, for sidecar and workers, so that their end loses no picture."""
    from core.jobs import courier as couriers

    with house() as runtime:
        couriers.run(runtime)


def sandbox(
    host: Annotated[str, typer.Option(help="A loopback address.")] = "127.0.0.1",
) -> None:
    """Serve the stand-in for DeviantArt, for trying things out without an account."""
    from core.sandbox.server import serve

    settings = read_settings()
    folder = settings.data_dir / "sandbox"
    folder.mkdir(parents=True, exist_ok=True)
    serve(host, settings.sandbox_port, folder / "state.db")


def migrate() -> None:
    """Bring the database to the schema of this version."""
    with house():
        typer.echo("The database is up to date.")
