"""Changing many posts at once: choose what to change, see what will become of it, apply."""

import enum
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from core.clock import utc_now
from core.errors import AtelierError
from core.identity import accounts
from core.identity.models import Account
from core.identity.sessions import SignedIn
from core.publishing import bulk, listing
from core.publishing.access import load_posts
from core.publishing.bulk import BulkChanges, DescriptionPattern
from core.publishing.changes import read_changes
from core.publishing.listing import DeviationView
from core.publishing.models import DeviationStatus
from core.publishing.patterns import VARIABLES
from core.runtime import get_runtime
from core.ui.content import dialogs, fields, pool_fields
from core.ui.content.actions import undo_with
from core.ui.content.dialogs import Dialog
from core.ui.content.notices import leave, notice_of, working
from core.ui.errors import guarded
from core.ui.templates import picker
from core.ui.words import plain

_PREVIEWED = 4


class Part(enum.StrEnum):
    """What can be changed of many posts."""

    TITLE = "Title"
    DESCRIPTION = "Description"
    TAGS = "Tags"
    ACCOUNT = "Account"
    GALLERIES = "Galleries"
    MATURE = "Mature"
    AI = "AI"
    COMMENTS = "Comments"
    DOWNLOAD = "Download"
    SIZE = "Size & watermark"
    FEATURED = "Featured"
    STASH = "Sta.sh only"
    LATE = "Lateness"
    RATING = "Rating"
    PROJECT = "Project"
    PRICE = "Price"


class TagMode(enum.StrEnum):
    ADD = "Add"
    REMOVE = "Remove"
    REPLACE = "Replace"


@dataclass(frozen=True, slots=True)
class Subject:
    """What the dialog is about. ``views`` are only the first few, to show what will become of them."""

    user: SignedIn
    ids: tuple[str, ...]
    views: tuple[DeviationView, ...]
    linked: tuple[Account, ...]
    key: str

    @property
    def parts(self) -> list[Part]:
        """What can be changed of them: of what is out only what DeviantArt never sees."""
        are_out = bool(self.views) and all(view.status is DeviationStatus.PUBLISHED for view in self.views)
        return [Part.PROJECT, Part.RATING] if are_out else list(Part)

    @property
    def noun(self) -> str:
        return "1 post" if len(self.ids) == 1 else f"{len(self.ids):,} posts"


def show_bulk_dialog(user: SignedIn, dialog: Dialog) -> None:
    """Draw the dialog for ``dialog.ids``."""
    with get_runtime().database.read() as session:
        first = tuple(load_posts(session, user.actor, dialog.ids[:_PREVIEWED], lock=False))
        views = listing.views_of(session, first, now=utc_now())
        linked = tuple(accounts.list_accounts(session, user.actor))
    subject = Subject(user, dialog.ids, views, linked, f"bulk-{dialog.number}")
    draw = st.dialog(
        f"Edit {subject.noun}", width="medium", position="right", icon=":material/edit:", on_dismiss=dialogs.close
    )
    draw(_show)(subject)


def _show(subject: Subject) -> None:
    offered = subject.parts
    parts = st.pills(
        "What to change", offered, selection_mode="multi", key=f"{subject.key}-parts",
        default=[Part.TAGS if Part.TAGS in offered else offered[0]],
    )  # fmt: skip
    st.caption("What is not chosen here stays as each post has it.")
    asked = _Asked()
    for part in Part:
        if part in parts:
            with st.container(border=True, gap="small"):
                _PARTS[part](subject, asked)
    label = f"Apply to {subject.noun}"
    if st.button(label, type="primary", width="stretch", key=f"{subject.key}-go", disabled=not parts):
        _apply(subject, asked)


class _Asked:
    """What has been asked for so far."""

    def __init__(self) -> None:
        self.fields: dict[str, Any] = {}
        self.add_tags: Sequence[str] = ()
        self.remove_tags: Sequence[str] = ()
        self.title_pattern: str | None = None
        self.first_number = 1
        self.description: DescriptionPattern | None = None

    def changes(self) -> BulkChanges:
        return BulkChanges(
            read_changes(self.fields), self.add_tags, self.remove_tags, self.title_pattern, self.first_number,
            self.description,
        )  # fmt: skip


def _title(subject: Subject, asked: _Asked) -> None:
    left, right = st.columns([4, 1])
    pattern = left.text_input(
        "Title pattern",
        value="{filename}",
        key=f"{subject.key}-pattern",
        help="Variables: " + ", ".join(f"`{{{name}}}`" for name in VARIABLES) + ". `{n:03}` counts 001, 002, …",
    )
    first = right.number_input("{n} from", min_value=0, value=1, key=f"{subject.key}-first")
    asked.title_pattern, asked.first_number = pattern or None, int(first or 0)
    _preview_titles(subject, pattern or "", asked.first_number)


