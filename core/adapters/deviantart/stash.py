"""Sta.sh: send a file, publish it. Parameters as of minor version 20240701."""

from collections.abc import Mapping
from typing import Any

from core.adapters.deviantart.http import DeviantArtLine
from core.adapters.deviantart.options import flag, option_fields
from core.publishing.providers import ErrorCategory, ProviderError, Publication, Published, Submission

E = ErrorCategory
SUBMIT_CODES: Mapping[int, ErrorCategory] = {7: E.GONE}
PUBLISH_CODES: Mapping[int, ErrorCategory] = {
    0: E.POLICY,  # the submission policy is not accepted yet
    1: E.POLICY,  # nor the terms of service
    2: E.VALIDATION,
    3: E.VALIDATION,
    4: E.VALIDATION,  # licence
    5: E.VALIDATION,  # display resolution
    6: E.TRANSIENT,
    7: E.GONE,
    8: E.POLICY,  # a preview image is needed, which the API cannot attach
    9: E.ALREADY_PUBLISHED,
}


def submit(line: DeviantArtLine, token: str, submission: Submission) -> str:
    """Send one file; the item id, as text."""
    try:
        with submission.path.open("rb") as file:
            # Without a file name the site answers 500.
            part = (submission.filename, file, submission.mime_type)
            answer = line.post(
                token, "/stash/submit", submit_form(submission), files={"file": part}, codes=SUBMIT_CODES
            )
    except OSError as error:
        raise ProviderError("The file could not be read. Check the storage and try again.", E.STORAGE) from error
    return required(answer, "itemid")


def publish(line: DeviantArtLine, token: str, publication: Publication) -> Published:
    """Publish one item."""
    answer = line.post(token, "/stash/publish", publish_form(publication), codes=PUBLISH_CODES)
    return Published(deviation_id=required(answer, "deviationid"), url=required(answer, "url"))


def submit_form(submission: Submission) -> dict[str, str | list[str]]:
    """Every parameter of submit. The AI flags go out here and again with publish."""
    form: dict[str, str | list[str]] = {
        "title": submission.title,
        "artist_comments": submission.description or "",
        "is_dirty": "false",
        "is_ai_generated": flag(submission.is_ai_generated),
        "noai": flag(submission.no_ai),
    }
    if submission.tags:
        form["tags[]"] = list(submission.tags)
    if submission.original_url:
        form["original_url"] = submission.original_url
    if submission.item_id:
        form["itemid"] = submission.item_id
    return form


def publish_form(publication: Publication) -> dict[str, str | list[str]]:
    """Every parameter of publish; what is off is said explicitly, since the site's defaults differ."""
    form: dict[str, str | list[str]] = {
        "itemid": publication.item_id,
        **mature_fields(publication.is_mature, publication.mature_level, publication.mature_classification),
        "is_ai_generated": flag(publication.is_ai_generated),
        "noai": flag(publication.no_ai),
        "feature": flag(publication.feature),
        "allow_comments": flag(publication.allow_comments),
        "allow_free_download": flag(publication.allow_free_download),
        "display_resolution": str(publication.display_resolution),
    }
    # Only a yes is said: whether the site insists is its own to tell (codes 0 and 1), and then a person decides.
    if publication.agree_submission:
        form["agree_submission"] = "true"
    if publication.agree_terms:
        form["agree_tos"] = "true"
    if publication.display_resolution > 0:
        form["add_watermark"] = flag(publication.add_watermark)
    if publication.tags:
        form["tags[]"] = list(publication.tags)
    if publication.gallery_ids:
        form["galleryids[]"] = list(publication.gallery_ids)
    return {**form, **option_fields(publication.options)}


def mature_fields(is_mature: bool, level: Any, classification: Any) -> dict[str, str | list[str]]:
    """The mature fields as a unit: level and classification only go with mature work."""
    form: dict[str, str | list[str]] = {"is_mature": flag(is_mature)}
    if is_mature and level:
        form["mature_level"] = str(level)
    if is_mature and classification:
        form["mature_classification[]"] = [str(one) for one in classification]
    return form


def required(answer: Mapping[str, Any], name: str) -> str:
    value = "".join(character for character in str(answer.get(name) or "") if character.isprintable())
    if not value:
        raise ProviderError(
            "DeviantArt took the call but left something out of its answer. It is looked up before the next try.",
            E.UNKNOWN,
            http_status=200,
            effect_possible=True,
        )
    return value
