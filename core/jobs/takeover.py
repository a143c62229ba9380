"""Taking over galleries, as the sidecar does it."""

from core.jobs.ports import Ports
from core.publishing.asking import Line
from core.publishing.import_choices import ImportLimits
from core.publishing.takeover.walking import Walker


def take_over(ports: Ports) -> str | None:
    """Walk on through galleries that are being taken over; a sentence about what came in."""
    line = Line(ports.database, ports.sites, ports.settings.call_gap_seconds)
    taken = Walker(line, ports.store, ports.clock, ImportLimits.of(ports.settings).probe).walk_due()
    return f"Took over {taken} works." if taken else None
