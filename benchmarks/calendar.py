"""How long the Calendar takes to open with 2,000 posts in its month, against a blank page: see ``visits`` for how.

Beside the posts there are 2,000 drafts and two automations, whose posts of the rest of the month are foreseen.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from playwright.sync_api import Page
from sqlalchemy import insert
from sqlalchemy.orm import Session

from benchmarks.navigation import picture
from benchmarks.support import Bench, Row, each_engine
from benchmarks.visits import Target, measure_visits
from core.clock import utc_now
from core.db.ids import new_id
from core.identity import sessions
from core.identity.models import User
from core.media.blobs import thumbnail_key
from core.media.models import Blob
from core.media.thumbnails import THUMBNAIL_SIZES
from core.publishing.automations.models import Automation, AutomationScheduleRule, QuotaMode, RuleType
from core.publishing.calendar.periods import Span, period_of
from core.publishing.models import Deviation, DeviationFile, DeviationStatus
from core.runtime import Runtime, build_runtime
from tests.factories import make_account, make_blob, make_user
from tests.support.processes import environment_of, free_port

NAME = "calendar"
POSTS, DRAFTS, PICTURES = 2_000, 2_000, 50
TARGET_RATIO = 2
CALENDAR = Target("calendar", "Calendar", ".st-key-calendar-board >>> .tile")


def run() -> Iterator[Row]:
    """On both engines."""
    for bench in each_engine():
        yield _measure(bench)


def _measure(bench: Bench) -> Row:
    with bench.database_url() as url:
        port = free_port()
        settings = bench.settings(url, port=port)
        runtime = build_runtime(settings)
        cookie = _furnish(runtime)
        runtime.close()
        calendar, blank = measure_visits(
            CALENDAR, _check, folder=bench.folder, environment=environment_of(settings), port=port, cookie=cookie
        )
    ratio = calendar / blank
    return Row(
        f"open a month of {POSTS:,} posts", bench.engine, f"{calendar:.0f} ms", f"blank page {blank:.0f} ms",
        ratio, f"≤ {TARGET_RATIO}", ratio <= TARGET_RATIO,
    )  # fmt: skip


def _check(page: Page) -> None:
    page.locator(".st-key-calendar-board .more").nth(25).wait_for()
    page.locator(".st-key-calendar-board .tile").nth(80).wait_for()


def _furnish(runtime: Runtime) -> str:
    """Fill the studio; the cookie of its owner."""
    now = utc_now()
    with runtime.database.session() as session:
        owner = make_user(session, "anna")
        cookie, _ = sessions.open_session(session, owner.id, user_agent=None, idle_days=30, now=now)
        account = make_account(session, owner, is_default=True, expires_at=now + timedelta(days=1))
        blobs = [make_blob(session, owner) for _ in range(PICTURES)]
        automation_ids = _add_automations(session, owner, account.id, now)
        _add_posts(session, owner, account.id, automation_ids, blobs, now)
    thumbnail = picture()
    for blob in blobs:
        for size in THUMBNAIL_SIZES:
            runtime.store.put(thumbnail_key(blob.storage_key, size), thumbnail, content_type="image/webp")
    return cookie


def _add_automations(session: Session, owner: User, account_id: str, now: datetime) -> list[str]:
    """One that posts each evening, one that lets ten a day go out."""
    dated = {"created_at": now, "updated_at": now}
    rules: list[dict[str, Any]] = [
        {"type": RuleType.FIXED_TIME, "time_of_day": "19:30"},
        {"type": RuleType.DAILY_QUOTA, "daily_quota": 10, "quota_mode": QuotaMode.DRIP,
         "window_start": "08:00", "window_end": "22:00"},
    ]  # fmt: skip
    ids = []
    for number, rule in enumerate(rules):
        automation = Automation(
            user_id=owner.id,
            account_id=account_id,
            name=f"Automation {number}",
            enabled=True,
            sort_order=number,
            **dated,
        )
        session.add(automation)
        session.flush()
        session.add(AutomationScheduleRule(automation_id=automation.id, next_at=now, **rule, **dated))
        ids.append(automation.id)
    session.flush()
    return ids


def _add_posts(
    session: Session, owner: User, account_id: str, automation_ids: list[str], blobs: list[Blob], now: datetime
) -> None:
    """Posts all over the month, out or waiting as the time says, a few of them failed; and the drafts."""
    period = period_of(Span.LIST, now.date())
    start = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    apart = timedelta(days=len(period.dates)) / POSTS
    rows, files = [], []
    for number in range(POSTS + DRAFTS):
        at = start + number * apart if number < POSTS else None
        deviation_id, blob = new_id("dev"), blobs[number % PICTURES]
        status = _status(number, at, now)
        waits = status is DeviationStatus.SCHEDULED
        rows.append(
            {
                "id": deviation_id, "user_id": owner.id, "account_id": account_id, "status": status,
                "title": f"Picture {number}", "tags": ["landscape"], "created_at": now, "updated_at": now,
                "automation_id": automation_ids[number % 2] if at else None, "scheduled_at": at,
                "actual_publish_at": at and at + timedelta(minutes=3), "due_at": at if waits else None,
                "published_at": at if status is DeviationStatus.PUBLISHED else None,
                "deviation_id": f"remote-{number}" if status is DeviationStatus.PUBLISHED else None,
            }
        )  # fmt: skip
        files.append(
            {
                "deviation_id": deviation_id, "blob_id": blob.id, "original_filename": f"picture-{number}.png",
                "storage_key": blob.storage_key, "storage_url": "", "mime_type": "image/png", "file_size": 1000,
                "width": 640, "height": 480, "created_at": now,
            }
        )  # fmt: skip
    session.execute(insert(Deviation), rows)
    session.execute(insert(DeviationFile), files)


def _status(number: int, at: datetime | None, now: datetime) -> DeviationStatus:
    if at is None:
        return DeviationStatus.DRAFT
    if at > now:
        return DeviationStatus.SCHEDULED
    return DeviationStatus.FAILED if number % 20 == 0 else DeviationStatus.PUBLISHED
