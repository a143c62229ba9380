"""One process each: the screens, the sidecar, a worker, the sandbox. ``atelier up`` starts what is needed."""

import asyncio
from typing import Annotated

import typer

from core import scheduler as sidecar
from core.cli.reporting import fail, house, read_settings, reporting
from core.db.migrate import upgrade
from core.jobs.queue import QueueWorker, install_schema
from core.runtime import install_runtime
from core.sandbox.server import serve as serve_sandbox
from core.web.server import serve as serve_web


def web() -> None:
    """Serve the screens."""
    with house() as runtime:
        install_runtime(runtime)
        serve_web(runtime)


def scheduler() -> None:
    """Run the sidecar, which publishes what is due and keeps the house in order."""
    read_settings()
    with reporting():
        sidecar.main()


def worker() -> None:
    """Publish what the sidecar hands over; on PostgreSQL, on as many machines as wanted."""
    with house() as runtime:
        if runtime.database.is_sqlite:
            fail("Workers need PostgreSQL. With SQLite the sidecar publishes by itself.")
        install_schema(runtime.database)
        asyncio.run(QueueWorker(sidecar.build_ports(runtime)).run())


def sandbox(
    host: Annotated[str, typer.Option(help="A loopback address.")] = "127.0.0.1",
) -> None:
    """Serve the stand-in for DeviantArt, for trying things out without an account."""
    settings = read_settings()
    folder = settings.data_dir / "sandbox"
    folder.mkdir(parents=True, exist_ok=True)
    serve_sandbox(host, settings.sandbox_port, folder / "state.db")


def migrate() -> None:
    """Bring the database to the schema of this version."""
    settings = read_settings()
    with reporting():
        upgrade(settings.resolved_database_url)
    typer.echo("The database is up to date.")
