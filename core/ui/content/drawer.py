"""The drawer of one post: its picture, where it stands, every field, its files, how it was made, what happened."""

from collections.abc import Sequence

import streamlit as st

from core.clock import utc_now
from core.errors import AtelierError
from core.identity import accounts
from core.identity.models import Account
from core.identity.sessions import SignedIn
from core.publishing import editing
from core.publishing.changes import read_changes
from core.publishing.detail import DeviationDetail, get_detail
from core.publishing.errors import DeviationNotFound
from core.publishing.listing import DeviationView
from core.publishing.models import DeviationStatus
from core.publishing.near_duplicates import sentence
from core.publishing.states import EDITABLE, QUEUED
from core.runtime import get_runtime
from core.ui.content import actions, dialogs, drawer_form, files, history, making
from core.ui.content.badges import badge_of
from core.ui.content.notices import Notice, leave
from core.ui.content.query import View
from core.ui.content.showing import Showing
from core.ui.content.thumbs import facts, stage
from core.ui.errors import guarded, show
from core.ui.links import site_link
from core.ui.page import format_instant, zone_note
from core.ui.statistics.curve import show_curve
from core.ui.words import plain


def show_drawer(user: SignedIn, deviation_id: str, neighbours: Sequence[str]) -> None:
    """Draw the drawer for ``deviation_id``; ``neighbours`` are the posts of the list it was opened from."""
    try:
        detail, linked = _read(user, deviation_id)
    except AtelierError as error:
        show(error)
        dialogs.close()
        return
    draw = st.dialog(
        plain(detail.view.title),
        width="medium",
        position="right",
        on_dismiss=dialogs.close,
        icon=badge_of(detail.view).icon,
    )
    draw(_show)(user, deviation_id, neighbours, detail, linked)


def _read(user: SignedIn, deviation_id: str) -> tuple[DeviationDetail, list[Account]]:
    runtime = get_runtime()
    with runtime.database.read() as session:
        detail = get_detail(
            session, user.actor, deviation_id, now=utc_now(), lease_seconds=runtime.settings.lease_seconds
        )
        return detail, accounts.list_accounts(session, user.actor)


def _show(
    user: SignedIn, deviation_id: str, neighbours: Sequence[str], detail: DeviationDetail, linked: list[Account]
) -> None:
    # Its own buttons run this function alone: what was read for the first drawing is old by then.
    with guarded():
        detail, linked = _read(user, deviation_id)
        _show_neighbours(deviation_id, neighbours)
        _show_head(user, detail, Showing.of(user.timezone, utc_now(), linked))
        if detail.view.status is DeviationStatus.PUBLISHED:
            show_curve(user, deviation_id, now=utc_now())
        details, options, pictures, made, past = st.tabs(["Details", "Options", "Files", "How it was made", "History"])
        values = drawer_form.show_fields(user, detail, linked, details, options, is_locked=not is_editable(detail))
        with pictures:
            files.show_files(user, detail, is_locked=not is_editable(detail))
        with made:
            making.show_making(detail)
        with past:
            history.show_history(user, deviation_id)
        _show_foot(user, detail, values, neighbours)


def is_editable(detail: DeviationDetail) -> bool:
    """Whether fields and files may be changed now."""
    view = detail.view
    return view.status in EDITABLE and view.deleted_at is None and not view.is_busy and not detail.outcome_unknown


def _show_neighbours(deviation_id: str, neighbours: Sequence[str]) -> None:
    if deviation_id not in neighbours or len(neighbours) < 2:
        return
    place = list(neighbours).index(deviation_id)
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        for label, icon, step in (("Previous", "arrow_back", -1), ("Next", "arrow_forward", 1)):
            other = place + step
            if st.button(
                label, icon=f":material/{icon}:", type="tertiary", key=f"drawer-{label.lower()}",
                disabled=not 0 <= other < len(neighbours),
            ):  # fmt: skip
                dialogs.open_post(neighbours[other])
                st.rerun()
        st.caption(f"{place + 1} of {len(neighbours)} on this page")


def _show_head(user: SignedIn, detail: DeviationDetail, showing: Showing) -> None:
    view, now = detail.view, showing.now
    badge = badge_of(view)
    picture, words = st.columns([5, 4], gap="medium")
    if view.first_file is not None:
        picture.html(stage(view.first_file, view.title))
        words.caption(facts(view.first_file))
    with words:
        st.markdown(badge.markdown)
        if view.status in QUEUED or view.status is DeviationStatus.PUBLISHED:
            st.markdown(f"**{showing.when(view)}**")
        came = "Taken over from the gallery" if view.imported_at else "Added"
        st.caption(f"{came} {format_instant(view.created_at, user.timezone, now=now)}. {zone_note(user.timezone)}")
        if view.deviation_url:
            site_link(showing.link_label(view), view.deviation_url)
        _show_actions(user, detail)
    _show_remarks(detail, badge.note)


