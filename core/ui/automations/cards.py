"""The list: a card for each automation with how it stands, what comes next, and how long its drafts last."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from html import escape

import streamlit as st

from core.clock import utc_now
from core.identity.sessions import SignedIn
from core.publishing.automations import editing, switching
from core.publishing.automations.models import RunOutcome
from core.publishing.automations.overview import COUNTED_AT_MOST, AutomationOverview
from core.runtime import get_runtime
from core.ui.automations import address, dialogs, drafting, look, said
from core.ui.automations.reading import Views
from core.ui.automations.upcoming import thumb, when, window_of
from core.ui.errors import guarded
from core.ui.page import format_day
from core.ui.times import ago
from core.ui.words import count, listed, plain

OPEN, DUPLICATE, PAUSE, RESUME = "Open", "Duplicate", "Pause…", "End the pause"
UP, DOWN, DELETE = "Move up", "Move down", "Delete…"

OUTCOMES: dict[RunOutcome, tuple[str, str]] = {
    RunOutcome.SCHEDULED: ("Scheduled", "greenTextColor"),
    RunOutcome.PARTIAL: ("Partly scheduled", "orangeTextColor"),
    RunOutcome.NO_DRAFTS: ("No drafts", "orangeTextColor"),
    RunOutcome.BLOCKED: ("Blocked", "orangeTextColor"),
    RunOutcome.QUOTA: ("Day’s maximum reached", "grayTextColor"),
    RunOutcome.MISSED: ("Missed", "orangeTextColor"),
    RunOutcome.FAILED: ("Failed", "redTextColor"),
}


def show_cards(user: SignedIn, cards: Sequence[AutomationOverview], views: Views, now: datetime) -> None:
    """All cards, in the person's order."""
    order = [card.id for card in cards]
    for card in cards:
        _show_card(user, card, order, views, now)


def outcome_html(outcome: RunOutcome | None) -> str:
    """An outcome as a coloured word."""
    words, colour = OUTCOMES[outcome] if outcome else ("Ran", "grayTextColor")
    return look.coloured(words, colour)


def state_badge(card: AutomationOverview, timezone: str, now: datetime) -> str:
    """How an automation stands, as a badge."""
    if not card.enabled:
        return ":gray-badge[:material/power_settings_new: Off]"
    if card.trouble:
        return ":red-badge[:material/error: Cannot post]"
    if card.paused_until is not None:
        return f":orange-badge[:material/pause: Paused until {format_day(card.paused_until, timezone, now=now)}]"
    return ":green-badge[:material/play_arrow: On]"


def switch(user: SignedIn, card: AutomationOverview) -> None:
    """On if it is off, off if it is on; a refusal is told on the next run."""
    act = switching.disable if card.enabled else switching.enable

    def run() -> None:
        with get_runtime().database.session() as session:
            act(session, user.actor, card.id, now=utc_now())

    said.attempt(run)


def show_switch(user: SignedIn, card: AutomationOverview, *, label: str, hides_label: bool) -> None:
    """The switch, always as the automation stands."""
    key = f"automation-on-{card.id}"
    st.session_state[key] = card.enabled
    st.toggle(
        label,
        key=key,
        on_change=switch,
        args=(user, card),
        label_visibility="collapsed" if hides_label else "visible",
    )


