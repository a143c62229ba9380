"""The folder that all workers of one test run share, and what is made once for all of them."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class SharedRun:
    """One run of the suite: its folder, and the process that began it and will end it."""

    folder: Path
    owner_pid: int

    @classmethod
    def begin(cls) -> "SharedRun":
        return cls(Path(tempfile.mkdtemp(prefix="atelier-tests-")), os.getpid())

    def once(self, name: str, make: Callable[[], str]) -> str:
        """The answer of ``make``, called by the first who asks under this name; the others wait for it."""
        answer = self.folder / f"{name}.answer"
        with self._locked(name):
            if not answer.exists():
                answer.write_text(make(), encoding="utf-8")
            return answer.read_text(encoding="utf-8")

    def find(self, name: str) -> str | None:
        """What ``once`` answered under this name, ``None`` when nobody asked."""
        answer = self.folder / f"{name}.answer"
        return answer.read_text(encoding="utf-8") if answer.exists() else None

    def end(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    @contextmanager
    def _locked(self, name: str) -> Iterator[None]:
        # The kernel lets go of the lock when a worker dies, so nobody waits for the dead.
        with (self.folder / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
