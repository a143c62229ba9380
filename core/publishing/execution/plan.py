"""What comes next for a post: a pure function of what is known."""

import enum
from dataclasses import dataclass

from core.publishing.execution.forms import submitted_as
from core.publishing.execution.work import FileWork, Work


class StepKind(enum.StrEnum):
    SUBMIT = "submit"
    PUBLISH = "publish"
    LOOKUP = "lookup"


@dataclass(frozen=True, slots=True)
class Step:
    """One call to make for one file."""

    kind: StepKind
    file: FileWork


def next_step(work: Work) -> Step | None:
    """The next call; ``None`` when all files have arrived.

    All files go to Sta.sh before the first is published, so that a file DeviantArt refuses does
    not leave half a series in public. A publish call whose outcome is unknown is looked up before
    anything else happens to its file.
    """
    for file in work.files:
        intent = file.publish_intent
        if intent is not None and not intent.looked_up and file.remote_deviation_id is None:
            return Step(StepKind.LOOKUP, file)
    for file in work.files:
        if file.published_at is None and not _is_in_stash(work, file):
            return Step(StepKind.SUBMIT, file)
    if work.stash_only:
        return None
    for file in work.files:
        if file.published_at is None:
            return Step(StepKind.PUBLISH, file)
    return None


def _is_in_stash(work: Work, file: FileWork) -> bool:
    """True when Sta.sh holds the file as the post describes it now; edited since, it is sent again to the same item."""
    return file.stash_item_id is not None and file.submitted_as == submitted_as(work, file)
