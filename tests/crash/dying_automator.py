"""The real sidecar, killed while automations act: ``python -m tests.crash.dying_automator KIND NUMBER``.

The process kills itself right before the ``NUMBER``-th ``begin`` or ``commit`` of a transaction or the ``NUMBER``-th
``statement`` of its automations' work, counted over all of that work; what other jobs do does not count.
"""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event

from core.publishing.automations import runner
from tests.crash.dying import die, run_sidecar


class Fuse:
    """Counts what happens at the database while it is armed, in the thread that armed it."""

    def __init__(self, number: int) -> None:
        self._left = number
        self._armed = threading.local()

    @contextmanager
    def armed(self) -> Iterator[None]:
        self._armed.here = True
        try:
            yield
        finally:
            self._armed.here = False

    def pass_by(self, *_: Any) -> None:
        if getattr(self._armed, "here", False):
            self._left -= 1
            if self._left == 0:
                die()


def watch(fuse: Fuse, kind: str) -> None:
    """Make each event of that kind a place."""
    run_due = runner.run_due

    def watched_run(*args: Any, **kwargs: Any) -> runner.TickReport:
        with fuse.armed():
            return run_due(*args, **kwargs)

    runner.run_due = watched_run
    event.listen(Engine, "before_cursor_execute" if kind == "statement" else kind, fuse.pass_by)


def main() -> None:
    watch(Fuse(int(sys.argv[2])), sys.argv[1])
    run_sidecar()


if __name__ == "__main__":
    main()
