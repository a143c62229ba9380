"""Usage: what the screen asks of the sums, against fewer events and against the events themselves; writers at once.

The events are those of a year of twenty people, each with three models and two projects a day. They are written
straight into the table and summed by the product's own rebuilding.
"""

import multiprocessing
import random
import statistics
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from sqlalchemy import Connection, case, func, select
from sqlalchemy.orm import Session

from benchmarks.support import Bench, Row, each_engine
from core.db import ids
from core.db.base import table_of
from core.db.engine import Database
from core.identity.models import InstanceUserRole
from core.metering import figures, listing, names, sums
from core.metering.days import Days, begin_of
from core.metering.events import Consumption, Price, UsageEvent, UsageStatus, record
from core.metering.figures import Dimension, UsageFilter
from core.metering.models import Usage
from core.metering.rebuilding import rebuild_days
from core.metering.retrying import gave_way, record_events
from core.studio.shelves.models import Project
from core.system.actors import Actor
from tests.factories import make_user

NAME = "usage"
NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
YEAR = Days(NOW.date() - timedelta(days=364), NOW.date())
MONTH = Days(NOW.date() - timedelta(days=29), NOW.date())

FEW, MANY, PEOPLE = 100_000, 1_000_000, 20
MODELS = (
    ("fal", "fal-ai/flux/dev"), ("fal", "fal-ai/flux/schnell"), ("fal", "fal-ai/fast-sdxl"),
    ("replicate", "black-forest-labs/flux-dev"), ("replicate", "stability-ai/sdxl"), ("openai", "gpt-image-1"),
    ("openai", "dall-e-3"), ("gemini", "gemini-2.5-flash-image"), ("civitai", "urn:air:sdxl:checkpoint:civitai:1@2"),
    ("comfyui", "portrait.json"), ("comfyui", "landscape.json"), ("local", "landscape"),
)  # fmt: skip
ROUNDS = 9
GROWTH_TARGET = 1.6
RAW_TARGET = 50.0

WRITERS, BATCHES, SIZE = 8, 40, 100
TURNS = 5
WRITING_TARGET = 0.45

Ask = Callable[[Session, Actor], object]


def run() -> Iterator[Row]:
    for bench in each_engine():
        yield from _asking(bench)
    for bench in each_engine(["postgresql"]):
        yield _writing(bench)


def _asking(bench: Bench) -> Iterator[Row]:
    """The screen's queries at both sizes, and the year against the events."""
    with bench.database() as few, bench.database() as many:
        actors = (_fill(few, FEW), _fill(many, MANY))
        month, year = _screen(MONTH), _screen(YEAR)
        for name, asks in (("a month", month), ("a year", year)):
            small, large = _medians(few, many, actors, asks)
            ratio = large / small
            yield Row(
                f"Usage & costs, {name} of {PEOPLE} people, {MANY:,} events", bench.engine, f"{large * 1e3:.1f} ms",
                f"{FEW:,} events: {small * 1e3:.1f} ms", ratio, f"≤ {GROWTH_TARGET:g}", ratio <= GROWTH_TARGET,
            )  # fmt: skip
        yield from (_against_events(bench, many, actors[1], one) for one in COMPARED)


def _screen(days: Days) -> list[Ask]:
    """Everything that drawing the screen asks, for an administrator who looks at everybody."""
    wanted = UsageFilter(days)
    asks: list[Ask] = [
        lambda session, actor: names.choices(session, actor),
        lambda session, actor: figures.overview(session, actor, wanted),
        lambda session, actor: figures.daily(session, actor, wanted),
        lambda session, actor: figures.unpriced(session, actor, wanted),
        lambda session, actor: figures.by_day(session, actor, wanted, Dimension.MODEL, weekly=days.count > 120),
        lambda session, actor: listing.list_calls(session, actor, wanted, limit=25),
    ]
    return asks + [partial(figures.ranked, wanted=wanted, by=by, limit=100) for by in Dimension]


def _medians(few: Database, many: Database, actors: tuple[Actor, Actor], asks: list[Ask]) -> tuple[float, float]:
    """Seconds for all of it, measured in turns so that both meet the same weather."""
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(ROUNDS):
        for place, database in enumerate((few, many)):
            started = time.perf_counter()
            with database.read() as session:
                for ask in asks:
                    ask(session, actors[place])
            times[place].append(time.perf_counter() - started)
    return statistics.median(times[0]), statistics.median(times[1])


@dataclass(frozen=True, slots=True)
class Compared:
    """One question asked of the sums and of the events; both must say the same."""

    name: str
    ask: Callable[[Session, Actor], Any]
    raw: Callable[[Connection], Any]


