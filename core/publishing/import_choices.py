"""What a person chooses for an import, and what they are told of it."""

import enum
from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from core.media.probe import ProbeLimits
from core.publishing.bulk import DescriptionPattern
from core.publishing.changes import DeviationChanges
from core.publishing.duplicates import ShownBy
from core.publishing.models import Deviation, DeviationStatus
from core.publishing.uploads import MAX_FILES
from core.settings import Settings


class ImportMode(enum.StrEnum):
    """What becomes of several files."""

    ONE_PER_FILE = "one_per_file"
    ALL_IN_ONE = "all_in_one"


class ImportOutcome(enum.StrEnum):
    """``refused`` is about the file; ``retry`` is about us, and the same file may be taken later."""

    CREATED = "created"
    DUPLICATE = "duplicate"
    REFUSED = "refused"
    RETRY = "retry"


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What became of one file: the deviation it is in, or the one that shows it already, or why not."""

    name: str
    outcome: ImportOutcome
    deviation_id: str | None = None
    duplicate_of: ShownBy | None = None
    reason: str | None = None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ImportReport:
    """Results in the order of the files, and the deviations made or added to."""

    results: tuple[ImportResult, ...]

    @property
    def deviation_ids(self) -> list[str]:
        return list(dict.fromkeys(result.deviation_id for result in self.results if result.deviation_id))

    def count(self, outcome: ImportOutcome) -> int:
        return sum(result.outcome is outcome for result in self.results)


@dataclass(frozen=True, slots=True)
class ImportLimits:
    """What is taken, as settings say."""

    probe: ProbeLimits = field(default_factory=ProbeLimits)
    max_files: int = MAX_FILES

    @classmethod
    def of(cls, settings: Settings) -> "ImportLimits":
        probe = ProbeLimits(
            max_bytes=settings.max_file_mb * 1024 * 1024, max_pixels=settings.max_megapixels * 1_000_000
        )
        return cls(probe, settings.max_files_per_deviation)


# Called in the transaction that makes a deviation of one file, with it and the warnings about the file.
OnCreated = Callable[[Session, Deviation, tuple[str, ...]], None]


@dataclass(frozen=True, slots=True)
class ImportChoices:
    """What the person chose for an import.

    ``fields`` are set on every new deviation; without a title there each gets one from its file's
    name. ``ai_generated`` ``None`` means: yes where the file says how it was generated.
    ``allow_duplicates`` makes deviations of pictures that others show already. What ``on_created`` writes is kept
    or lost with each deviation that is made of one file. ``description`` is written into each when its files are in.
    """

    mode: ImportMode = ImportMode.ONE_PER_FILE
    status: DeviationStatus = DeviationStatus.DRAFT
    fields: DeviationChanges = field(default_factory=DeviationChanges)
    ai_generated: bool | None = None
    allow_duplicates: bool = False
    on_created: OnCreated | None = None
    description: DescriptionPattern | None = None


# Files done, files in all, name of the latest.
Progress = Callable[[int, int, str], None]
