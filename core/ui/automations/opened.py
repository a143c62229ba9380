"""One automation, open: how it stands, its parts, what is not saved yet, and what comes next."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from core.clock import utc_now
from core.errors import AtelierError
from core.identity.accounts import list_accounts
from core.identity.models import Account
from core.identity.sessions import SignedIn
from core.publishing.automations import editing, switching
from core.publishing.automations.overview import AutomationOverview
from core.runtime import get_runtime
from core.ui import errors
from core.ui.automations import address, cards, drafting, look, said
from core.ui.automations.about import show_about
from core.ui.automations.address import NEW, Part, Place
from core.ui.automations.defaults import show_defaults
from core.ui.automations.drafting import Draft
from core.ui.automations.log import show_log
from core.ui.automations.manners import show_manners
from core.ui.automations.preview import show_preview
from core.ui.automations.reading import read_one
from core.ui.automations.rule_list import show_rules
from core.ui.automations.selling import show_selling
from core.ui.automations.source import show_source
from core.ui.automations.starters import blueprint_of
from core.ui.automations.upcoming import show_beside
from core.ui.errors import guarded
from core.ui.page import zone_note
from core.ui.words import plain

# The parts that fill the whole width; beside the others stands what comes next.
_WIDE = (Part.PREVIEW, Part.LOG)
_LAST = "automations.last"


def keep_last_words(user: SignedIn, place: Place) -> None:
    """Take over what was typed last in the part that is being left.

    Who types and goes on at once sends both in one message, and the part they typed in would not be drawn any more.
    It is drawn once again where nobody sees it.
    """
    unseen = st.empty()  # in every run, so that what follows keeps its place
    last: tuple[str, Part] | None = st.session_state.pop(_LAST, None)
    if last is None or last == (place.opened, place.part):
        return
    draft = drafting.find(last[0])
    if draft is not None and draft.part is last[1]:
        with unseen.container():
            _show_fields(user, draft, last[1])
        unseen.empty()


def show_opened(user: SignedIn, place: Place) -> None:
    """The automation that the address names, or a new one."""
    assert place.opened is not None
    card: AutomationOverview | None = None
    if place.opened == NEW:
        draft = drafting.begin(NEW, None, blueprint_of(place.starter, now=utc_now()))
    else:
        try:
            stored, card = read_one(user, place.opened)
        except AtelierError as error:
            _back()
            errors.show(error)
            return
        draft = drafting.begin(place.opened, stored, stored)
    draft.enter(place.part)
    _show_head(user, draft, card)
    bar = st.container()
    _show_parts(draft, place.part)
    if place.part not in _WIDE:
        st.session_state[_LAST] = (draft.automation_id, place.part)
    _show_part(user, draft, place.part, card)
    with bar:
        _show_bar(user, draft, card)


def _back() -> None:
    st.button(
        "All automations", icon=":material/arrow_back:", type="tertiary", key="automation-back",
        on_click=address.show_list,
    )  # fmt: skip


def _show_head(user: SignedIn, draft: Draft, card: AutomationOverview | None) -> None:
    _back()
    said.show()
    now = utc_now()
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="automation-head"):
        st.html(look.tile(draft.form.icon, draft.form.color), width="content")
        with st.container(width="stretch"):
            st.title(plain(draft.form.name or "Without a name"), anchor=False)
        if card is None:
            st.markdown(":gray-badge[:material/edit_note: Not saved yet]", width="content")
            return
        st.markdown(cards.state_badge(card, user.timezone, now), width="content")
        cards.show_switch(user, card, label="Switched on", hides_label=True)
        choices = [cards.DUPLICATE, cards.RESUME if card.paused_until else cards.PAUSE, cards.DELETE]
        chosen = st.menu_button(
            "", choices, icon=":material/more_horiz:", key="automation-more", type="tertiary", help="More"
        )
    st.caption(
        f"{plain(cards.drafts_words(card, user.timezone, now))} · {card.scheduled:,} scheduled by it · "
        f"{zone_note(user.timezone)}"
    )
    if chosen is not None:
        with guarded():
            cards.act(user, card, chosen)
            if chosen == cards.DUPLICATE:
                address.show_list()
            st.rerun()


def _show_parts(draft: Draft, here: Part) -> None:
    with st.container(horizontal=True, gap=None, key="automation-parts"):
        for part in Part:
            if part is Part.LOG and draft.is_new:
                continue
            with st.container(width="content", key=f"part-{'here' if part is here else 'there'}-{part}"):
                st.button(part.heading, type="tertiary", key=f"part-{part}", on_click=address.show_part, args=(part,))


def _show_part(user: SignedIn, draft: Draft, part: Part, card: AutomationOverview | None) -> None:
    if part in _WIDE:
        if part is Part.PREVIEW:
            show_preview(user, draft)
        elif card is not None:
            show_log(user, card.id)
        return
    left, right = st.columns([3, 2], gap="large")
    with left:
        _show_fields(user, draft, part)
    with right:
        show_beside(user, draft)


def _show_fields(user: SignedIn, draft: Draft, part: Part) -> None:
    zone = draft.form.timezone or user.timezone
    shows = {
        Part.ABOUT: partial(_show_about, user, draft),
        Part.RULES: partial(show_rules, draft, zone),
        Part.SOURCE: partial(show_source, user, draft),
        Part.DEFAULTS: partial(show_defaults, user, draft),
        Part.SELLING: partial(show_selling, user, draft),
        Part.MANNERS: partial(show_manners, user, draft),
    }
    with guarded():
        shows[part]()


def _show_about(user: SignedIn, draft: Draft) -> None:
    with get_runtime().database.read() as session:
        accounts: Sequence[Account] = list_accounts(session, user.actor)
    show_about(draft, accounts)


def _show_bar(user: SignedIn, draft: Draft, card: AutomationOverview | None) -> None:
    """What is not saved yet, or what keeps it from being switched on."""
    if draft.is_changed:
        _show_unsaved(user, draft, card)
    elif card is not None and card.trouble:
        with st.container(border=True, key="automation-trouble", gap="xsmall"):
            st.markdown("**It cannot post as it is**" if card.enabled else "**Before it can be switched on**")
            for sentence in card.trouble:
                st.markdown(f":orange[:material/checklist: {plain(sentence)}]")


def _show_unsaved(user: SignedIn, draft: Draft, card: AutomationOverview | None) -> None:
    is_on = card is not None and card.enabled
    with (
        st.container(border=True, key="automations-unsaved"),
        st.container(horizontal=True, vertical_alignment="center", gap="small"),
    ):
        st.markdown(
            ":material/edit: A new automation, not saved yet." if draft.is_new else ":material/edit: Unsaved changes.",
            width="stretch",
        )
        discards = st.button("Discard", key="automation-discard", type="tertiary")
        switches = not is_on and st.button("Save and switch on", key="automation-save-on")
        saves = st.button("Save", type="primary", icon=":material/check:", key="automation-save")
    if discards:
        drafting.forget(draft.automation_id)
        if draft.is_new:
            address.show_list()
        st.rerun()
    if saves or switches:
        _save(user, draft, switches_on=switches)


def _save(user: SignedIn, draft: Draft, *, switches_on: bool) -> None:
    """Store it; a refusal to switch on leaves it stored and off."""
    now, actor = utc_now(), user.actor
    with guarded():
        with get_runtime().database.session() as session:
            if draft.is_new:
                automation_id = editing.create(session, actor, draft.blueprint, now=now).id
            else:
                automation_id = draft.automation_id
                editing.save(session, actor, automation_id, draft.blueprint, seen=draft.seen, now=now)
        part = draft.part
        drafting.forget(draft.automation_id)
        said.leave(f"“{draft.form.name}” was saved.")
        if switches_on and said.attempt(partial(_switch_on, user, automation_id)):
            said.leave(f"“{draft.form.name}” was saved and is switched on.")
        address.open_one(automation_id, part)
        st.rerun()


def _switch_on(user: SignedIn, automation_id: str) -> None:
    with get_runtime().database.session() as session:
        switching.enable(session, user.actor, automation_id, now=utc_now())
