"""The rarest settings of a post as widgets: who is shown, where, and groups to submit to."""

from typing import Any

import streamlit as st

from core.publishing.options import SUBJECT_KINDS, PublishOptions


def more_fields(key: str, options: PublishOptions) -> dict[str, Any]:
    """Folded away: subjects, place and groups, as :class:`PublishOptions` takes them."""
    number = len(options.subject_tags) + len(options.groups) + (options.location_tag is not None)
    with st.expander(f"More for DeviantArt · {number}" if number else "More for DeviantArt", key=f"{key}-more"):
        subjects = _subjects(key, options)
        place = st.text_input("Place", value=options.location_tag or "", max_chars=100, key=f"{key}-place")
        groups = _groups(key, options)
    return {"subject_tags": subjects, "location_tag": (place or "").strip() or None, "groups": groups}


def _subjects(key: str, options: PublishOptions) -> list[dict[str, Any]]:
    """One field for each kind of subject, two in a line."""
    chosen: dict[int, list[str]] = {}
    columns = st.columns(2, gap="medium")
    for place, (kind, name) in enumerate(SUBJECT_KINDS.items()):
        known = [one.text for one in options.subject_tags if one.kind == kind]
        with columns[place % 2]:
            label = f"{name.capitalize()}s shown" if name != "artist" else "Artists"
            chosen[kind] = _texts(f"{key}-subject-{kind}", label, known, "Type a name and press Enter")
    # What was there keeps its place: otherwise opening and saving would be a change.
    kept = [one.model_dump() for one in options.subject_tags if one.text in chosen[one.kind]]
    wanted = [{"text": text, "kind": kind} for kind, texts in chosen.items() for text in texts]
    return [*kept, *(one for one in wanted if one not in kept)]


def _groups(key: str, options: PublishOptions) -> list[dict[str, str]]:
    known = [f"{one.group_id}/{one.folder_id}" for one in options.groups]
    texts = _texts(
        f"{key}-groups", "Groups to submit to as well", known, "Group id/folder id",
        note="The two ids as DeviantArt's API gives them, with a slash between them.",
    )  # fmt: skip
    pairs = (text.partition("/") for text in texts)
    return [{"group_id": group.strip(), "folder_id": folder.strip()} for group, _, folder in pairs]


def _texts(key: str, label: str, known: list[str], placeholder: str, *, note: str | None = None) -> list[str]:
    """Texts as chips that can be typed."""
    known = list(dict.fromkeys(known))
    return st.multiselect(
        label, known, default=known, accept_new_options=True, key=key, placeholder=placeholder, help=note
    )
