"""Atelier's real processes, started for a test and always cleaned up.

::

    with running("core.sandbox", "--port", str(port), output=tmp_path / "sandbox.log") as sandbox:
        sandbox.wait_until_answers(f"http://127.0.0.1:{port}/healthz")
        sandbox.kill()
"""

import contextlib
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import httpx
from pydantic import SecretStr

from core.settings import PREFIX, Settings
from tests.support.isolation import clean_environment

ROOT = Path(__file__).parents[2]
# Below the range from which systems draw ports for outgoing connections.
_PORTS = range(20_000, 32_000)
_POLL_SECONDS = 0.05


class ProcessFailedError(Exception):
    """A process ended, or did not do in time what the test waits for; carries what it printed."""


class RunningProcess:
    """A process of Atelier in its own process group, with its output in a file."""

    def __init__(self, command: list[str], environment: Mapping[str, str], output: Path) -> None:
        self.command = command
        self._output = output
        output.parent.mkdir(parents=True, exist_ok=True)
        # Appended to, so that a restarted process keeps what its predecessor said.
        with output.open("ab") as file:
            self._process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def is_running(self) -> bool:
        return self._process.poll() is None

    def output(self) -> str:
        """Everything written to stdout and stderr so far."""
        return self._output.read_text(encoding="utf-8", errors="replace")

    def wait_until_answers(self, url: str, *, timeout_seconds: float = 60) -> None:
        """Return once ``url`` answers below 500; ``ProcessFailedError`` when it never does."""
        deadline = time.monotonic() + timeout_seconds
        with httpx.Client(timeout=5, trust_env=False) as client:
            while not _answers(client, url):
                self._require_patience(deadline, f"did not answer at {url}")

    def wait_until_says(self, text: str, *, timeout_seconds: float = 60) -> None:
        """Return once the output contains ``text``."""
        deadline = time.monotonic() + timeout_seconds
        while text not in self.output():
            self._require_patience(deadline, f"never said {text!r}")

    def wait(self, *, timeout_seconds: float = 60) -> int:
        """The exit code of a process that ends by itself; negative when a signal ended it."""
        try:
            return self._process.wait(timeout_seconds)
        except subprocess.TimeoutExpired as error:
            raise ProcessFailedError(self._describe("did not end")) from error

    def terminate(self, *, timeout_seconds: float = 30) -> int:
        """Ask it to end (SIGTERM) and return the exit code."""
        self._process.terminate()
        return self.wait(timeout_seconds=timeout_seconds)

    def kill(self) -> None:
        """Kill it and everything it started, at once (SIGKILL)."""
        # The group outlives its leader, so this also finds children of a dead parent.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self._process.wait()

    def pause(self) -> None:
        """Stop it where it is (SIGSTOP), like a machine that hangs."""
        os.killpg(self.pid, signal.SIGSTOP)

    def resume(self) -> None:
        os.killpg(self.pid, signal.SIGCONT)

    def _require_patience(self, deadline: float, complaint: str) -> None:
        if not self.is_running:
            raise ProcessFailedError(self._describe(f"ended with {self._process.returncode} and {complaint}"))
        if time.monotonic() > deadline:
            raise ProcessFailedError(self._describe(complaint))
        time.sleep(_POLL_SECONDS)

    def _describe(self, complaint: str) -> str:
        return f"{' '.join(self.command)} {complaint}; it printed:\n{self.output()}"


@contextlib.contextmanager
def running(
    module: str, *arguments: str, output: Path, settings: Mapping[str, str] | None = None
) -> Iterator[RunningProcess]:
    """Run ``python -m module`` for the length of the block, then kill what is left of it.

    ``settings`` are environment variables; of this process's own, Atelier's are not handed on.
    """
    environment = clean_environment() | {"PYTHONUNBUFFERED": "1"} | dict(settings or {})
    process = RunningProcess([sys.executable, "-m", module, *arguments], environment, output)
    try:
        yield process
    finally:
        process.kill()


def environment_of(settings: Settings) -> dict[str, str]:
    """The environment variables that give another process the same settings."""
    given = settings.model_dump(exclude_unset=True, exclude_none=True)
    return {f"{PREFIX}{name.upper()}": _plain(value) for name, value in given.items()}


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    while True:
        port = random.choice(_PORTS)
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port


def _plain(value: object) -> str:
    return value.get_secret_value() if isinstance(value, SecretStr) else str(value)


def _answers(client: httpx.Client, url: str) -> bool:
    try:
        return not client.get(url).is_server_error
    except httpx.TransportError:
        return False
