"""Looking after stored pictures: hashes of what they look like."""

from core.jobs.ports import Ports
from core.media import hash_backfill


def hash_pictures(ports: Ports) -> str | None:
    """Hash pictures that have no hash yet; a sentence about it, ``None`` when there was nothing."""
    hashed = hash_backfill.backfill(ports.database, ports.store)
    return f"Looked at {hashed} pictures, so that lookalikes are found." if hashed else None
