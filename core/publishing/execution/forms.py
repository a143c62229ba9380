"""From a post to the two forms DeviantArt takes."""

import hashlib
import json
from pathlib import Path

from core.publishing.execution.work import FileWork, Work
from core.publishing.providers import Publication, Submission
from core.publishing.tags import for_site

TITLE_LENGTH = 50


def remote_title(work: Work, file: FileWork) -> str:
    """The title as DeviantArt will show it: at most 50 characters, numbered in a series."""
    title = " ".join(str(work.row.title).split())
    if len(work.files) == 1:
        return title[:TITLE_LENGTH].rstrip()
    number = f" ({file.position}/{len(work.files)})"
    return title[: TITLE_LENGTH - len(number)].rstrip() + number


def submitted_as(work: Work, file: FileWork) -> str:
    """A digest of all that only the submit call can say. Title and description cannot be given at publish."""
    row = work.row
    said = [
        file.storage_key, remote_title(work, file), row.description, list(for_site(row.tags).sent),
        row.is_ai_generated, row.no_ai, row.publish_options.get("original_url"),
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def submission(work: Work, file: FileWork, path: Path) -> Submission:
    row = work.row
    return Submission(
        path=path,
        filename=file.filename,
        mime_type=file.mime_type,
        title=remote_title(work, file),
        description=row.description,
        tags=for_site(row.tags).sent,
        is_ai_generated=row.is_ai_generated,
        no_ai=row.no_ai,
        original_url=row.publish_options.get("original_url"),
        item_id=file.stash_item_id,
    )


def publication(work: Work, file: FileWork) -> Publication:
    row = work.row
    if file.stash_item_id is None:
        raise ValueError("Only a file that is in Sta.sh can be published.")
    return Publication(
        item_id=file.stash_item_id,
        is_mature=row.is_mature,
        mature_level=row.mature_level.value if row.mature_level else None,
        mature_classification=row.mature_classification,
        is_ai_generated=row.is_ai_generated,
        no_ai=row.no_ai,
        tags=for_site(row.tags).sent,
        gallery_ids=row.gallery_ids,
        feature=row.feature,
        allow_comments=row.allow_comments,
        allow_free_download=row.allow_free_download,
        display_resolution=row.display_resolution,
        add_watermark=row.add_watermark,
        agree_submission=work.account.agreed_submission,
        agree_terms=work.account.agreed_terms,
        options=row.publish_options,
    )
