"""The fields of the drawer, and which version of the post they were filled from."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.identity.models import Account
from core.identity.sessions import SignedIn
from core.publishing.detail import DeviationDetail
from core.publishing.models import DeviationStatus
from core.ui.content import dialogs, fields, pool_fields
from core.ui.content.dialogs import Began
from core.ui.content.making import prompt_of
from core.ui.content.options_fields import options_fields
from core.ui.desk import next_number
from core.ui.templates import picker
from core.ui.words import plain


def show_fields(
    user: SignedIn,
    detail: DeviationDetail,
    linked: list[Account],
    details: DeltaGenerator,
    options: DeltaGenerator,
    *,
    is_locked: bool,
) -> dict[str, Any] | None:
    """Draw the fields into the two tabs; their values, or ``None`` when they cannot be changed now."""
    if is_locked:
        with details:
            _show_as_text(detail)
        options.caption("The options cannot be changed now.")
        if detail.view.status is not DeviationStatus.PUBLISHED or detail.view.deleted_at is not None:
            return None
    key = f"edit-{detail.view.id}-{_began(detail).number}"
    if is_locked:
        with details:
            return _own(user, detail.fields, key)
    with details:
        values = _details(user, detail, linked, key)
    with options:
        values |= _options(detail, key)
    return values


def version_of(detail: DeviationDetail) -> datetime:
    """The ``updated_at`` of the version that the fields were filled from."""
    return _began(detail).seen


def unpin(deviation_id: str) -> None:
    """Take the version read next for the one seen: this very drawer has just changed the post."""
    began = dialogs.drawers().get(deviation_id)
    if began is not None:
        dialogs.drawers()[deviation_id] = replace(began, is_pinned=False)


def _began(detail: DeviationDetail) -> Began:
    known = dialogs.drawers()
    began = known.get(detail.view.id)
    if began is None or not began.is_pinned:
        number = began.number if began else next_number()
        began = known[detail.view.id] = Began(number, detail.view.updated_at)
    return began


def _details(user: SignedIn, detail: DeviationDetail, linked: list[Account], key: str) -> dict[str, Any]:
    now = detail.fields
    title = fields.title_field(f"{key}-title", now["title"])
    text_key, text = picker.filled(f"{key}-description", now["description"])
    description = fields.description_field(text_key, text)
    prompt = prompt_of(detail)
    if prompt and not (description or "").strip():
        st.caption("The prompt it was made with is under “How it was made”, ready to be copied.")
    offered = st.container()
    tags_key, written = picker.filled(f"{key}-tags", now["tags"])
    tags = fields.tags_field(tags_key, written)
    picker.offer_tags(user, f"{key}-tags", tags)
    with offered:
        typed = {"title": title, "tags": ", ".join(tags)}
        picker.offer_description(user, f"{key}-description", detail.view.id, description, typed)
    account_id = fields.account_field(f"{key}-account", linked, now["account_id"])
    kept = now["gallery_ids"] if account_id == now["account_id"] else []
    galleries = fields.galleries_field(f"{key}-galleries-{account_id}", user, account_id, kept)
    values = _own(user, now, key) | pool_fields.preset_field(key, user, now, posts=[detail.view.id])
    return values | {
        "title": title,
        "description": description,
        "tags": tags,
        "account_id": account_id,
        "gallery_ids": galleries,
    }


def _own(user: SignedIn, now: dict[str, Any], key: str) -> dict[str, Any]:
    """What stays in the house."""
    left, right = st.columns([2, 3], gap="medium")
    with left:
        values = pool_fields.rating_field(key, now)
    with right:
        return values | pool_fields.project_field(key, user, now)


def _options(detail: DeviationDetail, key: str) -> dict[str, Any]:
    now = detail.fields
    values = fields.mature_fields(key, now)
    values |= fields.ai_fields(key, now)
    with st.container(horizontal=True, gap="medium"):
        values |= fields.comments_field(key, now)
        values |= fields.download_field(key, now)
        values |= fields.feature_field(key, now)
        values |= fields.stash_field(key, now)
    values |= fields.size_fields(key, now)
    values |= fields.late_fields(key, now["late_policy"], now["max_lateness_minutes"])
    return values | {"publish_options": options_fields(key, detail.options)}


def _show_as_text(detail: DeviationDetail) -> None:
    if detail.fields["description"]:
        st.text(detail.fields["description"])
    if detail.fields["tags"]:
        fields.show_site_tags(detail.fields["tags"])
    if detail.view.account_name:
        st.caption(f"Account: {plain(detail.view.account_name)}")
    if detail.view.status is DeviationStatus.PUBLISHED and detail.view.deleted_at is None:
        st.caption("What is out is changed on DeviantArt; what is below stays here.")
    else:
        pool_fields.show_as_text(detail.fields)
