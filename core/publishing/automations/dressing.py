"""What becomes of a draft that an automation takes: defaults, what selling asks for, title."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from core.identity.models import Account
from core.publishing import validation
from core.publishing.access import Post
from core.publishing.automations.defaults import DefaultLike, changes_for
from core.publishing.automations.models import Automation
from core.publishing.automations.pool import Candidate
from core.publishing.changes import TITLE_LENGTH
from core.publishing.models import Deviation, DeviationFile, UploadMode
from core.publishing.patterns import AUTOMATION_VARIABLES, Pattern, PatternValues, read_pattern
from core.publishing.protection import forced_protection


def title_pattern(automation: Automation) -> Pattern | None:
    """The pattern of an automation, read. Raises ``PatternRefused``."""
    return read_pattern(automation.title_pattern, AUTOMATION_VARIABLES) if automation.title_pattern else None


def dress(
    candidate: Candidate,
    automation: Automation,
    defaults: Sequence[DefaultLike],
    pattern: Pattern | None,
    *,
    number: int,
    day: date,
) -> dict[str, Any]:
    """The columns that change when ``automation`` takes the draft as its ``number``-th, to go out on local ``day``."""
    changes = changes_for(candidate.fields, defaults)
    fields = candidate.fields | changes
    if automation.stash_only_by_default:
        changes["stash_only"] = True
    if automation.auto_add_to_sale_queue and automation.sale_queue_preset_id:
        changes |= forced_protection({"display_resolution": fields["display_resolution"]})
        changes["sale_preset_id"] = automation.sale_queue_preset_id
    if pattern is not None:
        values = PatternValues(
            filename=candidate.stem,
            n=number,
            title=fields["title"],
            day=day,
            more={"automation": automation.name, "tags": ", ".join(fields["tags"])},
        )
        changes["title"] = " ".join(pattern.render(values).split())[:TITLE_LENGTH] or fields["title"]
    return changes


def problems(candidate: Candidate, changes: Mapping[str, Any], account: Account) -> list[str]:
    """What keeps a dressed draft from going out, as sentences."""
    fields = candidate.fields | dict(changes)
    row = Deviation(
        title=fields["title"],
        is_mature=fields["is_mature"],
        mature_level=fields["mature_level"],
        add_watermark=fields["add_watermark"],
        display_resolution=fields["display_resolution"],
        gallery_ids=fields["gallery_ids"],
        upload_mode=UploadMode(fields["upload_mode"]),
    )
    files = [DeviationFile(original_filename=name) for name in candidate.filenames]
    return validation.problems(Post(row, files, account), lateness_given=True)
