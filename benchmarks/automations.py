"""What automations cost: a tick that finds nothing due, and a preview of three months with few and many drafts."""

import random
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from benchmarks.support import Bench, Row, each_engine
from core.db.engine import Database
from core.db.ids import new_id
from core.identity.models import Account, User
from core.publishing.automations.models import Automation, AutomationScheduleRule, RuleType, SelectionMethod
from core.publishing.automations.occurrences import next_occurrence
from core.publishing.automations.rules import RuleSpec
from core.publishing.automations.runner import run_due
from core.publishing.automations.simulation import simulate
from core.publishing.models import SHUFFLE_KEYS, Deviation, DeviationFile
from core.publishing.zones import zone_named
from core.system.actors import Actor
from tests.factories import make_account, make_blob, make_user

NAME = "automations"
NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
ZONE = "Europe/Berlin"

AUTOMATIONS, RULES, DRAFTS = 1_000, 3, 50_000
TICKS = 300
TICK_TARGET = 5.0

FEW_DRAFTS, PLAYED, DAYS = 500, 20, 90
PREVIEWS = 5
PREVIEW_TARGET = 1.5


def run() -> Iterator[Row]:
    for bench in each_engine():
        yield _quiet_tick(bench)
        yield _preview(bench)


def _quiet_tick(bench: Bench) -> Row:
    """Nothing is due for a month: the tick looks and goes."""
    with bench.database() as database:
        with database.session() as session:
            user, account = _person(session)
            _add_drafts(session, user, account, DRAFTS)
            _add_automations(session, user, AUTOMATIONS, RULES, NOW + timedelta(days=30))
        _settle(database)
        some = _some_id(database)

        def look_up() -> None:
            with database.read() as session:
                session.scalar(select(AutomationScheduleRule.automation_id).where(AutomationScheduleRule.id == some))

        bare, tick = _medians(look_up, lambda: run_due(database, now=NOW))
    ratio = tick / bare
    return Row(
        f"a tick over {AUTOMATIONS:,} automations and {DRAFTS:,} drafts, nothing due", bench.engine,
        f"{tick * 1e3:.2f} ms", f"one indexed query: {bare * 1e3:.2f} ms", ratio, f"≤ {TICK_TARGET:g}",
        ratio <= TICK_TARGET,
    )  # fmt: skip


def _preview(bench: Bench) -> Row:
    few, runs = _preview_seconds(bench, FEW_DRAFTS)
    many, same_runs = _preview_seconds(bench, DRAFTS)
    assert runs == same_runs, "both previews have the same occurrences"
    ratio = many / few
    return Row(
        f"{DAYS} days of {PLAYED} automations ({runs} runs) with {DRAFTS:,} drafts", bench.engine,
        f"{many * 1e3:.0f} ms", f"with {FEW_DRAFTS} drafts: {few * 1e3:.0f} ms", ratio, f"≤ {PREVIEW_TARGET:g}",
        ratio <= PREVIEW_TARGET,
    )  # fmt: skip


def _preview_seconds(bench: Bench, drafts: int) -> tuple[float, int]:
    with bench.database() as database:
        with database.session() as session:
            user, account = _person(session)
            _add_drafts(session, user, account, drafts)
            _add_automations(session, user, PLAYED, 1, None)
        _settle(database)
        actor, until = Actor.person(user.id), NOW + timedelta(days=DAYS)
        times, runs = [], 0
        for _ in range(PREVIEWS + 1):
            started = time.perf_counter()
            with database.read() as session:
                forecast = simulate(session, actor, now=NOW, until=until)
            times.append(time.perf_counter() - started)
            runs = len(forecast.runs)
            assert len(forecast.posts) == runs, "no preview runs out of drafts"
        return statistics.median(times[1:]), runs


def _person(session: Session) -> tuple[User, Account]:
    user = make_user(session, "alice", timezone=ZONE)
    return user, make_account(session, user, is_default=True)


def _add_drafts(session: Session, user: User, account: Account, number: int) -> None:
    chance = random.Random(number)
    blob = make_blob(session, user)
    rows, files = [], []
    for place in range(number):
        identity = new_id("dev")
        rows.append(
            {
                "id": identity, "user_id": user.id, "account_id": account.id, "title": f"Draft {place}",
                "tags": [chance.choice(["fox", "owl", "elk"])], "shuffle_key": chance.randrange(SHUFFLE_KEYS),
                "created_at": NOW - timedelta(minutes=place), "updated_at": NOW,
            }
        )  # fmt: skip
        files.append(
            {
                "id": new_id("fil"), "deviation_id": identity, "blob_id": blob.id, "original_filename": f"{place}.png",
                "storage_key": blob.storage_key, "storage_url": "", "mime_type": blob.mime_type,
                "file_size": blob.file_size, "sort_order": 0, "created_at": NOW,
            }
        )  # fmt: skip
    session.execute(insert(Deviation), rows)
    session.execute(insert(DeviationFile), files)


def _add_automations(session: Session, user: User, number: int, rules: int, next_at: datetime | None) -> None:
    """Automations of all kinds; without ``next_at`` each posts every five days from its own hour on."""
    for place in range(number):
        automation = Automation(
            user_id=user.id, name=f"Automation {place}", enabled=True, sort_order=place, seed=place,
            draft_selection_method=list(SelectionMethod)[place % 3], shuffle_at=place * SHUFFLE_KEYS // number,
            source_filter={"tags": ["fox"]} if place % 5 == 4 else {},
        )  # fmt: skip
        session.add(automation)
        session.flush()
        anchor = NOW - timedelta(hours=place)
        spec = RuleSpec(RuleType.FIXED_INTERVAL, interval_minutes=5 * 1440, deviations_per_interval=1, anchor_at=anchor)
        first = next_occurrence(spec, zone_named(ZONE), NOW)
        for _ in range(rules):
            session.add(
                AutomationScheduleRule(
                    automation_id=automation.id, type=spec.type, interval_minutes=spec.interval_minutes,
                    deviations_per_interval=1, anchor_at=anchor,
                    next_at=next_at or (first.at if first else None),
                )
            )  # fmt: skip
    session.flush()


def _settle(database: Database) -> None:
    """Let the database know what it holds, as its own housekeeping does in time."""
    with database.connection() as connection:
        connection.exec_driver_sql("ANALYZE")


def _some_id(database: Database) -> str:
    with database.read() as session:
        return session.scalars(select(AutomationScheduleRule.id).limit(1)).one()


def _medians(first: Callable[[], object], second: Callable[[], object]) -> tuple[float, float]:
    """Seconds that each takes, measured in turns so that both meet the same weather."""
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(TICKS):
        for place, act in enumerate((first, second)):
            started = time.perf_counter()
            act()
            times[place].append(time.perf_counter() - started)
    return statistics.median(times[0]), statistics.median(times[1])
