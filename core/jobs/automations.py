"""The sidecar's part in automations: let act what is due, and warn of drafts that run out."""

from core.jobs.ports import Ports
from core.publishing.automations import runner, shortage


def run_automations(ports: Ports) -> str | None:
    """Let the automations act that are due now."""
    report = runner.run_due(ports.database, now=ports.clock())
    if not report.occurrences:
        return None
    return f"Dealt with {report.occurrences} occurrences of automations, scheduled {report.posts} posts."


def warn_of_shortage(ports: Ports) -> str | None:
    """Tell people whose drafts run out soon, with the date."""
    warned = shortage.warn_of_shortage(ports.database, now=ports.clock())
    return f"Warned of {warned} automations that run out of drafts." if warned else None
