"""What became of a publish call whose answer was lost: the account's gallery tells.

DeviantArt cannot be asked about a Sta.sh item, so the title and the time decide. One account is
worked on by one worker at a time, so two doubtful posts with the same title were published in the
order of their intents; the nearest in time is the right one.
"""

from collections.abc import Iterable
from datetime import timedelta

from core.publishing.execution.work import OpenIntent
from core.publishing.providers import Published

# DeviantArt's clock against ours.
CLOCK_SKEW = timedelta(minutes=5)


def find_published(gallery: Iterable[Published], intent: OpenIntent, known_ids: set[str]) -> Published | None:
    """The deviation that ``intent`` brought about, if the gallery (newest first) shows it.

    ``known_ids`` are deviations that belong to other files of ours.
    """
    title = str(intent.request.get("title", ""))
    earliest = intent.opened_at - CLOCK_SKEW
    best: Published | None = None
    for shown in gallery:
        if shown.published_at is not None and shown.published_at < earliest:
            break
        if shown.title == title and shown.deviation_id not in known_ids and _is_nearer(shown, best, intent):
            best = shown
    return best


def _is_nearer(shown: Published, best: Published | None, intent: OpenIntent) -> bool:
    if best is None or best.published_at is None:
        return True
    if shown.published_at is None:
        return False
    return abs(shown.published_at - intent.opened_at) < abs(best.published_at - intent.opened_at)
