"""``atelier key``: the master key that stored secrets are sealed with."""

import socket

import typer

from core.cli.reporting import fail, house, read_settings
from core.clock import utc_now
from core.db import models
from core.db.crypto import KEY_FILE, Keyring, add_key, install_keyring
from core.db.reseal import Resealed, reseal
from core.runtime import Runtime
from core.system import audit, heartbeats
from core.system.actors import Actor

app = typer.Typer(help="Look after the master key.", no_args_is_help=True)


@app.callback()
def key() -> None:
    """Look after the master key."""
    # A callback keeps `rotate` a command of its own while it is the only one.


@app.command()
def rotate() -> None:
    """Make a new master key and seal every stored secret with it. Stop Atelier first."""
    assert models.Base.metadata.tables  # every model is imported, so every sealed column is found
    settings = read_settings()
    with house() as runtime:
        _require_stopped(runtime)
        if settings.secret_key is None:
            install_keyring(Keyring(add_key(settings.data_dir)))
            typer.echo(f"A new key stands first in {settings.data_dir / KEY_FILE}.")
        else:
            typer.echo("The keys come from ATELIER_SECRET_KEY; the first of them is used.")
        done = reseal(runtime.database)
        _note(runtime, done)
        typer.echo(f"{done.count} secrets were sealed again. Keep the old keys: backups made before need them.")
        if done.unreadable:
            typer.echo(
                f"{done.unreadable} could not be opened with any key. Connect the accounts that ask for it again."
            )


def _require_stopped(runtime: Runtime) -> None:
    """A running process knows the old keys only and could not open what is sealed with the new one."""
    with runtime.database.read() as session:
        running = sorted({p.component for p in heartbeats.list_pulses(session, now=utc_now()) if p.is_alive})
    if running or _is_taken(runtime.settings.host, runtime.settings.port):
        names = ", ".join(running) or "the screens"
        fail(f"Atelier is running ({names}). Stop it on every machine, wait a minute, and try again.")


def _is_taken(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((host if host != "0.0.0.0" else "127.0.0.1", port)) == 0  # noqa: S104 - compared, not bound


def _note(runtime: Runtime, done: Resealed) -> None:
    after = {"secrets": done.count, "unreadable": done.unreadable}
    with runtime.database.session() as session:
        audit.record(session, Actor.command(""), "key.rotated", "master-key", after=after, now=utc_now())