def _raw(*keys: Any, day: bool = False) -> Callable[[Connection], Any]:
    """The same figures from the events themselves, as a screen without sums would ask for them."""
    usage = table_of(Usage).c

    def ask(connection: Connection) -> Any:
        by = [func.date(usage.occurred_at), *keys] if day else list(keys)
        measures = [] if day else [func.sum(case((usage.status == one, 1), else_=0)) for one in UsageStatus]
        if not day:
            measures += [func.count(usage.cost), func.sum(usage.images), func.sum(usage.tokens_in)]
            measures += [func.sum(usage.tokens_out), func.count(usage.latency_ms), func.sum(usage.latency_ms)]
            measures += [func.sum(case((usage.estimated, usage.cost), else_=0), type_=usage.cost.type)]
        measures += [func.sum(usage.cost, type_=usage.cost.type), func.count()]
        query = select(*by, *measures).where(
            usage.occurred_at >= begin_of(YEAR.first, "UTC"), usage.occurred_at < begin_of(YEAR.last, "UTC") + DAY
        )
        return connection.execute(query.group_by(*by)).all()

    return ask


DAY = timedelta(days=1)
_USAGE = table_of(Usage).c
_WANTED = UsageFilter(YEAR)


def _listed(session: Session, actor: Actor) -> int:
    return sum(one.sums.calls for one in figures.ranked(session, actor, _WANTED, Dimension.MODEL, limit=None))


def _drawn(session: Session, actor: Actor) -> int:
    series = figures.by_day(session, actor, _WANTED, Dimension.MODEL, measure="calls", weekly=True)
    return int(sum(map(sum, series.values)))


COMPARED = (
    Compared("the list of models", _listed, _raw(_USAGE.provider, _USAGE.model)),
    Compared("the chart by model", _drawn, _raw(_USAGE.provider, _USAGE.model, day=True)),
)


def _against_events(bench: Bench, database: Database, actor: Actor, compared: Compared) -> Row:
    fast, slow = [], []
    with database.read() as session:  # the screen asks everything in one transaction
        for turn in range(ROUNDS):
            started = time.perf_counter()
            calls = compared.ask(session, actor)
            fast.append(time.perf_counter() - started)
            if turn % 3 == 0:
                started = time.perf_counter()
                rows = compared.raw(session.connection())
                slow.append(time.perf_counter() - started)
                assert calls == sum(row[-1] for row in rows), "both count the same calls"
    ratio = statistics.median(slow) / statistics.median(fast)
    return Row(
        f"365 days of everybody, {compared.name}, {MANY:,} events", bench.engine,
        f"{statistics.median(fast) * 1e3:.1f} ms", f"GROUP BY over events: {statistics.median(slow) * 1e3:.0f} ms",
        ratio, f"≥ {RAW_TARGET:g}", ratio >= RAW_TARGET,
    )  # fmt: skip


def _fill(database: Database, number: int) -> Actor:
    """A year of events, spread evenly, and their sums; the administrator who looks at them."""
    with database.session() as session:
        ada = make_user(session, "ada", role=InstanceUserRole.ADMIN)
        people = [make_user(session, f"person-{place}") for place in range(PEOPLE)]
        projects = {one.id: [Project(user_id=one.id, name=f"{name} of {one.name}") for name in "AB"] for one in people}
        session.add_all([project for both in projects.values() for project in both])
        session.flush()
        owned = {person: [project.id for project in both] for person, both in projects.items()}
    _insert(database, _events(number, owned))
    with database.session() as session:
        rebuild_days(session, YEAR, now=NOW)
    with database.connection() as connection:
        connection.exec_driver_sql("ANALYZE")
    return Actor.person(ada.id)


COLUMNS = (
    "id", "user_id", "project_id", "event_key", "provider", "provider_kind", "model", "type", "operation", "status",
    "images", "requests", "cost", "currency", "price_source", "estimated", "occurred_at", "received_at", "latency_ms",
    "metadata",
)  # fmt: skip


def _events(number: int, owned: dict[str, list[str]]) -> Iterator[tuple[Any, ...]]:
    """Rows in the order of time; ids as bytes."""
    chance = random.Random(number)
    people = {ids.decode("usr", person): [ids.decode("prj", one) for one in both] for person, both in owned.items()}
    keys = list(people)
    begin, step = begin_of(YEAR.first, "UTC"), timedelta(days=365) / number
    day, palette = None, {}
    for place in range(number):
        at = begin + place * step
        if at.date() != day:
            day = at.date()
            palette = {person: chance.sample(MODELS, 3) for person in keys}
        person = chance.choice(keys)
        provider, model = chance.choice(palette[person])
        luck = chance.random()
        status = "ok" if luck < 0.95 else "error"
        cost = None if luck < 0.01 else round(luck * 40_000_000)  # thousand-millionths of a dollar
        identity = uuid.UUID(int=(int(at.timestamp() * 1000) << 80) | (7 << 76) | (2 << 62) | place)
        yield (
            identity, person, chance.choice(people[person]), f"call-{place}", provider, provider, model, "image",
            "generate", status, 1, 1, cost, "usd", "a list", False, at, at, round(luck * 9000), "{}",
        )  # fmt: skip


