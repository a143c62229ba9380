"""The walk through the store: looks for files that nothing refers to, and hands them over when somebody said so."""

import structlog

from core.errors import UnavailableError
from core.jobs.ports import Ports
from core.media import orphan_reports as reports
from core.media.blobs import remove_objects
from core.media.orphans import Orphan, Tally, still_orphans, walk

log = structlog.get_logger(__name__)

TELL_EVERY = 10  # answers of the walk


def find_orphans(ports: Ports) -> str | None:
    """Look when it is asked for, and once a week; remove only what somebody asked to have removed."""
    with ports.database.read() as session:
        report = reports.read_report(session, now=ports.clock())
    if not reports.is_due(report, now=ports.clock()):
        return None
    with ports.database.session() as session:
        reports.begin(session, now=ports.clock())
    try:
        return _walk(ports, removes=report.asked == reports.REMOVE)
    except UnavailableError as error:
        log.warning("The store could not be looked through.", error=str(error))
        with ports.database.session() as session:
            reports.break_off(session, str(error), now=ports.clock())
        return None


def _walk(ports: Ports, *, removes: bool) -> str:
    tally, handed_over, began = Tally(), 0, ports.clock()
    for number, found in enumerate(walk(ports.store, ports.database.read, tally, now=began)):
        if removes:
            handed_over += _hand_over(ports, found)
        if number % TELL_EVERY == 0:
            with ports.database.session() as session:
                reports.tell(session, tally, now=ports.clock())
    with ports.database.session() as session:
        reports.finish(session, tally, handed_over=handed_over if removes else None, now=ports.clock())
    told = f"Looked through {tally.walked:,} files; nothing refers to {tally.orphans:,}."
    return f"{told} Handed over {handed_over:,} for removal." if removes else told


def _hand_over(ports: Ports, found: list[Orphan]) -> int:
    """Asked again in the transaction that notes them; the broom for stored files does the rest."""
    if not found:
        return 0
    with ports.database.session() as session:
        keys = still_orphans(session, found)
        remove_objects(session, keys, now=ports.clock())
    return len(keys)
