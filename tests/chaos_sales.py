"""``make chaos``, second part: clients that drain a long sale queue and are killed at random, again and again.

python -m tests.chaos_sales [--sales 200] [--kills 60] [--seed N]
"""

import argparse
import random
import sys
import tempfile
import time
from pathlib import Path

from pydantic import SecretStr

from core.clock import utc_now
from core.db.crypto import Keyring, install_keyring
from core.db.engine import Database
from core.identity import api_keys
from core.settings import Settings
from core.system.actors import Actor
from tests.crash.sale_drain import Drained, drain
from tests.factories import make_preset, make_user
from tests.sales.support import make_sale
from tests.support.databases import ENGINES, fresh_database, stop_postgres_server
from tests.support.processes import environment_of, free_port, running
from tests.support.shared import SharedRun

KEY = "a key for chaos"


def run(engine: str, shared: SharedRun, *, sales: int, kills: int, seed: int) -> Drained:
    """One engine's queue, from full to empty."""
    with (
        tempfile.TemporaryDirectory(prefix="atelier-chaos-") as name,
        fresh_database(shared, engine, Path(name)) as url,
    ):
        folder = Path(name)
        settings = Settings(data_dir=folder / "data", database_url=url, secret_key=SecretStr(KEY))
        database = Database(url)
        try:
            key = _fill(database, sales)
            port = free_port()
            environment = environment_of(settings) | {"ATELIER_API_PORT": str(port)}
            with running("core.cli", "api", output=folder / "api.log", settings=environment) as server:
                server.wait_until_answers(f"http://127.0.0.1:{port}/healthz")
                return drain(database, f"http://127.0.0.1:{port}", key, folder, clients=3, kills=kills, seed=seed)
        finally:
            database.dispose()


def _fill(database: Database, sales: int) -> str:
    with database.session() as session:
        alice = make_user(session, "alice")
        preset = make_preset(session, alice)
        for number in range(sales):
            make_sale(session, alice, preset, price=1000 + number, url=f"https://site.test/art/{number}")
        key, _ = api_keys.create(session, Actor.person(alice.id), "Shop", ["sales"], now=utc_now())
    return key


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos_sales", description=__doc__.splitlines()[0])
    parser.add_argument("--sales", type=int, default=200, help="per engine")
    parser.add_argument("--kills", type=int, default=60, help="per engine")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    options = parser.parse_args()
    install_keyring(Keyring([KEY]))
    shared, clean = SharedRun.begin(), True
    try:
        for engine in ENGINES:
            started = time.monotonic()
            counts = run(engine, shared, sales=options.sales, kills=options.kills, seed=options.seed)
            clean = clean and counts.is_clean
            sys.stdout.write(
                f"{engine}: {counts.sales} sales, {counts.kills} kills, seed {options.seed}, "
                f"in {time.monotonic() - started:.0f} s; lost {len(counts.missing)}, priced twice "
                f"{len(counts.set_twice)}, completed twice {len(counts.completed_twice)}, in two hands "
                f"{len(counts.shared)}, asked for again without need {counts.needless}\n"
            )
            sys.stdout.flush()
    finally:
        stop_postgres_server(shared)
        shared.end()
    return 0 if clean else 1


if __name__ == "__main__":
    raise SystemExit(main())
