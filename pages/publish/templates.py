"""Templates: tags, descriptions and comments to use again."""

import functools

import streamlit as st

from core.clock import utc_now
from core.publishing.templates.listing import csv_rows, list_templates
from core.publishing.templates.models import TemplateType
from core.runtime import get_runtime
from core.ui.gate import current_user
from core.ui.page import empty_state, page_header, zone_note
from core.ui.tables import csv_button, csv_bytes
from core.ui.templates import opened
from core.ui.templates.cards import show_cards
from core.ui.templates.copying import show_copying
from core.ui.templates.editor import SAID, show_editor
from core.ui.templates.kinds import ADDRESSES, WORDS

_ALL = "All"


def show_head() -> None:
    """What the screen is for, and the button that makes a template."""
    left, right = st.columns([4, 1], vertical_alignment="bottom")
    with left:
        page_header("Templates", f"Tags, descriptions and comments to use again. {zone_note(user.timezone)}")
    with right, st.container(horizontal_alignment="right"):
        st.button(
            "New template", type="primary", icon=":material/add:", key="template-new", on_click=opened.open_dialog,
            args=("new",),
        )  # fmt: skip


def choose_kind() -> TemplateType:
    """Which of the lists is shown; kept in the address."""
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        heading = st.segmented_control(
            "Kind", list(ADDRESSES), default=next(iter(ADDRESSES)), required=True, key="kind", bind="query-params",
            label_visibility="collapsed",
        )  # fmt: skip
        kind = ADDRESSES.get(heading or "", TemplateType.TAG)
        csv_button(functools.partial(make_csv, kind), f"templates-{kind.value}", key="templates-csv")
    return kind


def make_csv(kind: TemplateType) -> bytes:
    """The list as a file; made when the button is pressed."""
    with get_runtime().database.read() as session:
        return csv_bytes(csv_rows(session, user.actor, kind))


def show_list(kind: TemplateType) -> None:
    """The templates of one kind."""
    with get_runtime().database.read() as session:
        templates = list_templates(session, user.actor, kind)
    words = WORDS[kind]
    if kind is TemplateType.COMMENT:
        st.caption(
            "Comments are copied here and pasted at DeviantArt. Its interface for comments under deviations was "
            "reported to answer “not found” in August 2026, so Atelier does not post them."
        )
    if not templates:
        empty_state(words.none, words.use, icon=words.icon)
        return
    order = [one.id for one in templates]
    categories = sorted({one.category for one in templates if one.category}, key=str.casefold)
    if categories:
        chosen = st.pills("Category", [_ALL, *categories], default=_ALL, required=True, key="template-category")
        templates = [one for one in templates if chosen in {_ALL, one.category}]
    show_cards(user, templates, order, now=utc_now())
    if kind is not TemplateType.COMMENT:
        st.caption("Use them under Content: in the drawer of a post, for many with *Edit*, and when uploading.")


user = current_user()
show_head()
SAID.show()
with st.container(width=860):
    kind = choose_kind()
    show_list(kind)
dialog = opened.current()
if dialog is not None:
    if dialog.action == "copy":
        show_copying(user, dialog)
    else:
        show_editor(user, kind, dialog)
