"""One price preset as a card, and what can be done with it."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from core.clock import utc_now
from core.identity.sessions import SignedIn
from core.runtime import get_runtime
from core.sales import presets
from core.sales.listing import PresetView
from core.ui.errors import guarded
from core.ui.sell import preset_form
from core.ui.sell.notice import Change, act, leave
from core.ui.words import plain

EDIT, COPY, DEFAULT = ":material/edit: Edit", ":material/content_copy: Duplicate", ":material/star: Make default"
UP, DOWN = ":material/arrow_upward: Move up", ":material/arrow_downward: Move down"
DELETE = ":material/delete: Delete"


def show_card(user: SignedIn, preset: PresetView, place: int, count: int) -> None:
    """The card at ``place`` of ``count``."""
    with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"preset-card-{preset.id}"):
        with st.container(gap=None):
            st.markdown(f"**{plain(preset.name)}** :gray[{plain(preset.price_text)}]")
            st.caption(_said(preset))
        if preset.is_default:
            st.badge("Default", color="green")
        chosen = st.menu_button(
            "", _entries(preset, place, count), icon=":material/more_horiz:", key=f"preset-menu-{preset.id}",
            type="tertiary", help="Change",
        )  # fmt: skip
    if chosen is not None:
        _do(user, preset, chosen)


def show_archived(user: SignedIn, archived: Sequence[PresetView]) -> None:
    """What was deleted while finished sales refer to it; it can come back."""
    if not archived:
        return
    with st.expander(f"Archived · {len(archived):,}", icon=":material/inventory_2:"):
        st.caption("Finished sales and published posts say that their price came from these.")
        for preset in archived:
            with st.container(horizontal=True, vertical_alignment="center", key=f"archived-{preset.id}"):
                st.markdown(f"{plain(preset.name)} :gray[{plain(preset.price_text)}]", width="stretch")
                if st.button("Restore", key=f"restore-{preset.id}", type="tertiary", icon=":material/undo:"):
                    act(_restoring(user, preset), f"“{preset.name}” is back in the list.")


def _said(preset: PresetView) -> str:
    kind = "Drawn for each piece" if preset.is_range else "The same for each piece"
    used = f"used by {preset.usage.in_words()}" if preset.usage.is_needed else "not in use now"
    note = f"  \n{plain(preset.description)}" if preset.description else ""
    return f"{kind} · {used}{note}"


def _entries(preset: PresetView, place: int, count: int) -> list[str]:
    return [
        EDIT,
        COPY,
        *([] if preset.is_default else [DEFAULT]),
        *([UP] if place > 0 else []),
        *([DOWN] if place < count - 1 else []),
        DELETE,
    ]


def _do(user: SignedIn, preset: PresetView, chosen: str) -> None:
    actor, name = user.actor, preset.name
    if chosen == EDIT:
        preset_form.open_form(preset.id)
        st.rerun()
    elif chosen == COPY:
        act(lambda session: presets.duplicate_preset(session, actor, preset.id, now=utc_now()),
            f"“{name}” was copied to the end of the list.")  # fmt: skip
    elif chosen == DEFAULT:
        act(lambda session: presets.make_default(session, actor, preset.id, now=utc_now()), f"“{name}” is the default.")
    elif chosen in {UP, DOWN}:
        act(lambda session: presets.move_preset(session, actor, preset.id, up=chosen == UP, now=utc_now()),
            f"“{name}” was moved.")  # fmt: skip
    else:
        _delete(user, preset)


def _delete(user: SignedIn, preset: PresetView) -> None:
    """Delete it, with a way back: an archived one is restored, any other made anew."""
    with guarded():
        with get_runtime().database.session() as session:
            is_kept = presets.delete_preset(session, user.actor, preset.id, now=utc_now())
        if is_kept:
            sentence = f"“{preset.name}” is archived, because finished sales or posts refer to it."
            leave(sentence, undo=_restoring(user, preset))
        else:
            form = presets.form_of(preset.name, preset.lowest, preset.highest, preset.currency, preset.description)
            again = partial(presets.create_preset, actor=user.actor, form=form, now=utc_now())
            leave(f"“{preset.name}” is deleted.", undo=again)
        st.rerun()


def _restoring(user: SignedIn, preset: PresetView) -> Change:
    return lambda session: presets.restore_preset(session, user.actor, preset.id, now=utc_now())
