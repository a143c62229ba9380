"""Child processes under one roof."""

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator

import psutil
import pytest

from core.cli import children
from core.cli.children import Child, Household

FOREVER = "import time; time.sleep(600)"
STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(600)"
)
BUSY = (
    "import signal, time\n"
    "def end(*_):\n    time.sleep(0.6); print('finished', flush=True); raise SystemExit\n"
    "signal.signal(signal.SIGTERM, end); print('up', flush=True); time.sleep(600)"
)


class Running:
    """A household in a thread, and what it said."""

    def __init__(self, programs: dict[str, str]) -> None:
        self.lines: list[tuple[str, str]] = []
        self.children = [Child(name, [sys.executable, "-c", program], os.environ) for name, program in programs.items()]
        self.household = Household(self.children, lambda name, line: self.lines.append((name, line)))
        self.thread = threading.Thread(target=self.household.run)
        self.thread.start()

    def wait_for(self, condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 30
        while not condition():
            assert time.monotonic() < deadline, self.lines
            time.sleep(0.02)

    def said(self, name: str) -> list[str]:
        return [line for who, line in self.lines if who == name]

    def pids(self) -> list[int]:
        return [child.process.pid for child in self.children if child.process]

    def stop(self) -> None:
        self.household.stop()
        self.thread.join(timeout=60)
        assert not self.thread.is_alive()


@pytest.fixture
def start(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[dict[str, str]], Running]]:
    monkeypatch.setattr(children, "FIRST_PAUSE_SECONDS", 0.05)
    monkeypatch.setattr(children, "ENDING_SECONDS", 2.0)
    started: list[Running] = []

    def begin(programs: dict[str, str]) -> Running:
        started.append(Running(programs))
        for child in started[-1].children:
            child.pause = 0.05
        return started[-1]

    yield begin
    for running in started:
        running.stop()


def is_alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_every_line_comes_with_the_name_of_who_said_it(start: Callable[[dict[str, str]], Running]) -> None:
    running = start(
        {"one": f"print('hello', flush=True); {FOREVER}", "two": f"print('good day', flush=True); {FOREVER}"}
    )
    running.wait_for(lambda: len(running.lines) == 2)
    assert sorted(running.lines) == [("one", "hello"), ("two", "good day")]


def test_one_stop_ends_everybody(start: Callable[[dict[str, str]], Running]) -> None:
    running = start({"one": f"print(1, flush=True); {FOREVER}", "two": f"print(2, flush=True); {FOREVER}"})
    running.wait_for(lambda: len(running.lines) == 2)
    pids = running.pids()
    running.stop()
    assert not any(is_alive(pid) for pid in pids)


def test_a_child_that_ends_is_started_again_with_a_growing_pause(start: Callable[[dict[str, str]], Running]) -> None:
    running = start({"weak": "import sys; print('here', flush=True); sys.exit(3)", "strong": FOREVER})
    running.wait_for(lambda: running.said("weak").count("here") >= 3)
    notes = running.said("atelier")
    assert notes[0].startswith("weak ended with exit code 3. It starts again in ")
    assert running.children[0].pause > 0.1
    assert running.children[1].process
    assert running.children[1].process.poll() is None


def test_the_last_words_of_a_crash_are_passed_on(start: Callable[[dict[str, str]], Running]) -> None:
    running = start({"weak": "raise RuntimeError('out of paint')"})
    running.wait_for(lambda: "RuntimeError: out of paint" in running.said("weak"))


def test_a_killed_child_is_named_with_its_signal(start: Callable[[dict[str, str]], Running]) -> None:
    running = start({"one": f"print('up', flush=True); {FOREVER}"})
    running.wait_for(lambda: bool(running.lines))
    psutil.Process(running.pids()[0]).kill()
    running.wait_for(lambda: any("was ended by SIGKILL" in line for line in running.said("atelier")))


def test_whoever_does_not_listen_is_killed_in_the_end(start: Callable[[dict[str, str]], Running]) -> None:
    running = start({"stubborn": STUBBORN})
    running.wait_for(lambda: running.said("stubborn") == ["up"])
    pid = running.pids()[0]
    running.stop()
    assert not is_alive(pid)


def test_whoever_has_something_to_finish_gets_the_time_for_it(
    start: Callable[[dict[str, str]], Running], monkeypatch: pytest.MonkeyPatch
) -> None:
    running = start({"busy": BUSY, "stubborn": STUBBORN})
    running.wait_for(lambda: len(running.lines) == 2)
    monkeypatch.setattr(children, "ENDING_SECONDS", 0.2)
    running.children[0].ending_seconds = 30.0
    running.stop()
    assert running.said("busy") == ["up", "finished"]
    assert running.children[1].process
    assert running.children[1].process.returncode == -9
