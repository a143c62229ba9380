"""Statistics after publication, as the sidecar takes them."""

from core.jobs.ports import Ports
from core.publishing.asking import Line
from core.publishing.statistics import taking, thinning, turns


def take_counts(ports: Ports) -> str | None:
    """Give turns to what is newly out and ask once for each account; a sentence about it."""
    now = ports.clock()
    with ports.database.read() as session:  # nothing to do is the rule: do not open a write for it
        has_new = turns.has_without(session)
    if has_new:
        with ports.database.session() as session:
            turns.give_turns(session, now=now)
    line = Line(ports.database, ports.sites, ports.settings.call_gap_seconds)
    counted = taking.take_due(line, now=now)
    return f"Counted {counted} works." if counted else None


def thin_counts(ports: Ports) -> str | None:
    """Keep one sample a day of what is older than a month; a sentence about it."""
    with ports.database.session() as session:
        gone = thinning.thin(session, now=ports.clock())
    return f"Thinned {gone} old counts." if gone else None
