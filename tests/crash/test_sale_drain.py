"""Clients that drain the sale queue and are killed at random: no sale lost, none priced or completed twice."""

from pathlib import Path

from core.clock import utc_now
from core.db.engine import Database
from core.identity import api_keys
from core.settings import Settings
from core.system.actors import Actor
from tests.crash.sale_drain import drain
from tests.factories import make_preset, make_user
from tests.sales.support import make_sale
from tests.support.processes import environment_of, free_port
from tests.support.warm import running_warm

SALES, KILLS = 36, 10


def test_killed_clients_lose_no_sale_and_do_none_twice(settings: Settings, database: Database, tmp_path: Path):
    with database.session() as session:
        alice = make_user(session, "alice")
        preset = make_preset(session, alice)
        for number in range(SALES):
            make_sale(session, alice, preset, price=1000 + number, url=f"https://site.test/art/{number}")
        key, _ = api_keys.create(session, Actor.person(alice.id), "Shop", ["sales"], now=utc_now())
    port = free_port()
    environment = environment_of(settings) | {"ATELIER_API_PORT": str(port)}
    with running_warm("core.cli", "api", output=tmp_path / "api.log", settings=environment) as server:
        root = f"http://127.0.0.1:{port}"
        server.wait_until_answers(f"{root}/healthz")
        drained = drain(database, root, key, tmp_path, clients=2, kills=KILLS, seed=7)
    assert drained.sales == SALES
    assert drained.kills >= KILLS // 2  # on a slow machine the queue may be empty before the last of them
    assert drained.is_clean, drained
