"""Usage, as the sidecar looks after its sums."""

from core.jobs.ports import Ports
from core.metering import upkeep


def keep_usage(ports: Ports) -> str | None:
    """Follow a changed reporting zone, and check yesterday's sums once a day; a sentence about it."""
    now = ports.clock()
    zone = upkeep.keep_zone(ports.database, now=now)
    differing = upkeep.check_yesterday(ports.database, now=now)
    said = [f"Days are those of {zone} now."] if zone else []
    if differing is not None:
        said.append(f"{differing} sums differ from the events." if differing else "Yesterday's sums are right.")
    return " ".join(said) or None
