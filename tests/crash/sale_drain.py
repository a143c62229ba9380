"""Draining a sale queue with the example client while it is killed at random: the test and ``make chaos`` share it."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select

from core.db.engine import Database
from core.sales.models import SaleQueue, SaleQueueStatus
from core.system.models import AuditEvent
from tests.crash.market import prices, visits
from tests.support.isolation import clean_environment
from tests.support.processes import ROOT

CLIENT = ROOT / "docs" / "examples" / "sale_client.py"
MARKET = ROOT / "tests" / "crash" / "market.py"
PATIENCE_SECONDS = 240
OPEN = (SaleQueueStatus.PENDING, SaleQueueStatus.PROCESSING)


@dataclass(frozen=True)
class Drained:
    """What came of it.

    ``shared`` are the addresses that more than one client worked on: no lease runs out here, and who was killed comes
    back under its name, so there should be none. ``needless`` is how often a client came for a price again without a
    kill to explain it.
    """

    kills: int
    sales: int
    missing: list[str]
    set_twice: list[str]
    completed_twice: list[str]
    shared: list[str]
    needless: int

    @property
    def is_clean(self) -> bool:
        """Whether each sale is done, and was in the hands of one client alone, once but for the kills."""
        return not (self.missing or self.set_twice or self.completed_twice or self.shared or self.needless)


class Client:
    """The example client under one name, started again whenever it is gone."""

    def __init__(self, name: str, url: str, key: str, market: Path, folder: Path) -> None:
        self.name = name
        self._environment = clean_environment() | {"ATL_URL": url, "ATL_KEY": key, "PYTHONUNBUFFERED": "1"}
        self._command = [
            sys.executable, str(CLIENT), "--name", name, "--", sys.executable, str(MARKET), str(market), "0.03",
            name,
        ]  # fmt: skip
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self._output = (folder / f"{name}.log").open("ab")

    def keep_running(self) -> None:
        if self._process is None or self._process.poll() is not None:
            self._process = subprocess.Popen(
                self._command, env=self._environment, cwd=self._folder, start_new_session=True,
                stdout=self._output, stderr=subprocess.STDOUT,
            )  # fmt: skip

    def kill(self) -> bool:
        """Kill it and what it started, as a power cut would; ``False`` when it had ended by itself."""
        if self._process is None or self._process.poll() is not None:
            return False
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        return True

    def close(self) -> None:
        self.kill()
        self._output.close()


def drain(database: Database, url: str, key: str, folder: Path, *, clients: int, kills: int, seed: int) -> Drained:
    """Let ``clients`` drain the queue, ``kills`` times interrupted; what the site and the house say afterwards."""
    market, chance, killed = folder / "market", random.Random(seed), 0
    crew = [Client(f"client-{number}", url, key, market, folder) for number in range(clients)]
    deadline = time.monotonic() + PATIENCE_SECONDS
    try:
        while _open_sales(database) and time.monotonic() < deadline:
            for client in crew:
                client.keep_running()
            time.sleep(chance.uniform(0.05, 0.6))
            if killed < kills:
                killed += chance.choice(crew).kill()
    finally:
        for client in crew:
            client.close()
    return _count(database, market, killed)


def _open_sales(database: Database) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).where(SaleQueue.status.in_(OPEN))) or 0


def _count(database: Database, market: Path, kills: int) -> Drained:
    with database.read() as session:
        sales = session.scalars(select(SaleQueue)).all()
        events = session.scalars(select(AuditEvent.subject_id).where(AuditEvent.action == "sale.completed")).all()
    lines = [line.split() for line in prices(market)]
    priced, completed = Counter(url for url, _ in lines), Counter(events)
    amounts = dict(lines)
    right = {sale.url: f"{sale.price / 100:.2f}" for sale in sales}
    missing = [
        sale.id
        for sale in sales
        if sale.status is not SaleQueueStatus.COMPLETED
        or amounts.get(sale.url) != right[sale.url]
        or not completed[sale.id]
    ]
    visited, again = _visits(market)
    return Drained(
        kills=kills,
        sales=len(sales),
        missing=missing,
        set_twice=[url for url, number in priced.items() if number > 1],
        completed_twice=[one for one, number in completed.items() if number > 1],
        shared=[url for url, clients in visited.items() if len(clients) > 1],
        needless=max(0, again - kills),
    )


def _visits(market: Path) -> tuple[dict[str, set[str]], int]:
    """Who came for the price of each address, and how often somebody came for one again."""
    came = [tuple(line.split()) for line in visits(market)]
    visited: dict[str, set[str]] = {}
    for url, client in came:
        visited.setdefault(url, set()).add(client)
    return visited, len(came) - len(visited)
