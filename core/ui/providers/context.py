"""What all parts of the screen share."""

from dataclasses import dataclass
from datetime import date, datetime

from core.identity.sessions import SignedIn
from core.runtime import Runtime

TOAST = "providers.toast"


@dataclass(frozen=True, slots=True)
class Context:
    """``day`` is today in the house's reporting zone."""

    runtime: Runtime
    user: SignedIn
    day: date
    now: datetime
