"""The real sidecar, killed with SIGKILL at one exact place: ``python -m tests.crash.dying_scheduler N``.

Places are counted as they are passed, over all posts: after a claim is committed, before and after
each transaction between two calls commits, before and after each call to the site. The process
kills itself at the N-th, so that nothing is rounded off by timing; the code that runs is the
product's own.
"""

import sys
import threading
from dataclasses import replace
from typing import Any

from core.jobs.ports import Ports
from core.publishing.execution import claims
from core.publishing.execution.ledger import Ledger
from core.publishing.execution.runner import Runner
from tests.crash.dying import die, run_sidecar

CALLS = ("submit", "publish", "newest")


class Fuse:
    """Counts places; at the chosen one the process is gone."""

    def __init__(self, place: int) -> None:
        self._left = place
        self._lock = threading.Lock()

    def pass_by(self, name: str) -> None:
        with self._lock:
            self._left -= 1
            if self._left == 0:
                sys.stderr.write(f"killed: {name}\n")
                sys.stderr.flush()
                die()


class WatchedSite:
    """A site whose calls are places."""

    def __init__(self, site: Any, fuse: Fuse) -> None:
        self._site = site
        self._fuse = fuse

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._site, name)
        if name not in CALLS:
            return found

        def watched(*args: Any, **kwargs: Any) -> Any:
            self._fuse.pass_by(f"before {name}")
            result = found(*args, **kwargs)
            if name == "newest":
                result = list(result)
            self._fuse.pass_by(f"after {name}")
            return result

        return watched


def watch_transactions(fuse: Fuse) -> None:
    """Make both ends of each transaction of the engine a place."""
    close, between, claim = Ledger.close, Runner._between_calls, claims.claim_due

    def watched_close(self: Ledger) -> None:
        close(self)
        fuse.pass_by("written, not committed")

    def watched_between(self: Runner, *args: Any) -> Any:
        step = between(self, *args)
        fuse.pass_by("committed")
        return step

    def watched_claim(*args: Any, **kwargs: Any) -> Any:
        works = claim(*args, **kwargs)
        if works:
            fuse.pass_by("claimed")
        return works

    Ledger.close = watched_close  # type: ignore[method-assign]
    Runner._between_calls = watched_between  # type: ignore[method-assign]
    claims.claim_due = watched_claim


def main() -> None:
    fuse = Fuse(int(sys.argv[1]))
    watch_transactions(fuse)

    def watched(ports: Ports) -> Ports:
        sites = {name: WatchedSite(site, fuse) for name, site in ports.sites.items()}
        return replace(ports, sites=sites)  # type: ignore[arg-type]

    run_sidecar(watched)


if __name__ == "__main__":
    main()
