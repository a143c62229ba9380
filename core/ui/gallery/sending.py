"""Sending pictures to drafts: what they are called, which tags they get, where they wait."""

from collections.abc import Sequence

import streamlit as st
from sqlalchemy.orm import Session

from core.clock import utc_now
from core.identity.sessions import SignedIn
from core.publishing import tags as tagging
from core.publishing import trash as posts_trash
from core.publishing.from_products.drafts import DEFAULT_TITLE, VARIABLES, DraftChoices, send
from core.publishing.models import DeviationStatus
from core.publishing.reports import BatchReport
from core.runtime import get_runtime
from core.studio.catalogue.terms import NotForSale, not_for_sale
from core.ui.errors import guarded
from core.ui.gallery import dialogs, selection
from core.ui.gallery.dialogs import Dialog
from core.ui.gallery.notices import Notice, Undo, leave
from core.ui.terms import show_not_for_sale
from core.ui.words import count

_EACH, _ONE = "each", "one"
_SHAPES = {_EACH: "One post for each", _ONE: "One post with all"}
_STATES = {DeviationStatus.DRAFT: "Drafts", DeviationStatus.REVIEW: "Review first"}


def show_send(user: SignedIn, dialog: Dialog) -> None:
    """Draw the dialog for ``dialog.ids``."""
    with get_runtime().database.read() as session:
        forbidden = not_for_sale(session, user.actor, dialog.ids)
    draw = st.dialog(
        f"Send {count(len(dialog.ids), 'picture')} to drafts", icon=":material/send:", on_dismiss=dialogs.close
    )
    draw(_show)(user, dialog, forbidden)


def _show(user: SignedIn, dialog: Dialog, forbidden: tuple[NotForSale, ...]) -> None:
    key = f"gallery-send-{dialog.number}"
    shape = st.segmented_control(
        "What they become", list(_SHAPES), default=_EACH, required=True, format_func=lambda one: _SHAPES[one],
        key=f"{key}-shape", disabled=len(dialog.ids) < 2,
    )  # fmt: skip
    known = ", ".join(f"{{{name}}}" for name in VARIABLES)
    title = st.text_input(
        "Title", value=DEFAULT_TITLE, key=f"{key}-title", help=f"You can write {known}, and {{n:03}}."
    )
    tags = st.text_input("Tags", key=f"{key}-tags", placeholder="Parted by commas")
    own = st.checkbox("Also their own tags", value=True, key=f"{key}-own")
    phrases = st.checkbox("Also the short phrases of their prompts", key=f"{key}-phrases")
    state = st.segmented_control(
        "Where they wait", list(_STATES), default=DeviationStatus.DRAFT, required=True,
        format_func=lambda one: _STATES[one], key=f"{key}-state",
    )  # fmt: skip
    again = st.checkbox("Also those that a post shows already", key=f"{key}-again")
    show_not_for_sale(forbidden, "picture")
    st.caption("Prompt, model and cost stay with each post. Nothing is stored a second time.")
    if st.button("Send", type="primary", width="stretch", key=f"{key}-go"):
        choices = DraftChoices(
            title=title or DEFAULT_TITLE,
            as_one=shape == _ONE,
            status=state or DeviationStatus.DRAFT,
            tags=tagging.split(tags),
            with_own_tags=own,
            with_prompt_tags=phrases,
            allow_duplicates=again,
        )
        _send(user, dialog.ids, choices)


def _send(user: SignedIn, ids: Sequence[str], choices: DraftChoices) -> None:
    runtime = get_runtime()
    with guarded():
        with runtime.database.session() as session:
            report = send(
                session, user.actor, ids, choices, max_files=runtime.settings.max_files_per_deviation,
                zone=user.timezone, now=utc_now(),
            )  # fmt: skip
        leave(_notice(user, report, choices.status))
        dialogs.close()
        selection.clear()
        st.rerun()


def _notice(user: SignedIn, report: BatchReport, status: DeviationStatus) -> Notice:
    made = [item.id for item in report.changed]
    where = ("Go to the drafts", "content") if status is DeviationStatus.DRAFT else ("Go to the review", "review")
    if not made:
        return Notice("No draft was made.", tuple(item.reason or "" for item in report.skipped))
    sentence = f"{count(len(made), 'post')} made."
    skipped = tuple(item.reason or "" for item in report.skipped)
    return Notice(sentence, skipped, _undo(user, made), where)


def _undo(user: SignedIn, made: Sequence[str]) -> Undo:
    def undo(session: Session) -> str:
        seconds = get_runtime().settings.lease_seconds
        report = posts_trash.delete(session, user.actor, made, now=utc_now(), lease_seconds=seconds)
        return f"{count(len(report.changed), 'post')} moved to the trash again."

    return undo
