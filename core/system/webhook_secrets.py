"""The secrets a webhook is signed with, in the form of Standard Webhooks: ``whsec_`` and base64.

For a day after a new one was made the old one signs as well, so that a receiver can be changed over without losing a
message (https://www.standardwebhooks.com, "Signature scheme").
"""

import base64
import secrets
from datetime import datetime, timedelta

PREFIX = "whsec_"
BYTES = 32
OVERLAP = timedelta(hours=24)


def new_secret() -> str:
    """A fresh secret, as the person gets to see it once."""
    return PREFIX + base64.b64encode(secrets.token_bytes(BYTES)).decode()


def replaced(stored: str | None, fresh: str, *, now: datetime) -> str:
    """What is stored when ``fresh`` takes the place of ``stored``."""
    old = (stored or "").partition(" ")[0]
    return f"{fresh} {old}@{(now + OVERLAP).isoformat()}" if old else fresh


def valid(stored: str | None, *, now: datetime) -> tuple[str, ...]:
    """The secrets that sign now, the current one first."""
    current, _, rest = (stored or "").partition(" ")
    old, _, until = rest.partition("@")
    found = [current] if current else []
    if old and now < datetime.fromisoformat(until):
        found.append(old)
    return tuple(found)


def key_of(secret: str) -> bytes:
    """The bytes that HMAC takes."""
    return base64.b64decode(secret.removeprefix(PREFIX))
