"""``atelier up``: everything a house needs, in one terminal."""

import os
import signal
import socket
import sys
import threading
from collections.abc import Mapping

import httpx
import typer

from core.cli.children import Child, Household
from core.cli.reporting import fail, house, read_settings
from core.end_signals import POLITE, on_end_signals
from core.settings import PREFIX, Settings

_COLOURS = {
    "web": "cyan",
    "scheduler": "green",
    "courier": "bright_green",
    "worker": "yellow",
    "sandbox": "magenta",
    "atelier": "blue",
}
_WIDTH = max(map(len, _COLOURS))
_OUTPUT = threading.Lock()
# A call in the courier's hand is paid and exists once; a second Ctrl-C breaks it off all the same.
_ENDING_SECONDS = {"courier": 330.0}


def up() -> None:
    """Start the screens, the sidecar, its courier and, without a DeviantArt client, the sandbox. Ctrl-C ends all."""
    settings = read_settings()
    for name, host, port in _ports(settings):
        _require_free(name, host, port)
    with house() as runtime:
        is_sqlite = runtime.database.is_sqlite
    children = _children(settings, is_sqlite=is_sqlite)
    household = Household(children, say)
    on_end_signals(household.stop, numbers=(*POLITE, signal.SIGHUP))
    threading.Thread(target=_greet, args=(settings,), daemon=True).start()
    household.run()
    say("atelier", "Everything has ended. See you.")


def starts_sandbox(settings: Settings) -> bool:
    """Whether there is nothing real to publish to, and no other stand-in was named."""
    return settings.deviantart_client_id is None and settings.sandbox_url is None


def say(name: str, line: str) -> None:
    """One line of one process, its name in front."""
    with _OUTPUT:
        typer.echo(f"{typer.style(name.rjust(_WIDTH), fg=_COLOURS.get(name))} │ {line}")


def _children(settings: Settings, *, is_sqlite: bool) -> list[Child]:
    names = ["courier", "scheduler", "web"]
    if starts_sandbox(settings):
        names.insert(0, "sandbox")
    if not is_sqlite:
        names.append("worker")
    environment = _environment(settings)
    return [
        Child(name, [sys.executable, "-m", "core.cli", name], environment, ending_seconds=_ENDING_SECONDS.get(name))
        for name in names
    ]


def _environment(settings: Settings) -> Mapping[str, str]:
    extra = {"PYTHONUNBUFFERED": "1"}
    if starts_sandbox(settings):
        extra[f"{PREFIX}SANDBOX_URL"] = f"http://127.0.0.1:{settings.sandbox_port}"
    return os.environ | extra


def _ports(settings: Settings) -> list[tuple[str, str, int]]:
    ports = [("PORT", settings.host, settings.port)]
    if settings.scheduler_port:
        ports.append(("SCHEDULER_PORT", "127.0.0.1", settings.scheduler_port))
    if starts_sandbox(settings):
        ports.append(("SANDBOX_PORT", "127.0.0.1", settings.sandbox_port))
    return ports


def _require_free(name: str, host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        # As the servers do: a connection that has just closed does not count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            fail(
                f"Port {port} is not free ({error.strerror}). Stop the program that uses it, "
                f"or choose another: {PREFIX}{name}={port + 100} atelier up"
            )


def _greet(settings: Settings) -> None:
    """Once the screens answer, say where they are."""
    local = f"http://{'127.0.0.1' if settings.host in {'0.0.0.0', '::'} else settings.host}:{settings.port}/healthz"  # noqa: S104 - compared, not bound
    with httpx.Client(timeout=2, trust_env=False) as client:
        while not _answers(client, local):
            threading.Event().wait(0.3)
    address = settings.resolved_public_url
    notes = ["", f"  Atelier is ready:  {typer.style(address, bold=True)}", ""]
    if starts_sandbox(settings):
        notes += ["  It publishes to a sandbox on this machine; nothing reaches DeviantArt.", ""]
    notes += ["  Ctrl-C ends it.", ""]
    for note in notes:
        say("atelier", note)


def _answers(client: httpx.Client, url: str) -> bool:
    try:
        return client.get(url).is_success
    except httpx.TransportError:
        return False