def _preview_titles(subject: Subject, pattern: str, first: int) -> None:
    ids = [view.id for view in subject.views]
    try:
        with get_runtime().database.read() as session:
            titles = bulk.preview_titles(
                session, subject.user.actor, ids, pattern,
                zone=subject.user.timezone, first_number=first, now=utc_now(),
            )  # fmt: skip
    except AtelierError as error:
        st.markdown(f":orange[:material/error: {plain(str(error))}]")
        return
    now = {view.id: view.title for view in subject.views}
    lines = [f"- :gray[{plain(now[one])}] → **{plain(title) or '…'}**" for one, title in titles]
    if len(subject.ids) > len(lines):
        lines.append(f"- :gray[and {len(subject.ids) - len(lines):,} more]")
    st.markdown("\n".join(lines))


def _description(subject: Subject, asked: _Asked) -> None:
    key = f"{subject.key}-description"
    example = subject.views[0].id if subject.views else None
    asked.description = picker.description_field_for_many(subject.user, key, example)
    if asked.description is None:
        asked.fields["description"] = fields.description_field(key, None)


def _tags(subject: Subject, asked: _Asked) -> None:
    mode = st.segmented_control("Tags", list(TagMode), default=TagMode.ADD, required=True, key=f"{subject.key}-mode")
    nothing: list[str] = []
    key, filled = picker.filled(f"{subject.key}-tags", nothing)
    written = fields.tags_field(key, filled, label=f"{mode} these tags", preview=mode is not TagMode.REMOVE)
    picker.offer_tags(subject.user, f"{subject.key}-tags", written)
    if mode is TagMode.ADD:
        asked.add_tags = written
    elif mode is TagMode.REMOVE:
        asked.remove_tags = written
    else:
        asked.fields["tags"] = written


def _account(subject: Subject, asked: _Asked) -> None:
    asked.fields["account_id"] = fields.account_field(f"{subject.key}-account", subject.linked, _account_of(subject))


def _galleries(subject: Subject, asked: _Asked) -> None:
    account_id = asked.fields.get("account_id") or _account_of(subject)
    asked.fields["gallery_ids"] = fields.galleries_field(
        f"{subject.key}-galleries-{account_id}", subject.user, account_id, ()
    )
    if any(view.account_id != account_id for view in subject.views) and "account_id" not in asked.fields:
        st.caption(":orange[Not all of them go out with this account. Folders belong to one account.]")


def _account_of(subject: Subject) -> str | None:
    of_posts = next((view.account_id for view in subject.views if view.account_id), None)
    return of_posts or next((one.id for one in subject.linked), None)


def _simple(field: Callable[[str, Mapping[str, Any]], dict[str, Any]]) -> Callable[[Subject, _Asked], None]:
    def show(subject: Subject, asked: _Asked) -> None:
        asked.fields |= field(subject.key, {})

    return show


def _late(subject: Subject, asked: _Asked) -> None:
    asked.fields |= fields.late_fields(subject.key, None, None)


def _rating(subject: Subject, asked: _Asked) -> None:
    asked.fields |= pool_fields.rating_field(subject.key, {})
    if asked.fields["rating"] is None:
        st.caption("No star means: take the rating away.")


def _project(subject: Subject, asked: _Asked) -> None:
    asked.fields |= pool_fields.project_field(subject.key, subject.user, {})
    if asked.fields["project"] is None:
        st.caption("Nothing chosen means: take them out of their projects.")


def _price(subject: Subject, asked: _Asked) -> None:
    asked.fields |= pool_fields.preset_field(subject.key, subject.user, {}, posts=subject.ids)


_PARTS: Mapping[Part, Callable[[Subject, _Asked], None]] = {
    Part.TITLE: _title,
    Part.DESCRIPTION: _description,
    Part.TAGS: _tags,
    Part.ACCOUNT: _account,
    Part.GALLERIES: _galleries,
    Part.MATURE: _simple(fields.mature_fields),
    Part.AI: _simple(fields.ai_fields),
    Part.COMMENTS: _simple(fields.comments_field),
    Part.DOWNLOAD: _simple(fields.download_field),
    Part.SIZE: _simple(fields.size_fields),
    Part.FEATURED: _simple(fields.feature_field),
    Part.STASH: _simple(fields.stash_field),
    Part.LATE: _late,
    Part.RATING: _rating,
    Part.PROJECT: _project,
    Part.PRICE: _price,
}


def _apply(subject: Subject, asked: _Asked) -> None:
    runtime, user = get_runtime(), subject.user
    with guarded():
        changes = asked.changes()
        with working(len(subject.ids)), runtime.database.session() as session:
            report = bulk.edit_many(
                session,
                user.actor,
                subject.ids,
                changes,
                zone=user.timezone,
                now=utc_now(),
                lease_seconds=runtime.settings.lease_seconds,
            )
        group = report.group
        undo = undo_with(
            user,
            lambda session, doing: bulk.undo(
                session, doing.actor, group or "", now=doing.now, lease_seconds=doing.lease_seconds
            ),
        )
        leave(notice_of(report, "changed", undo=undo if group else None))
        dialogs.close()
        st.rerun()