def _show_card(user: SignedIn, card: AutomationOverview, order: Sequence[str], views: Views, now: datetime) -> None:
    with st.container(border=True, key=f"automation-card-{card.id}"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.html(look.tile(card.form.icon, card.form.color), width="content")
            with st.container(gap=None, width="stretch"):
                st.button(
                    plain(card.form.name), key=f"open-{card.id}", type="tertiary", on_click=address.open_one,
                    args=(card.id,),
                )  # fmt: skip
                st.caption(_subtitle(card))
            st.markdown(state_badge(card, user.timezone, now), width="content")
            show_switch(user, card, label=f"Switch {plain(card.form.name)} on or off", hides_label=True)
            choice = st.menu_button(
                "", _choices(card, order), icon=":material/more_horiz:", key=f"menu-{card.id}", type="tertiary",
                help="More",
            )  # fmt: skip
        with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
            st.html(_facts(card, user.timezone, now), width="stretch")
            if card.upcoming:
                covers = "".join(thumb(post.deviation_id, views) for post in card.upcoming)
                st.html(f'<div class="atl-covers">{covers}</div>', width="content")
        if card.enabled and card.trouble:
            st.markdown(f":red[:material/error: {plain(card.trouble[0])}]")
    if choice is not None:
        with guarded():
            act(user, card, choice, order)
            st.rerun()


def _subtitle(card: AutomationOverview) -> str:
    words = [plain(rule.words) for rule in card.rules if rule.enabled]
    # One sentence out of several rules: only the first begins it.
    words = [*words[:1], *(word[:1].lower() + word[1:] for word in words[1:])]
    text = listed(words) if words else "No rule yet" if not card.rules else "All rules are switched off"
    unsaved = " · :orange[unsaved changes]" if drafting.is_under_way(card.id) else ""
    return text + unsaved


def _facts(card: AutomationOverview, timezone: str, now: datetime) -> str:
    facts = [("Next", _next(card, timezone, now)), ("Drafts", drafts_words(card, timezone, now))]
    last = card.last_run
    if last is not None:
        number = f" · {count(last.scheduled_count, 'post')}" if last.scheduled_count else ""
        told = f"{outcome_html(last.outcome)}{number} · {escape(ago(last.executed_at, now=now))}"
    else:
        told = "Has not run yet"
    cells = "".join(f"<span><small>{name}</small>{escape(text)}</span>" for name, text in facts)
    return f'<div class="atl-facts">{cells}<span><small>Last</small>{told}</span></div>'


def _next(card: AutomationOverview, timezone: str, now: datetime) -> str:
    if not card.enabled:
        return "Nothing while it is off"
    if card.upcoming:
        return when(card.upcoming[0], card.form, timezone, now=now)
    if card.next_at is not None:
        return window_of(card.next_at, card.form, timezone, now=now)
    return "No rule fires any more"


def drafts_words(card: AutomationOverview, timezone: str, now: datetime) -> str:
    """How many drafts it could take, and until when they last."""
    number = f"{COUNTED_AT_MOST:,} or more" if card.drafts >= COUNTED_AT_MOST else f"{card.drafts:,} left"
    if card.drafts == 0:
        return "None left that match"
    if not card.enabled:
        return number
    if card.dry_at is not None and not card.upcoming:
        return f"{number}, but other automations take them first"
    if card.dry_at is None:
        return f"{number}, enough for 30 days"
    return f"{number}, until {format_day(card.dry_at, timezone, now=now)}"


def _choices(card: AutomationOverview, order: Sequence[str]) -> list[str]:
    place = list(order).index(card.id)
    moves = [UP] * (place > 0) + [DOWN] * (place < len(order) - 1)
    return [OPEN, DUPLICATE, RESUME if card.paused_until else PAUSE, *moves, DELETE]


def act(user: SignedIn, card: AutomationOverview, choice: str, order: Sequence[str] = ()) -> None:
    """Do what was chosen from a menu."""
    now = utc_now()
    if choice == OPEN:
        address.open_one(card.id)
    elif choice in {PAUSE, DELETE}:
        dialogs.open_dialog("pause" if choice == PAUSE else "delete", card.id)
    elif choice == RESUME:
        _write(partial(switching.pause, actor=user.actor, automation_id=card.id, until=None, now=now))
        said.leave(f"“{card.form.name}” goes on.")
    elif choice == DUPLICATE:
        _write(partial(editing.duplicate, actor=user.actor, automation_id=card.id, now=now))
        said.leave(f"“{card.form.name}” was duplicated. The copy is switched off.")
    else:
        _write(partial(editing.reorder, actor=user.actor, automation_ids=_moved(card.id, order, choice), now=now))


def _moved(automation_id: str, order: Sequence[str], choice: str) -> list[str]:
    ids = list(order)
    place = ids.index(automation_id)
    other = place - 1 if choice == UP else place + 1
    ids[place], ids[other] = ids[other], ids[place]
    return ids


def _write(run: Callable[..., object]) -> None:
    with get_runtime().database.session() as session:
        run(session)
