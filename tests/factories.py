"""Rows for tests: what a test does not name gets a plain, valid value. Factories flush and never commit.

The cast: Alice owns, Bob is on her team, Charlie must see nothing.
"""

import hashlib
import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from core.db import models as _models  # noqa: F401 - tables refer to each other by name: all must be known
from core.db.crypto import Keyring, current_keyring, install_keyring
from core.db.ids import new_id
from core.identity.models import Account, InstanceUser, InstanceUserRole, User
from core.media.models import Blob
from core.publishing.models import Deviation, DeviationFile, DeviationStatus, PublishAttempt, UploadMode
from core.publishing.states import QUEUED
from core.sales.models import PricePreset
from core.system.actors import Actor
from core.system.models import Intent, IntentState

NOON = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

_numbers = itertools.count(1)


def make_user(
    session: Session, name: str = "alice", *, role: InstanceUserRole = InstanceUserRole.MEMBER, **fields: Any
) -> User:
    """A person who may enter; the password hash matches no password unless one is given."""
    values: dict[str, Any] = {
        "username": name,
        "username_key": name.casefold(),
        "name": name.capitalize(),
        "timezone": "UTC",
        "password_hash": "!",
        "created_at": NOON,
        "updated_at": NOON,
    }
    user = User(**values | fields)
    session.add(user)
    session.flush()
    session.add(InstanceUser(user_id=user.id, role=role, created_at=NOON))
    session.flush()
    return user


def make_actor(session: Session, name: str = "alice", **fields: Any) -> Actor:
    """A new person, acting."""
    return Actor.person(make_user(session, name, **fields).id)


def make_account(session: Session, user: User, provider: str = "deviantart-sandbox", **fields: Any) -> Account:
    """A connected account with tokens good for an hour and for three months from ``NOON``."""
    _need_keyring()
    number = next(_numbers)
    values: dict[str, Any] = {
        "user_id": user.id,
        "provider": provider,
        "provider_account_id": f"remote-{number}",
        "username": f"{user.username}-art-{number}",
        "access_token": f"access-{number}",
        "refresh_token": f"refresh-{number}",
        "expires_at": NOON + HOUR,
        "refresh_token_expires_at": NOON + 90 * DAY,
        "token_type": "Bearer",
        "scope": "basic user stash publish browse",
        "agreed_submission_at": NOON,
        "agreed_terms_at": NOON,
        "created_at": NOON,
        "updated_at": NOON,
    }
    account = Account(**values | fields)
    session.add(account)
    session.flush()
    return account


def make_blob(session: Session, user: User, *, content: bytes | None = None, **fields: Any) -> Blob:
    """A stored picture of 640 × 480 pixels; rows only, nothing is put into a store."""
    content = content or f"picture {next(_numbers)}".encode()
    sha256 = hashlib.sha256(content).hexdigest()
    values: dict[str, Any] = {
        "user_id": user.id,
        "sha256": sha256,
        "storage_key": f"{user.id}/blobs/{sha256}/original.png",
        "mime_type": "image/png",
        "file_size": len(content),
        "width": 640,
        "height": 480,
        "created_at": NOON,
    }
    blob = Blob(**values | fields)
    session.add(blob)
    session.flush()
    return blob


def make_file(
    session: Session, deviation: Deviation, blob: Blob, *, sort_order: int = 0, **fields: Any
) -> DeviationFile:
    """``blob`` shown by ``deviation`` at place ``sort_order``."""
    values: dict[str, Any] = {
        "deviation_id": deviation.id,
        "blob_id": blob.id,
        "original_filename": f"picture-{next(_numbers)}.png",
        "storage_key": blob.storage_key,
        "storage_url": "",
        "mime_type": blob.mime_type,
        "file_size": blob.file_size,
        "width": blob.width,
        "height": blob.height,
        "duration": blob.duration,
        "sort_order": sort_order,
        "created_at": NOON,
    }
    file = DeviationFile(**values | fields)
    session.add(file)
    session.flush()
    return file


def make_deviation(
    session: Session,
    user: User,
    account: Account | None = None,
    *,
    status: DeviationStatus | str = DeviationStatus.DRAFT,
    files: int = 1,
    blobs: list[Blob] | None = None,
    **fields: Any,
) -> Deviation:
    """A deviation with ``files`` files (or one for each of ``blobs``).

    Queued ones (scheduled, uploading, publishing) are due at ``NOON + 1 h`` and need an ``account``.
    """
    status = DeviationStatus(status)
    blobs = blobs if blobs is not None else [make_blob(session, user) for _ in range(files)]
    values: dict[str, Any] = {
        "user_id": user.id,
        "account_id": account.id if account else None,
        "status": status,
        "title": f"Picture {next(_numbers)}",
        "upload_mode": UploadMode.MULTIPLE if len(blobs) > 1 else UploadMode.SINGLE,
        "created_at": NOON,
        "updated_at": NOON,
    }
    if status in QUEUED:
        at = fields.get("scheduled_at", NOON + HOUR)
        values |= {"scheduled_at": at, "actual_publish_at": at, "due_at": at}
    if status is DeviationStatus.PUBLISHED:
        remote = f"remote-deviation-{next(_numbers)}"
        values |= {"deviation_id": remote, "deviation_url": f"https://example.test/{remote}", "published_at": NOON}
    deviation = Deviation(**values | fields)
    session.add(deviation)
    session.flush()
    for place, blob in enumerate(blobs):
        make_file(session, deviation, blob, sort_order=place)
    return deviation


def make_attempt(session: Session, deviation: Deviation, **fields: Any) -> PublishAttempt:
    """One call made for ``deviation``; by default a good submit at ``NOON``."""
    values: dict[str, Any] = {
        "user_id": deviation.user_id,
        "account_id": deviation.account_id,
        "deviation_id": deviation.id,
        "number": 1,
        "step": "submit",
        "outcome": "done",
        "http_status": 200,
        "started_at": NOON,
        "duration_ms": 120,
    }
    attempt = PublishAttempt(**values | fields)
    session.add(attempt)
    session.flush()
    return attempt


def make_intent(
    session: Session, subject_id: str, kind: str, *, state: IntentState = IntentState.OPEN, **fields: Any
) -> Intent:
    """An effect that was about to be caused for ``subject_id``."""
    intent = Intent(**{"kind": kind, "subject_id": subject_id, "state": state, "opened_at": NOON} | fields)
    session.add(intent)
    session.flush()
    return intent


def make_preset(session: Session, user: User, **fields: Any) -> PricePreset:
    """A fixed price of 12.00 USD; for a range give ``price=0`` with both ends."""
    values: dict[str, Any] = {
        "user_id": user.id,
        "name": f"Preset {next(_numbers)}",
        "price": 1200,
        "created_at": NOON,
        "updated_at": NOON,
    }
    preset = PricePreset(**values | fields)
    session.add(preset)
    session.flush()
    return preset


def lease(deviation: Deviation, *, at: datetime = NOON) -> None:
    """Put a worker's lease on ``deviation``, last renewed ``at``. The caller flushes."""
    deviation.execution_lock_id = new_id("wrk")
    deviation.execution_locked_at = at


def _need_keyring() -> None:
    try:
        current_keyring()
    except RuntimeError:
        install_keyring(Keyring(["a key for tests"]))
