"""Keeping known whether DeviantArt serves private notes."""

from core.jobs.ports import Ports
from core.publishing.asking import Line
from core.publishing.notes import probing


def probe_notes(ports: Ports) -> str | None:
    """Ask for accounts of which that is not known or was asked a day ago."""
    line = Line(ports.database, ports.sites, ports.settings.call_gap_seconds)
    asked = probing.probe_due(line, now=ports.clock())
    return f"Asked about the notes of {asked} accounts." if asked else None
