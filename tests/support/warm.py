"""Processes of the product forked from one that has imported everything, so that a start costs no second of imports.

What runs in them is ``python -m module`` as anywhere else, with an environment, an output and a process group of its
own, and nothing is opened before the fork. ``tests.support.processes.running`` starts whole interpreters.
"""

import contextlib
import multiprocessing
import os
import runpy
import subprocess
import sys
import threading
import warnings
from collections.abc import Iterator, Mapping
from multiprocessing import connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import ModuleType

from tests.support.isolation import clean_environment
from tests.support.processes import ROOT, RunningProcess

_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["tests.support.preloaded"])
_STARTING = threading.Lock()


class _Fork:
    """A forked process behind what ``RunningProcess`` asks of ``subprocess.Popen``."""

    def __init__(self, process: BaseProcess) -> None:
        self._process = process
        self._reading = threading.Lock()  # the code can be read from the server once
        assert process.pid is not None
        self.pid = process.pid

    @property
    def returncode(self) -> int | None:
        return self.poll()

    def poll(self) -> int | None:
        with self._reading:
            return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        connection.wait([self._process.sentinel], timeout)
        code = self.poll()
        if code is None:
            raise subprocess.TimeoutExpired(self._process.name, timeout or 0)
        return code

    def terminate(self) -> None:
        self._process.terminate()

    def kill(self) -> None:
        self._process.kill()


class WarmProcess(RunningProcess):
    """A forked process of Atelier; it begins where ``python -m`` would after its imports."""

    def __init__(self, module: str, arguments: list[str], environment: Mapping[str, str], output: Path) -> None:
        self.command = [module, *arguments]
        self._output = output
        output.parent.mkdir(parents=True, exist_ok=True)
        output.touch()
        handed = (module, arguments, dict(environment), str(output))
        process = _FORKS.Process(target=_become, args=handed, name=module, daemon=True)  # ends with the tests at last
        with _nothing_of_main():
            process.start()
        self._process = _Fork(process)  # type: ignore[assignment]  # as much of Popen as is used

    def kill(self) -> None:
        """Kill it and everything it started, at once (SIGKILL)."""
        self._process.kill()  # it may not have its group yet
        super().kill()


@contextlib.contextmanager
def running_warm(
    module: str, *arguments: str, output: Path, settings: Mapping[str, str] | None = None
) -> Iterator[RunningProcess]:
    """``running``, with the process forked; for modules that read nothing from the environment on import."""
    process = WarmProcess(module, list(arguments), clean_environment() | dict(settings or {}), output)
    try:
        yield process
    finally:
        process.kill()


@contextlib.contextmanager
def _nothing_of_main() -> Iterator[None]:
    """A fork runs the file of ``__main__`` again, and AppTest leaves the last screen it ran in that place."""
    with _STARTING:
        main, sys.modules["__main__"] = sys.modules["__main__"], ModuleType("__main__")
        try:
            yield
        finally:
            sys.modules["__main__"] = main


def _become(module: str, arguments: list[str], environment: dict[str, str], output: str) -> None:
    """Be ``python -m module`` with these arguments; runs in the forked process."""
    os.setsid()
    os.chdir(ROOT)
    os.environ.clear()
    os.environ.update(environment)
    log = os.open(output, os.O_WRONLY | os.O_APPEND)
    for stream in (1, 2):
        os.dup2(log, stream)
    os.close(log)
    for file in (sys.stdout, sys.stderr):
        file.reconfigure(line_buffering=True, write_through=True)  # type: ignore[union-attr]  # both are text files
    sys.argv = [module, *arguments]
    warnings.filterwarnings("ignore", message=".*found in sys.modules", category=RuntimeWarning)
    runpy.run_module(module, run_name="__main__", alter_sys=True)
