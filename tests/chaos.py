"""``make chaos``: the crash tests at length, at random, with a provider that misbehaves.

A real sidecar publishes to a real sandbox while it is killed with SIGKILL at random moments, again
and again. Afterwards every file must be in the sandbox's gallery exactly once, and every post must
know its address. Prints the counts and exits 1 when anything is lost or doubled.

    python -m tests.chaos [--kills 200] [--engine sqlite|postgresql] [--seed N]
"""

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import select, update

from core.clock import utc_now
from core.identity.models import Account
from core.publishing import scheduling
from core.publishing.models import Deviation, DeviationStatus
from core.publishing.states import QUEUED
from core.system.actors import Actor
from tests.crash.installation import Installation, installation
from tests.support.databases import ENGINES, fresh_database, stop_postgres_server
from tests.support.processes import RunningProcess, free_port, running
from tests.support.shared import SharedRun

ACCOUNTS = 16
LONGEST_WAIT_SECONDS = 900

# Each of these strikes at random; together about one call in five goes wrong.
FAULTS: list[dict[str, object]] = [
    {"kind": "drop_after", "endpoint": "/stash/publish", "probability": 0.06},
    {"kind": "drop_before", "endpoint": "/stash/publish", "probability": 0.04},
    {"kind": "error_after", "endpoint": "/stash/publish", "status": 500, "probability": 0.05},
    {"kind": "error_before", "endpoint": "/stash/*", "status": 503, "probability": 0.04},
    {"kind": "drop_after", "endpoint": "/stash/submit", "probability": 0.04},
    {"kind": "rate_limit", "endpoint": "*", "retry_after": 1, "probability": 0.02},
    {"kind": "rate_limit", "endpoint": "*", "probability": 0.02},
    {"kind": "ok_with_error_body", "endpoint": "/stash/submit", "probability": 0.02},
    {"kind": "html_403", "endpoint": "*", "probability": 0.01},
    {"kind": "slow", "endpoint": "*", "seconds": 0.4, "probability": 0.1},
]


@dataclass
class Counts:
    """What the run came to."""

    kills: int = 0
    kills_at_work: int = 0  # those that met at least one post in hand
    posts: int = 0
    files: int = 0
    lost: int = 0
    doubled: int = 0
    without_address: int = 0
    wrong_address: int = 0
    seconds: float = 0
    provider_calls: int = 0
    notes: list[str] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        return not (self.lost or self.doubled or self.wrong_address or self.without_address)


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


@contextmanager
def _sandbox(folder: Path) -> Iterator[str]:
    port = free_port()
    with running("core.sandbox", "--port", str(port), output=folder / "sandbox.log") as process:
        process.wait_until_answers(f"http://127.0.0.1:{port}/_sandbox/health")
        yield f"http://127.0.0.1:{port}"


def _misbehave(place: Installation, seed: int) -> None:
    for number, fault in enumerate(FAULTS):
        place.sandbox_client.post("/_sandbox/faults", json=fault | {"seed": seed + number}).raise_for_status()


def _kill_again_and_again(place: Installation, kills: int, chance: random.Random, counts: Counts) -> list[str]:
    """Keep posts coming and sidecars dying; all posts."""
    posts: list[str] = []
    while counts.kills < kills:
        if len(posts) - _published(place, posts) < ACCOUNTS * 2:
            sizes = [chance.choice([1, 1, 1, 2, 3]) for _ in range(ACCOUNTS * 3)]
            posts += place.add_posts(sizes, accounts=ACCOUNTS, title=f"Round {counts.kills}")
        with place.scheduler() as scheduler:
            scheduler.wait_until_says("This sidecar leads.")
            time.sleep(chance.uniform(0.02, 1.2))
            scheduler.kill()
        counts.kills += 1
        counts.kills_at_work += place.leases(posts) > 0
        _forget_output(place)
        if counts.kills % 20 == 0:
            _say(f"  {counts.kills} kills, {len(posts)} posts, {_published(place, posts)} published")
    return posts


