"""What is thrown away, and when: expired sessions, old logs, the trash, objects nobody refers to."""

from datetime import datetime, timedelta

import structlog
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from core.errors import UnavailableError
from core.identity.models import LoginSession, SignInAttempt, VerificationToken
from core.jobs.ports import Ports
from core.publishing import trash
from core.publishing.inspiration import cache as browse_cache
from core.publishing.models import PublishAttempt
from core.studio.products import archives
from core.studio.products import trash as product_trash
from core.system import heartbeats, idempotency
from core.system.models import Intent, IntentState, Notification, NotificationDelivery, StorageRemoval

log = structlog.get_logger(__name__)

REMOVALS_AT_A_TIME = 100
READ_NOTIFICATIONS_KEPT = timedelta(days=30)
SIGN_IN_ATTEMPTS_KEPT = timedelta(days=1)


def forget_expired(session: Session, *, log_days: int, now: datetime) -> int:
    """Delete rows that have served; how many."""
    statements = [
        delete(LoginSession).where(LoginSession.expires < now),
        delete(VerificationToken).where(VerificationToken.expires < now),
        delete(SignInAttempt).where(SignInAttempt.at < now - SIGN_IN_ATTEMPTS_KEPT),
        delete(PublishAttempt).where(PublishAttempt.started_at < now - timedelta(days=log_days)),
        delete(NotificationDelivery).where(NotificationDelivery.created_at < now - timedelta(days=log_days)),
        delete(Notification).where(Notification.read_at < now - READ_NOTIFICATIONS_KEPT),
        delete(Intent).where(
            Intent.closed_at < now - timedelta(days=log_days), Intent.state.in_([IntentState.DONE, IntentState.FAILED])
        ),
    ]
    heartbeats.forget_silent(session, now=now)
    answers = idempotency.prune(session, now=now)
    return answers + sum(session.execute(statement).rowcount for statement in statements)  # type: ignore[attr-defined]  # DELETE


def clean_up(ports: Ports) -> str | None:
    """The hourly broom; a sentence about what it did, ``None`` when there was nothing."""
    now, settings = ports.clock(), ports.settings
    with ports.database.session() as session:
        forgotten = forget_expired(session, log_days=settings.log_days, now=now)
        forgotten += browse_cache.prune(session, now=now)
    kept = timedelta(days=settings.trash_days)
    with ports.database.session() as session:
        purged = trash.purge_expired(session, older_than=kept, now=now)
    with ports.database.session() as session:
        products = product_trash.purge_expired(session, older_than=kept, now=now)
    forgotten += archives.remove_old(settings.data_dir, now=now)
    if not forgotten and not purged and not products:
        return None
    emptied = f"{purged} deviations" + (f" and {products} pictures" if products else "")
    return f"Forgot {forgotten} expired rows, emptied {emptied} from the trash."


def remove_objects(ports: Ports) -> str | None:
    """Delete what rows have let go of. Row and object in turn: a crash between them only repeats a deletion."""
    now = ports.clock()
    with ports.database.read() as session:
        query = select(StorageRemoval.id, StorageRemoval.key).where(StorageRemoval.not_before <= now)
        waiting = session.execute(query.order_by(StorageRemoval.not_before).limit(REMOVALS_AT_A_TIME)).all()
    removed = 0
    for removal_id, key in waiting:
        try:
            ports.store.delete(key)
        except UnavailableError as error:
            log.warning("An object could not be removed; it is tried again later.", error=str(error))
            _postpone(ports, removal_id, str(error), now=now)
            continue
        with ports.database.session() as session:
            session.execute(delete(StorageRemoval).where(StorageRemoval.id == removal_id))
        removed += 1
    return f"Removed {removed} objects." if removed else None


def _postpone(ports: Ports, removal_id: str, message: str, *, now: datetime) -> None:
    with ports.database.session() as session:
        session.execute(
            update(StorageRemoval)
            .where(StorageRemoval.id == removal_id)
            .values(attempts=StorageRemoval.attempts + 1, error_message=message, not_before=now + timedelta(minutes=10))
        )
