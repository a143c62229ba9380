"""The gallery at 100,000 products against 1,000: its first page, and pages behind a filter, on both engines.

Each figure is what one opening of the screen reads: a page of 60 products and how many match. Bare is the same call
in a house of 1,000 products. The filters are common ones and rare ones; at 100,000 as many more match. Importing a
folder as products is measured as ``importing`` measures it for posts: against the bare libvips cascade.
"""

import random
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path

from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from benchmarks import importing
from benchmarks.support import MASTER_KEY, Bench, Row, each_engine
from core.adapters.storage.factory import open_store
from core.db.crypto import Keyring, install_keyring
from core.db.engine import Database
from core.db.ids import new_id
from core.media.imports import IncomingFile
from core.media.models import Blob
from core.studio.products.filters import ProductFilter
from core.studio.products.importing import Outcome, import_products
from core.studio.products.listing import Order, count_products, list_products
from core.studio.products.models import Product, ProductSource, ProductType
from core.studio.products.searching import search_text
from core.studio.shelves.models import Project
from core.system.actors import Actor
from tests.factories import NOON, make_blob, make_user

NAME = "gallery"
FEW, MANY = 1_000, 100_000
ROUNDS = 40
TARGET_RATIO = 1.5
WORDS = ("dune", "harbour", "mist", "dawn", "neon", "glass", "forest", "rust", "velvet", "tide")
MODELS = ("flux-dev", "sdxl", "painter", "imagen")

Query = tuple[ProductFilter, Order]


def run() -> Iterator[Row]:
    """Every figure on both engines."""
    for bench in each_engine():
        with ExitStack() as stack:
            houses = [_House(stack.enter_context(bench.database()), count) for count in (FEW, MANY)]
            yield from _measure(bench, *houses)
        yield _measure_import(bench)


class _House:
    """A database with one artist and so many products."""

    def __init__(self, database: Database, count: int) -> None:
        self.database = database
        with database.session() as session:
            owner = make_user(session, "bench")
            self.actor = Actor.person(owner.id)
            self.project = Project(user_id=owner.id, name="Harbour", created_at=NOON, updated_at=NOON)
            session.add(self.project)
            blobs = [make_blob(session, owner, file_size=1000 + number) for number in range(200)]
            session.flush()
            for start in range(0, count, 10_000):
                _add(session, owner.id, self.project.id, blobs, range(start, min(start + 10_000, count)))
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as bare:
            if not database.is_sqlite:  # as its autovacuum would; SQLite is not told anything either
                bare.execute(text("VACUUM ANALYZE"))

    def open(self, query: Query) -> None:
        wanted, order = query
        with self.database.read() as session:
            page = list_products(session, self.actor, wanted, order=order)
            count_products(session, self.actor, wanted)
        assert page.rows


def _add(session: Session, user_id: str, project_id: str, blobs: Sequence[Blob], numbers: range) -> None:
    chance = random.Random(numbers.start)
    rows = []
    for number in numbers:
        prompt = " ".join(chance.sample(WORDS, 4)) + (" comet" if number % 20 == 0 else "")
        model = MODELS[number % len(MODELS)]
        liked = number % 10 == 0
        rows.append(
            {
                "id": new_id("prd"), "user_id": user_id, "blob_id": blobs[number % len(blobs)].id,
                "type": ProductType.IMAGE, "source": ProductSource.GENERATED, "name": f"picture-{number}",
                "provider": "local", "model": model, "prompt": prompt, "parameters": {"steps": 20}, "choices": {},
                "provider_metadata": {}, "project_id": project_id if number % 5 == 0 else None, "liked": liked,
                "rejected": number % 10 == 1, "rating": 1 + number % 5 if number % 3 == 0 else None,
                "cost": None if number % 4 == 0 else Decimal(number % 50) / 1000,
                "search_text": search_text(name=f"picture-{number}", prompt=prompt, provider="local", model=model),
                "cost_is_estimated": False,
                "created_at": NOON + timedelta(seconds=number), "updated_at": NOON,
            }
        )  # fmt: skip
    session.execute(insert(Product), rows)


def _queries(house: _House) -> Mapping[str, Query]:
    return {
        "first page": (ProductFilter(), Order.NEWEST),
        "a project": (ProductFilter(project_id=house.project.id), Order.NEWEST),
        "a model": (ProductFilter(model="sdxl"), Order.NEWEST),
        "four stars and more": (ProductFilter(rating_from=4), Order.NEWEST),
        "liked": (ProductFilter(liked=True), Order.NEWEST),
        "unsorted": (ProductFilter(unsorted=True), Order.NEWEST),
        "a common word": (ProductFilter(words="dune"), Order.NEWEST),
        "a rare word": (ProductFilter(words="comet"), Order.NEWEST),
        "a range of costs": (ProductFilter(cost_from=Decimal("0.01"), cost_to=Decimal("0.02")), Order.NEWEST),
        "best rated first": (ProductFilter(), Order.RATING),
        "dearest first": (ProductFilter(), Order.COST),
    }


def _measure(bench: Bench, few: _House, many: _House) -> Iterator[Row]:
    for (name, at_few), at_many in zip(_queries(few).items(), _queries(many).values(), strict=True):
        bare, took = _medians(partial(few.open, at_few), partial(many.open, at_many))
        yield Row(
            f"gallery of {MANY:,}: {name}", bench.engine, f"{took * 1000:.1f} ms", f"of {FEW:,} {bare * 1000:.1f} ms",
            took / bare, f"≤ {TARGET_RATIO}", took / bare <= TARGET_RATIO,
        )  # fmt: skip


def _medians(*works: Callable[[], None]) -> list[float]:
    """Seconds of each, by turns: what else the machine does meets them all."""
    times: list[list[float]] = [[] for _ in works]
    for _ in range(ROUNDS + 1):
        for work, taken in zip(works, times, strict=True):
            started = time.perf_counter()
            work()
            taken.append(time.perf_counter() - started)
    return [statistics.median(taken[1:]) for taken in times]


def _measure_import(bench: Bench) -> Row:
    files = importing.write_photographs(bench.folder / "photographs")
    with bench.database_url() as url:
        place = (url, bench.folder)
        bare, _ = importing.alone(importing.bare_cascade, files, place)
        took, _ = importing.alone(_import, files, place)
    ratio = bare / took
    return Row(
        f"import {len(files)} JPEGs of 12 MP as products", bench.engine, f"{len(files) / took:.1f} files/s",
        f"bare cascade {len(files) / bare:.1f} files/s", ratio, f"≥ {importing.TARGET_RATIO}",
        ratio >= importing.TARGET_RATIO,
    )  # fmt: skip


def _import(files: list[Path], bench: tuple[str, Path]) -> None:
    url, folder = bench
    install_keyring(Keyring([MASTER_KEY]))
    database = Database(url)
    store = open_store((folder / "products").as_uri())
    with database.session() as session:
        actor = Actor.person(make_user(session, "bench").id)
    results = import_products(database, store, actor, [IncomingFile(path.name, path) for path in files], now=NOON)
    assert all(result.outcome is Outcome.CREATED for result in results)
    database.dispose()
