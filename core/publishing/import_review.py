"""What a person is told of an import besides its results: new posts that look like others."""

from dataclasses import replace
from datetime import datetime

from core.db.engine import Database
from core.errors import UnavailableError
from core.publishing.import_choices import ImportOutcome, ImportReport, ImportResult
from core.publishing.near_duplicates import near_duplicates, sentence
from core.system.actors import Actor


def with_lookalikes(database: Database, actor: Actor, report: ImportReport, *, now: datetime) -> ImportReport:
    """The report with a warning on the first file of each new post that looks like one that is out, or queued."""
    try:
        with database.read() as session:
            found = near_duplicates(session, actor, report.deviation_ids, now=now)
    except UnavailableError:
        return report  # everything is imported; the warning comes again when the post is scheduled

    def told(result: ImportResult) -> ImportResult:
        is_new = result.outcome is ImportOutcome.CREATED and result.deviation_id is not None
        alike = found.pop(result.deviation_id or "", None) if is_new else None
        if alike is None:
            return result
        return replace(result, warnings=(*result.warnings, f"“{result.name}”: {sentence(alike)}"))

    return ImportReport(tuple(told(result) for result in report.results))