def _is_plain(detail: DeviationDetail) -> bool:
    return detail.view.status in {DeviationStatus.DRAFT, DeviationStatus.REVIEW, DeviationStatus.FAILED}


def _show_remarks(detail: DeviationDetail, note: str | None) -> None:
    if note:
        kind = st.error if detail.view.status is DeviationStatus.FAILED else st.warning
        kind(plain(note))
    if detail.outcome_unknown:
        st.info(
            "An answer of DeviantArt was lost, so this may already be public. It is looked up before anything is sent.",
            icon=":material/search:",
        )
    if detail.lookalikes:
        st.warning(plain(sentence(detail.lookalikes)), icon=":material/content_copy:")
    if detail.problems and _is_plain(detail):
        st.caption(":orange[:material/checklist: Before it can be scheduled: " + plain(" ".join(detail.problems)) + "]")


def _show_actions(user: SignedIn, detail: DeviationDetail) -> None:
    view = detail.view
    known = {action.text: action for action in actions.ACTIONS[view_of(view)]}
    with st.container(horizontal=True, gap="xsmall"):
        pressed = _show_first_action(view)
        if view.deleted_at is None and view.status in _SCHEDULABLE:
            label = "Reschedule" if view.status is DeviationStatus.SCHEDULED else "Schedule"
            if st.button(label, icon=":material/schedule:", key="drawer-schedule"):
                dialogs.open_dialog("schedule", (view.id,))
                st.rerun()
        rest = [text for text, action in known.items() if view.status is not DeviationStatus.REVIEW or action in _ANY]
        chosen = known.get(st.menu_button("More", rest, key="drawer-more", icon=":material/more_horiz:") or "")
    action = pressed or chosen
    if action is actions.PURGE:
        dialogs.open_dialog("purge", (view.id,))
        st.rerun()
    if action is not None:
        dialogs.close()
        actions.perform(user, action, [view.id])


def _show_first_action(view: DeviationView) -> actions.Action | None:
    """What is most wanted of a post that waits for a person, as a button of its own."""
    wanted = None
    if view.status is DeviationStatus.FAILED and view.deleted_at is None:
        wanted = actions.RETRY
    elif view.hold_reason is not None and view.deleted_at is None:
        wanted = actions.PUBLISH_NOW
    if wanted is None:
        return None
    return wanted if st.button(wanted.label, icon=wanted.icon, type="primary", key="drawer-first") else None


# What a post under review allows besides being judged.
_ANY = (actions.DUPLICATE, actions.TRASH)
_SCHEDULABLE = {DeviationStatus.DRAFT, DeviationStatus.SCHEDULED, DeviationStatus.FAILED}


def find_view(user: SignedIn, deviation_id: str) -> View | None:
    """The list a post is found in; ``None`` for one that is not there or not this person's."""
    with get_runtime().database.read() as session:
        try:
            return view_of(get_detail(session, user.actor, deviation_id, now=utc_now()).view)
        except DeviationNotFound:
            return None


def view_of(view: DeviationView) -> View:
    """The list a post is found in; one under review counts as a draft."""
    if view.deleted_at is not None:
        return View.TRASH
    return next((one for one in View if view.status in one.statuses), View.DRAFT)


def _show_foot(
    user: SignedIn, detail: DeviationDetail, values: dict[str, object] | None, neighbours: Sequence[str]
) -> None:
    if values is None:
        if detail.view.status is DeviationStatus.PUBLISHED:
            st.caption("Published posts are changed on DeviantArt. Duplicate it to use it again.")
        return
    with st.container(horizontal=True, horizontal_alignment="right", key="drawer-foot"):
        following = _following(detail.view.id, neighbours)
        wants_next = following is not None and st.button("Save and next", key="drawer-save-next")
        if st.button("Save", type="primary", icon=":material/check:", key="drawer-save") or wants_next:
            _save(user, detail, values, following if wants_next else None)


def _following(deviation_id: str, neighbours: Sequence[str]) -> str | None:
    ids = list(neighbours)
    return ids[ids.index(deviation_id) + 1] if deviation_id in ids[:-1] else None


def _save(user: SignedIn, detail: DeviationDetail, values: dict[str, object], following: str | None) -> None:
    runtime = get_runtime()
    with guarded():
        changes = read_changes(values)
        with runtime.database.session() as session:
            result = editing.edit(
                session,
                user.actor,
                detail.view.id,
                changes,
                expected_updated_at=drawer_form.version_of(detail),
                now=utc_now(),
                lease_seconds=runtime.settings.lease_seconds,
            )
        leave(
            Notice(f"“{changes.title or detail.view.title}” was saved." if result.changed else "Nothing was changed.")
        )
        if following:
            dialogs.open_post(following)
        else:
            dialogs.close()
        st.rerun()
