"""``make chaos``, third part: a sidecar that carries orders to every imitated provider, and is killed at random.

Afterwards each item must be complete with its one picture, or say that its answer was lost where the provider cannot be
asked; and no provider may have been asked twice for the same thing. Prints the counts and exits 1 when anything is lost
or doubled.

    python -m tests.chaos_generation [--kills 40] [--engine sqlite|postgresql] [--seed N]
"""

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import func, select, update

from core.clock import utc_now
from core.studio.orders.models import AttemptState, GenerationAttempt, ItemStatus, OrderItem
from core.studio.products.models import Product
from tests.crash import ordering
from tests.crash.installation import Installation, installation
from tests.support.databases import ENGINES, fresh_database, stop_postgres_server
from tests.support.processes import free_port, running
from tests.support.shared import SharedRun

PROVIDERS = ("comfyui", "replicate", "fal", "civitai", "openai", "gemini")
ITEMS_AT_A_TIME = 12
LONGEST_WAIT_SECONDS = 240
# Nobody else can have made a call that the courier here does not know.
ONE_MACHINE = {"ATELIER_SHARED_DATA_DIR": "yes"}


@dataclass
class Counts:
    """What the run came to."""

    kills: int = 0
    kills_at_work: int = 0  # those that met at least one item in hand
    items: int = 0
    requests: int = 0
    pictures: int = 0
    lost: int = 0  # items that neither have their picture nor say why
    doubled: int = 0  # requests that reached a provider twice, pictures that came twice
    for_a_person: int = 0  # answers lost at providers that cannot be asked: they say so
    looked_up: int = 0  # answers that a provider may still tell of
    notes: list[str] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        return not (self.lost or self.doubled)


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _waiting(place: Installation) -> int:
    with place.database.read() as session:
        query = select(func.count()).where(OrderItem.status.in_([ItemStatus.PENDING, ItemStatus.GENERATING]))
        return session.scalar(query) or 0


def _in_hand(place: Installation) -> int:
    with place.database.read() as session:
        return session.scalar(select(func.count()).where(OrderItem.lock_id.is_not(None))) or 0


def _kill_again_and_again(place: Installation, kills: int, chance: random.Random, counts: Counts) -> None:
    """Keep orders coming and sidecars dying."""
    while counts.kills < kills:
        if _waiting(place) < ITEMS_AT_A_TIME * 2:
            for provider in PROVIDERS:
                ordering.order(place, f"{provider}-sandbox", ITEMS_AT_A_TIME, prompt=f"round {counts.kills}")
        log = place.folder / "scheduler.log"
        log.unlink(missing_ok=True)
        with place.scheduler() as scheduler:
            scheduler.wait_until_says("This sidecar leads.")
            time.sleep(chance.uniform(0.05, 1.5))
            scheduler.kill()
        counts.kills += 1
        counts.kills_at_work += _in_hand(place) > 0


def _finish(place: Installation) -> None:
    """Let one sidecar live until nothing moves any more, as if the waiting times had passed."""
    deadline = time.monotonic() + LONGEST_WAIT_SECONDS
    with place.scheduler() as scheduler:
        while _waiting(place) > _still_looked_up(place) and time.monotonic() < deadline:
            with place.database.session() as session:
                due = update(OrderItem).where(OrderItem.due_at > utc_now(), OrderItem.lock_id.is_(None))
                session.execute(due.values(due_at=utc_now()), execution_options={"synchronize_session": False})
            time.sleep(1)
        scheduler.terminate()


def _still_looked_up(place: Installation) -> int:
    """Calls whose answer was lost and that their provider does not show so far: fal is asked for half an hour."""
    query = select(func.count()).where(
        GenerationAttempt.state == AttemptState.OPEN, GenerationAttempt.provider == "fal-sandbox"
    )
    with place.database.read() as session:
        return session.scalar(query) or 0


def _count(place: Installation, counts: Counts) -> None:
    with place.database.read() as session:
        items = list(session.scalars(select(OrderItem)))
        pictures = Counter(session.scalars(select(Product.order_item_id)))
        states = dict(session.execute(select(GenerationAttempt.order_item_id, GenerationAttempt.state)).all())
    counts.items, counts.pictures = len(items), pictures.total()
    counts.looked_up = _still_looked_up(place)
    for item in items:
        here = pictures[item.id]
        counts.doubled += max(here - 1, 0)
        if item.status is ItemStatus.FAILED and states.get(item.id) is AttemptState.UNKNOWN:
            counts.for_a_person += 1
        elif not here and not (item.status is ItemStatus.GENERATING and item.provider == "fal-sandbox"):
            counts.lost += 1
            counts.notes.append(f"{item.provider} {item.status.value}: {item.error_message}")
    for provider in PROVIDERS:
        begun = ordering.begun_at(place, provider)
        counts.requests += begun["begun"]
        counts.doubled += begun["twice"]


def run(engine: str, *, kills: int, seed: int, shared: SharedRun) -> Counts:
    """One engine's chaos from start to count."""
    counts = Counts()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="atelier-chaos-")))
        url = stack.enter_context(fresh_database(shared, engine, folder))
        port = free_port()
        sandbox = stack.enter_context(running("core.sandbox", "--port", str(port), output=folder / "sandbox.log"))
        sandbox.wait_until_answers(f"http://127.0.0.1:{port}/_sandbox/health")
        place = stack.enter_context(installation(url, folder, f"http://127.0.0.1:{port}", **ONE_MACHINE))
        ordering.furnish(place, rate_limit_requests=None, concurrent_limit=4)
        log = folder / "courier.log"
        courier = stack.enter_context(running("core.cli", "courier", output=log, settings=place.environment))
        courier.wait_until_says("The courier is ready.")
        _kill_again_and_again(place, kills, random.Random(seed), counts)
        _finish(place)
        _count(place, counts)
    return counts


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos_generation", description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=40, help="over all engines together")
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
                f"{engine}: {counts.kills} kills, {counts.kills_at_work} of them with items in hand; {counts.items} "
                f"items, {counts.requests} requests, {counts.pictures} pictures; lost {counts.lost}, doubled "
                f"{counts.doubled}; left to a person {counts.for_a_person}, still looked up {counts.looked_up}"
            )
            for note in counts.notes[:10]:
                _say(f"  {note}")
    finally:
        stop_postgres_server(shared)
        shared.end()
    _say("Nothing lost, nothing doubled." if clean else "Something was lost or doubled.")
    return 0 if clean else 1


if __name__ == "__main__":
    raise SystemExit(main())
