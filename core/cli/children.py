"""Child processes under one roof: their output with a name in front, restarts with patience, one end for all."""

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from core.cli.keeper import KEEPER

FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 30.0
# Whoever ran this long was well; its next restart is quick again.
WELL_AFTER_SECONDS = 60.0
ENDING_SECONDS = 20.0

Say = Callable[[str, str], None]


@dataclass
class Child:
    """One process that should always run. It gets ``ending_seconds`` to end; ``None`` is as long as most need."""

    name: str
    command: list[str]
    environment: Mapping[str, str]
    ending_seconds: float | None = None
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    pause: float = FIRST_PAUSE_SECONDS
    restart_at: float | None = None
    _reader: threading.Thread | None = field(default=None, repr=False)

    def start(self, say: Say) -> None:
        # A session of its own: Ctrl-C reaches the parent alone, who then ends everybody in order.
        self.process = subprocess.Popen(  # noqa: S603 - our own command, no shell
            self.command,
            env={**self.environment, KEEPER: str(os.getpid())},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self.started, self.restart_at = time.monotonic(), None
        self._reader = threading.Thread(target=self._pass_on, args=(self.process, say), daemon=True)
        self._reader.start()

    def _pass_on(self, process: subprocess.Popen[bytes], say: Say) -> None:
        assert process.stdout is not None
        with process.stdout as lines:
            for line in lines:
                say(self.name, line.decode(errors="replace").rstrip())

    def signal(self, number: int) -> None:
        """Tell the process and everything it started."""
        if self.process is not None and self.process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)

    def finish_output(self) -> None:
        """Wait for the last lines."""
        if self._reader is not None:
            self._reader.join(timeout=2)


class Household:
    """Runs children until told to stop."""

    def __init__(self, children: list[Child], say: Say) -> None:
        self._children = children
        self._say = say
        self._stop = threading.Event()

    def stop(self) -> None:
        """Ask the household to end; a second time, kill what is left."""
        if self._stop.is_set():
            self._signal_all(signal.SIGKILL)
        self._stop.set()

    def run(self) -> None:
        """Start everybody and keep them running; returns when all have ended."""
        try:
            for child in self._children:
                child.start(self._say)
            while not self._stop.wait(0.2):
                for child in self._children:
                    self._look_after(child)
        finally:
            self._end()

    def _look_after(self, child: Child) -> None:
        now = time.monotonic()
        if child.restart_at is not None:
            if now >= child.restart_at:
                child.start(self._say)
        elif child.process is not None and child.process.poll() is not None:
            child.finish_output()
            child.pause = FIRST_PAUSE_SECONDS if now - child.started > WELL_AFTER_SECONDS else child.pause
            child.restart_at = now + child.pause
            how = _how_it_ended(child.process.returncode)
            self._say("atelier", f"{child.name} {how}. It starts again in {child.pause:.0f} s.")
            child.pause = min(child.pause * 2, LONGEST_PAUSE_SECONDS)

    def _end(self) -> None:
        self._signal_all(signal.SIGTERM)
        asked = time.monotonic()
        for child in sorted(self._children, key=_patience):
            if child.process is None:
                continue
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.process.wait(max(0.0, asked + _patience(child) - time.monotonic()))
            child.signal(signal.SIGKILL)
            child.process.wait()
            child.finish_output()

    def _signal_all(self, number: int) -> None:
        for child in self._children:
            child.signal(number)


def _patience(child: Child) -> float:
    return ENDING_SECONDS if child.ending_seconds is None else child.ending_seconds


def _how_it_ended(code: int) -> str:
    return f"ended with exit code {code}" if code >= 0 else f"was ended by {signal.Signals(-code).name}"
