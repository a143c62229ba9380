"""What became of a publish call whose answer was lost: the account's gallery tells.

DeviantArt cannot be asked about a Sta.sh item, so the title and the time decide. One account is
worked on by one worker at a time, so two doubtful posts with the same title were published in the
order of their intents; the nearest in time is the right one. While the effect of either is not
even certain, or the gallery does not show enough for both, nothing is concluded: what it shows may
be the other.
"""

import html
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.clock import SKEW
from core.publishing.execution.work import PUBLISH, FileWork, OpenIntent, Work
from core.publishing.models import Deviation, DeviationFile
from core.publishing.providers import Published
from core.system.models import Intent, IntentState


def find_candidates(gallery: Iterable[Published], intent: OpenIntent, *, now: datetime) -> list[Published]:
    """What the gallery (newest first, read no further than needed) shows under the title from about a call's time."""
    earliest = min(intent.opened_at, now) - SKEW  # DeviantArt's clock against ours
    candidates: list[Published] = []
    for shown in gallery:
        if shown.published_at is not None and shown.published_at < earliest:
            break
        is_namesake = _as_compared(shown.title or "") == _as_compared(_title(intent))
        if is_namesake and _is_of_a_call(shown, intent, now=now):
            candidates.append(shown)
    return candidates


def _is_of_a_call(shown: Published, intent: OpenIntent, *, now: datetime) -> bool:
    """Whether it appeared when a call was made: a namesake of another hour is somebody else's doing."""
    moment = shown.published_at
    if moment is None:
        return True
    # A call from the future was written before our clock was put back: when that was is not known.
    return any(called_at > now or abs(moment - called_at) <= SKEW for called_at in intent.called_at)


def nearest(candidates: Sequence[Published], intent: OpenIntent) -> Published | None:
    """The one nearest in time to a call of ``intent``; one without a time only when there is no other."""

    def distance(shown: Published) -> timedelta:
        moment = shown.published_at
        return min(abs(moment - called_at) for called_at in intent.called_at) if moment else timedelta.max

    return min(candidates, key=distance, default=None)


def ids_of_other_files(session: Session, file: FileWork, candidates: Sequence[Published]) -> set[str]:
    """Those ids of ``candidates`` that are known to be another file of ours."""
    query = select(DeviationFile.remote_deviation_id).where(
        DeviationFile.remote_deviation_id.in_([one.deviation_id for one in candidates]), DeviationFile.id != file.id
    )
    return {found for found in session.scalars(query) if found is not None}


def count_namesakes_in_doubt(session: Session, work: Work, file: FileWork) -> int:
    """How many other files of the account are in doubt that were to appear under the same title."""
    unsettled = select(Intent.subject_id, Intent.request).where(
        Intent.kind == PUBLISH, Intent.state.in_([IntentState.OPEN, IntentState.UNKNOWN]), Intent.subject_id != file.id
    )
    title = _title(file.publish_intent) if file.publish_intent else ""
    namesakes = [row.subject_id for row in session.execute(unsettled) if (row.request or {}).get("title") == title]
    query = select(func.count()).select_from(DeviationFile)
    query = query.join(Deviation, Deviation.id == DeviationFile.deviation_id)
    query = query.where(DeviationFile.id.in_(namesakes), Deviation.account_id == work.account.id)
    return session.scalar(query) or 0


def _as_compared(title: str) -> str:
    """A title without what a site may change about it: entities, forms of one letter, spaces."""
    return " ".join(unicodedata.normalize("NFC", html.unescape(title)).split())


def _title(intent: OpenIntent) -> str:
    return str(intent.request.get("title", ""))
