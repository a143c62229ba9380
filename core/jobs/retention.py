"""The studio's broom: old generation logs, and what has been in the trash for its time."""

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy.orm import Session

from core.jobs.ports import Ports
from core.studio import retention
from core.studio.retention import TrashKind

# Of each kind in one turn; the rest goes an hour later.
MOST_BATCHES = 50


def clean_studio(ports: Ports) -> str | None:
    """Hourly; a sentence about what went, ``None`` when there was nothing."""
    settings = ports.settings
    logs = _in_batches(
        ports,
        lambda session: retention.forget_logs(
            session, older_than=timedelta(days=settings.generation_log_days), now=ports.clock()
        ),
    )
    purged = sum(_in_batches(ports, _purge(ports, kind)) for kind in TrashKind)
    if not logs and not purged:
        return None
    return f"Forgot {logs:,} lines about the making of pictures, emptied {purged:,} things from the studio's trash."


def _purge(ports: Ports, kind: TrashKind) -> Callable[[Session], int]:
    older_than = timedelta(days=ports.settings.trash_days)
    return lambda session: retention.purge_expired(session, kind, older_than=older_than, now=ports.clock())


def _in_batches(ports: Ports, do: Callable[[Session], int]) -> int:
    """One transaction for each, so that nothing else waits long; how many rows."""
    total = 0
    for _ in range(MOST_BATCHES):
        with ports.database.session() as session:
            gone = do(session)
        total += gone
        if not gone:
            break
    return total
