"""The job table: every periodic thing the sidecar does, in one place."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from core.identity import tokens
from core.jobs.automations import run_automations, warn_of_shortage
from core.jobs.cleanup import clean_up, remove_objects
from core.jobs.counting import take_counts, thin_counts
from core.jobs.courier import sweep_spool
from core.jobs.deliver import Deliverer
from core.jobs.furnishing import furnish_again
from core.jobs.generation import recover_items
from core.jobs.metering import keep_usage
from core.jobs.notes import probe_notes
from core.jobs.orphans import find_orphans
from core.jobs.pictures import hash_pictures
from core.jobs.ports import Ports
from core.jobs.retention import clean_studio
from core.jobs.takeover import take_over
from core.publishing.execution import claims


@dataclass(frozen=True, slots=True)
class Job:
    """``run`` gives a sentence about what it did, or ``None`` when there was nothing to do."""

    name: str
    summary: str
    every_seconds: float
    run: Callable[[Ports], str | None]


def recover(ports: Ports, in_hand: Callable[[], Sequence[str]]) -> str | None:
    now = ports.clock()
    # First of all our own: after the machine slept, or its clock was put forward, they would look abandoned too.
    claims.extend_leases(ports.database, ports.worker, in_hand(), now=now)
    released = claims.release_stale(ports.database, now=now, lease_seconds=ports.settings.lease_seconds)
    return f"Took {len(released)} posts back from workers that fell silent." if released else None


def refresh_tokens(ports: Ports) -> str | None:
    refreshed = tokens.refresh_due_accounts(ports.database, ports.sites, now=ports.clock(), holder=ports.worker)
    return f"Refreshed {refreshed} accounts." if refreshed else None


def job_table(
    ports: Ports, in_hand: Callable[[], Sequence[str]] = list, items_in_hand: Callable[[], Sequence[str]] = list
) -> list[Job]:
    """The jobs with their rhythm; publishing, generation and the heartbeat belong to the sidecar itself.

    ``in_hand`` names the posts that this process is working on, ``items_in_hand`` the items of orders.
    """
    every = max(0.5, min(5, ports.settings.lease_seconds / 4))
    take_back = partial(recover, in_hand=in_hand)
    take_items_back = partial(recover_items, in_hand=items_in_hand)
    return [
        Job("recover", "Take posts back from workers that fell silent", every, take_back),
        Job("recover_items", "Take items back from workers that fell silent", every, take_items_back),
        Job("automations", "Let automations act that are due", 5, run_automations),
        Job("warn_of_shortage", "Warn of drafts that run out", 3600, warn_of_shortage),
        Job("furnish", "Write the studio's providers and lookups that are missing", 300, furnish_again),
        Job("refresh_tokens", "Renew DeviantArt tokens before they end", 60, refresh_tokens),
        Job("remove_objects", "Delete stored files that nothing refers to", 60, remove_objects),
        Job("hash_pictures", "Note what pictures look like, to find lookalikes", 60, hash_pictures),
        Job("deliver", "Send notifications by mail and to webhooks", 5, Deliverer().run),
        Job("take_counts", "Ask how published works do", 20, take_counts),
        Job("take_over", "Take over works that are in a gallery already", 10, take_over),
        Job("thin_counts", "Keep one count a day of what is older than a month", 6 * 3600, thin_counts),
        Job("keep_usage", "Keep the sums of usage in the reporting zone and check them", 300, keep_usage),
        Job("probe_notes", "Ask whether DeviantArt serves private notes", 3600, probe_notes),
        Job("clean_up", "Forget expired sessions and old logs, empty the trash", 3600, clean_up),
        Job("clean_studio", "Forget old generation logs, empty the studio's trash", 3600, clean_studio),
        Job("sweep_spool", "Remove answers of providers that are products by now", 300, sweep_spool),
        Job("find_orphans", "Look for stored files that nothing refers to", 15, find_orphans),
    ]
