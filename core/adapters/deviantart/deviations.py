"""A published deviation: look at it, read its figures, change it."""

from collections.abc import Mapping, Sequence
from typing import Any

from core.adapters.deviantart.http import DeviantArtLine
from core.adapters.deviantart.options import flag, licence_fields
from core.publishing.providers import ErrorCategory, ProviderError

MAX_IDS = 50
MAX_IDS_WITH_FIGURES = 10
DEVIATION_CODES = {7: ErrorCategory.GONE}

_FLAGS = {
    "is_mature": "is_mature",
    "is_ai_generated": "is_ai_generated",
    "no_ai": "noai",
    "allow_comments": "allow_comments",
    "allow_free_download": "allow_free_download",
    "add_watermark": "add_watermark",
}
_LISTS = {"tags": "tags[]", "gallery_ids": "galleryids[]", "mature_classification": "mature_classification[]"}
_TEXTS = {"title": "title", "mature_level": "mature_level", "display_resolution": "display_resolution"}


def show(line: DeviantArtLine, token: str, deviation_id: str, *, expand: str | None = None) -> dict[str, Any]:
    """One deviation; ``expand`` names what the site leaves out otherwise."""
    params = {"mature_content": "true"} | ({"expand": expand} if expand else {})
    return line.get(token, f"/deviation/{deviation_id}", params, endpoint="/deviation/{id}")


def metadata(line: DeviantArtLine, token: str, deviation_ids: Sequence[str]) -> list[dict[str, Any]]:
    """Description, tags and figures of at most 50 deviations; the site takes 10 a call when figures are asked for."""
    if len(deviation_ids) > MAX_IDS:
        raise ValueError(f"At most {MAX_IDS} deviations at a time.")
    found: list[dict[str, Any]] = []
    for start in range(0, len(deviation_ids), MAX_IDS_WITH_FIGURES):
        chunk = list(deviation_ids[start : start + MAX_IDS_WITH_FIGURES])
        params: dict[str, str | list[str]] = {
            "deviationids[]": chunk,
            "ext_stats": "true",
            "ext_submission": "true",
            "mature_content": "true",
        }
        found += line.get(token, "/deviation/metadata", params).get("metadata") or []
    return found


def edit(line: DeviantArtLine, token: str, deviation_id: str, changes: Mapping[str, Any]) -> None:
    """Change what ``changes`` names, in the words of the publishing context; the rest stays as it is."""
    line.post(
        token,
        f"/deviation/edit/{deviation_id}",
        edit_form(changes),
        endpoint="/deviation/edit/{id}",
        codes=DEVIATION_CODES,
    )


def edit_form(changes: Mapping[str, Any]) -> dict[str, str | list[str]]:
    """The form for a set of changes. Raises ``ProviderError`` for what the site cannot change afterwards."""
    form: dict[str, str | list[str]] = {}
    for name, value in changes.items():
        if name in _FLAGS:
            form[_FLAGS[name]] = flag(value)
        elif name in _LISTS:
            form[_LISTS[name]] = [str(one) for one in value]
        elif name in _TEXTS:
            if value is not None:
                form[_TEXTS[name]] = str(value)
        elif name == "license":
            form.update(licence_fields(value))
        else:
            raise ProviderError(
                f"DeviantArt cannot change “{name}” of a published deviation. Change it on the site itself.",
                ErrorCategory.VALIDATION,
                details={name: "cannot be changed after publishing"},
            )
    if form.get("is_mature") == "false":
        form.pop("mature_level", None)
        form.pop("mature_classification[]", None)
    return form