def _forget_output(place: Installation) -> None:
    # wait_until_says reads the whole log; a new process must not be taken for its predecessor.
    (place.folder / "scheduler.log").unlink(missing_ok=True)


def _published(place: Installation, posts: list[str]) -> int:
    return sum(status.value == "published" for status in place.statuses(posts))


def _finish(place: Installation, posts: list[str]) -> None:
    """Let one sidecar live until everything is out, as if the waiting times had passed.

    What was given up on is retried, as its person would do once the provider is well again.
    """
    now = utc_now()
    with place.database.session() as session:
        failed = session.execute(
            select(Deviation.user_id, Deviation.id).where(Deviation.status == DeviationStatus.FAILED)
        ).all()
        for user_id, post in failed:
            scheduling.retry(session, Actor.person(user_id), [post], now=now)
        session.execute(update(Deviation).where(Deviation.status.in_(QUEUED)).values(due_at=now))
        session.execute(update(Account).values(next_call_at=None, call_gap_seconds=None))
    with place.scheduler() as scheduler:
        _wait_for_all(place, posts, scheduler)


def _wait_for_all(place: Installation, posts: list[str], scheduler: RunningProcess) -> None:
    deadline = time.monotonic() + LONGEST_WAIT_SECONDS
    while not place.all_published(posts):
        if not scheduler.is_running or time.monotonic() > deadline:
            _say(f"not all posts came out: {_published(place, posts)} of {len(posts)}\n{scheduler.output()[-3000:]}")
            return
        time.sleep(0.5)


def _count(place: Installation, posts: list[str], counts: Counts) -> None:
    shown = place.shown()
    files = place.files(posts)
    counts.posts, counts.files = len(posts), len(files)
    for sha256, remote_id in files:
        ids = shown.get(sha256, [])
        counts.lost += not ids
        counts.doubled += max(0, len(ids) - 1)
        counts.without_address += remote_id is None
        counts.wrong_address += remote_id is not None and remote_id not in ids
    state = place.sandbox_client.get("/_sandbox/state", params={"only": "counts"}).json()
    counts.provider_calls = state["counts"]["requests"]


def run(engine: str, *, kills: int, seed: int, shared: SharedRun) -> Counts:
    """One engine's chaos from start to count."""
    counts, started = Counts(), time.monotonic()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="atelier-chaos-")))
        url = stack.enter_context(fresh_database(shared, engine, folder))
        sandbox_url = stack.enter_context(_sandbox(folder))
        pace = {"ATELIER_CALL_GAP_SECONDS": "0.02", "ATELIER_LONGEST_CALL_GAP_SECONDS": "1"}
        place = stack.enter_context(installation(url, folder, sandbox_url, **pace))
        _misbehave(place, seed)
        posts = _kill_again_and_again(place, kills, random.Random(seed), counts)
        place.sandbox_client.delete("/_sandbox/faults").raise_for_status()
        _finish(place, posts)
        _count(place, posts, counts)
    counts.seconds = time.monotonic() - started
    return counts


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=200, help="over all engines together")
    parser.add_argument("--engine", choices=ENGINES, action="append")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    options = parser.parse_args()
    engines = options.engine or list(ENGINES)
    shared = SharedRun.begin()
    clean = True
    try:
        for number, engine in enumerate(engines):
            kills = options.kills // len(engines) + (number < options.kills % len(engines))
            _say(f"{engine}: {kills} kills, seed {options.seed}")
            counts = run(engine, kills=kills, seed=options.seed, shared=shared)
            clean = clean and counts.is_clean
            _say(
                f"{engine}: {counts.kills} kills, {counts.kills_at_work} of them with posts in hand, "
                f"in {counts.seconds:.0f} s; {counts.posts} posts with {counts.files} files, "
                f"{counts.provider_calls} provider calls; lost {counts.lost}, doubled {counts.doubled}, "
                f"without address {counts.without_address}, wrong address {counts.wrong_address}"
            )
    finally:
        stop_postgres_server(shared)
        shared.end()
    _say("Nothing lost, nothing doubled." if clean else "Something was lost or doubled.")
    return 0 if clean else 1


if __name__ == "__main__":
    raise SystemExit(main())