def _insert(database: Database, rows: Iterator[tuple[Any, ...]]) -> None:
    """Straight into the table, by the way each engine likes best."""
    with database.connection() as connection:
        driver: Any = connection.connection.driver_connection
        if database.is_sqlite:
            marks = ", ".join("?" * len(COLUMNS))
            driver.executemany(f"INSERT INTO usage ({', '.join(COLUMNS)}) VALUES ({marks})", map(_for_sqlite, rows))
            return
        with driver.cursor() as cursor, cursor.copy(f"COPY usage ({', '.join(COLUMNS)}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row([*row[:12], row[12] and Decimal(row[12]).scaleb(-9), *row[13:]])


def _for_sqlite(row: tuple[Any, ...]) -> tuple[Any, ...]:
    instant = row[16].strftime("%Y-%m-%d %H:%M:%S.%f")
    return (*(one.bytes for one in row[:3]), *row[3:16], instant, instant, *row[18:])


def _writing(bench: Bench) -> Row:
    """Eight processes that write batches at the same sums; in turns with and without adding them up."""
    pairs: list[tuple[float, float]] = []
    deadlocks = 0
    for _ in range(TURNS):
        pair = []
        for adds in (False, True):
            with bench.database() as database:
                rate, gave = _write_together(database, adds)
            pair.append(rate)
            deadlocks += gave
        pairs.append((pair[0], pair[1]))
    # The pair in the middle: both of it met the same weather.
    without, with_sums = sorted(pairs, key=lambda pair: pair[1] / pair[0])[TURNS // 2]
    ratio = with_sums / without
    return Row(
        f"{WRITERS} writers, batches of {SIZE} events with their sums ({deadlocks} deadlocks)", bench.engine,
        f"{with_sums:,.0f} events/s", f"without sums: {without:,.0f} events/s", ratio,
        f"≥ {WRITING_TARGET:g}, no deadlock", ratio >= WRITING_TARGET and not deadlocks,
    )  # fmt: skip


def _write_together(database: Database, adds: bool) -> tuple[float, int]:
    """Events a second of all writers together, and how often one gave way."""
    context = multiprocessing.get_context("spawn")
    with database.session() as session:
        people = [make_user(session, f"person-{place}").id for place in range(PEOPLE)]
    ready, go, told = context.Semaphore(0), context.Event(), context.Queue()
    url = database.url.render_as_string(hide_password=False)
    writers = [
        context.Process(target=write, args=(url, people, place, adds, ready, go, told)) for place in range(WRITERS)
    ]
    for writer in writers:
        writer.start()
    for _ in writers:
        ready.acquire()
    started = time.perf_counter()
    go.set()
    gave = sum(told.get() for _ in writers)
    seconds = time.perf_counter() - started
    for writer in writers:
        writer.join()
    return WRITERS * BATCHES * SIZE / seconds, gave


def write(url: str, people: list[str], place: int, adds: bool, ready: Any, go: Any, told: Any) -> None:
    """One writer, a process of its own: a batch a transaction."""
    from core.db import models  # every table refers to others by name

    assert models.Base.metadata.tables
    if not adds:
        sums.add = lambda *_: None
    database, now, chance = Database(url), datetime.now(UTC), random.Random(place)
    first, *batches = [_batch(people, chance, f"{place}-{number}", now) for number in range(BATCHES + 1)]
    record_events(database, first, now=now)  # the pool and the statements are warm
    ready.release()
    go.wait()
    gave = 0
    for batch in batches:
        try:
            with database.session() as session:
                record(session, batch, now=now)
        except Exception as error:
            if not gave_way(error):
                raise
            gave += 1
            record_events(database, batch, now=now)
    told.put(gave)
    database.dispose()


def _batch(people: list[str], chance: random.Random, name: str, now: datetime) -> list[UsageEvent]:
    """Calls of everybody with any model in the last quarter of an hour: all writers meet at the same sums."""
    return [
        UsageEvent(
            user_id=chance.choice(people), event_key=f"{name}-{number}", provider=provider, provider_kind=provider,
            model=model, status=UsageStatus.OK, consumption=Consumption(images=1, tokens_in=20, tokens_out_image=4160),
            price=Price(Decimal("0.0417"), "a list", "1", note="1 picture"),
            occurred_at=now - timedelta(seconds=chance.randrange(900)), latency_ms=1200,
        )
        for number in range(SIZE)
        for provider, model in [chance.choice(MODELS)]
    ]  # fmt: skip
