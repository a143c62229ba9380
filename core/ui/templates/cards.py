"""The list of templates: what each holds, and what can be done with it."""

from collections.abc import Sequence
from datetime import datetime

import streamlit as st

from core.clock import utc_now
from core.identity.sessions import SignedIn
from core.publishing.templates import editing
from core.publishing.templates.listing import variables_of
from core.publishing.templates.models import MetadataTemplate, TemplateType
from core.runtime import get_runtime
from core.ui.page import format_instant
from core.ui.templates import opened
from core.ui.templates.editor import SAID, take_back
from core.ui.words import plain, shortened

EDIT, DUPLICATE, UP, DOWN, DELETE = "Edit", "Duplicate", "Move up", "Move down", "Delete"
_SHOWN = 240
_TAGS_SHOWN = 24


def show_cards(user: SignedIn, templates: Sequence[MetadataTemplate], order: Sequence[str], *, now: datetime) -> None:
    """Draw ``templates``; ``order`` names all of their type, for moving them."""
    for one in templates:
        _show_card(user, one, order, now)


def _show_card(user: SignedIn, one: MetadataTemplate, order: Sequence[str], now: datetime) -> None:
    with st.container(border=True, key=f"template-{one.id}", gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            category = f" :gray-badge[{plain(one.category)}]" if one.category else ""
            st.markdown(f"**{plain(one.name)}**{category}", width="stretch")
            if one.type is TemplateType.COMMENT:
                st.button(
                    "Copy", icon=":material/content_copy:", key=f"copy-{one.id}", on_click=opened.open_dialog,
                    args=("copy", one.id),
                )  # fmt: skip
            st.button(
                EDIT, icon=":material/edit:", key=f"edit-{one.id}", on_click=opened.open_dialog, args=("edit", one.id)
            )
            choice = st.menu_button(
                "", _choices(one.id, order), icon=":material/more_horiz:", type="tertiary", key=f"menu-{one.id}",
                help="More",
            )  # fmt: skip
        _show_content(one)
        st.caption(f"Changed {format_instant(one.updated_at, user.timezone, now=now)}")
    if choice is not None:
        SAID.attempt(lambda: _act(user, one, choice, order))
        st.rerun()


def _show_content(one: MetadataTemplate) -> None:
    if one.type is TemplateType.TAG:
        tags = " ".join(f":gray-badge[{plain(tag)}]" for tag in one.tags[:_TAGS_SHOWN])
        more = f" and {len(one.tags) - _TAGS_SHOWN} more" if len(one.tags) > _TAGS_SHOWN else ""
        st.markdown(f"{tags}{more}")
        return
    st.text(shortened(one.content or "", _SHOWN))
    asked = ", ".join(variable.question for variable in variables_of(one))
    if asked:
        st.caption(f"Asks for: {plain(asked)}")


def _choices(template_id: str, order: Sequence[str]) -> list[str]:
    first, last = order[0] == template_id, order[-1] == template_id
    return [DUPLICATE, *([] if first else [UP]), *([] if last else [DOWN]), DELETE]


def _act(user: SignedIn, one: MetadataTemplate, choice: str, order: Sequence[str]) -> None:
    now = utc_now()
    with get_runtime().database.session() as session:
        if choice == DUPLICATE:
            done = editing.duplicate(session, user.actor, one.id, now=now)
            sentence = f"“{done.name}” was made."
        elif choice == DELETE:
            done = editing.delete(session, user.actor, one.id, now=now)
            sentence = f"“{done.name}” was deleted."
        else:
            wanted = _moved(order, one.id, -1 if choice == UP else 1)
            moved = editing.reorder(session, user.actor, one.type, wanted, now=now)
            done = moved or editing.TemplateChange(one.id, one.name, None)
            sentence = f"“{one.name}” was moved."
    SAID.leave(sentence, undo=(lambda: take_back(user, done.group)) if done.group else None)


def _moved(order: Sequence[str], template_id: str, step: int) -> list[str]:
    wanted = [one for one in order if one != template_id]
    wanted.insert(max(list(order).index(template_id) + step, 0), template_id)
    return wanted
