"""The less common choices of a post (licence, sharing, groups, subjects, place) as publish parameters."""

from collections.abc import Mapping
from typing import Any

Form = dict[str, str | list[str]]


def option_fields(options: Mapping[str, Any]) -> Form:
    """The parameters for ``options``, which has the shape of ``core.publishing.options.PublishOptions``."""
    form: Form = licence_fields(options.get("license"))
    form["request_critique"] = flag(options.get("request_critique"))
    for name in ("sharing", "location_tag"):
        if options.get(name):
            form[name] = str(options[name])
    return {**form, **_group_fields(options), **_subject_fields(options)}


def licence_fields(licence: Mapping[str, Any] | None) -> Form:
    """``license_options``; without a Creative Commons licence the other two say nothing and stay out."""
    if licence is None:
        return {}
    if not licence.get("creative_commons"):
        return {"license_options[creative_commons]": "false"}
    form: Form = {"license_options[creative_commons]": "true"}
    for name in ("commercial", "modify"):
        if licence.get(name) is not None:
            form[f"license_options[{name}]"] = str(licence[name])
    return form


def flag(value: Any) -> str:
    """``true`` or ``false``, as the site takes booleans."""
    return "true" if value else "false"


def _group_fields(options: Mapping[str, Any]) -> Form:
    groups = options.get("groups") or []
    if not groups:
        return {}
    return {
        "groups[]": [str(one["group_id"]) for one in groups],
        "group_folders[]": [str(one["folder_id"]) for one in groups],
    }


def _subject_fields(options: Mapping[str, Any]) -> Form:
    subjects = options.get("subject_tags") or []
    if not subjects:
        return {}
    return {
        "subject_tags[]": [str(one["text"]) for one in subjects],
        "subject_tag_types[]": [str(one["kind"]) for one in subjects],
    }
