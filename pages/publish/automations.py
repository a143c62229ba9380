"""Automations: rules that give drafts their times, shown before they act; and the limits that all of them keep to."""

import functools
from collections.abc import Sequence
from datetime import UTC

import streamlit as st

from core.identity import accounts
from core.publishing.automations import limits_editing
from core.publishing.automations.overview import AutomationOverview
from core.publishing.csv_cells import cell
from core.runtime import get_runtime
from core.ui.automations import address, look, said
from core.ui.automations.address import Place, View
from core.ui.automations.cards import show_cards
from core.ui.automations.dialogs import show_dialog
from core.ui.automations.limits import show_limits
from core.ui.automations.opened import keep_last_words, show_opened
from core.ui.automations.reading import read_list
from core.ui.automations.starting import show_empty, show_starters
from core.ui.automations.windows import show_windows
from core.ui.gate import current_user
from core.ui.page import page_header, zone_note
from core.ui.tables import csv_button, csv_bytes

_VIEWS = {View.AUTOMATIONS: "Automations", View.LIMITS: "Limits"}


def show_views(here: View) -> None:
    """The two lists of the screen."""
    with st.container(horizontal=True, gap=None, key="automation-parts"):
        for view in View:
            with st.container(width="content", key=f"part-{'here' if view is here else 'there'}-{view}"):
                st.button(_VIEWS[view], type="tertiary", key=f"view-{view}", on_click=address.show_list, args=(view,))


def show_list() -> None:
    """The cards, and the ways to begin another one."""
    cards, views, now = read_list(user)
    if not cards:
        show_empty()
        show_starters()
        return
    show_cards(user, cards, views, now)
    with st.expander("New automation", icon=":material/add:", key="new-automation"):
        show_starters()
    csv_button(functools.partial(make_csv, cards), "automations", key="automations-csv")


def make_csv(cards: Sequence[AutomationOverview]) -> bytes:
    """The list as a file."""
    rows: list[Sequence[object]] = [
        ["filter", "none"],
        ["name", "on", "account", "zone", "rules", "next_at", "drafts", "drafts_until", "scheduled", "last_run"],
    ]
    for card in cards:
        instants = (card.next_at, card.dry_at, card.last_run.executed_at if card.last_run else None)
        next_at, dry_at, last_at = (one.astimezone(UTC).isoformat() if one else "" for one in instants)
        rules = "; ".join(rule.words for rule in card.rules if rule.enabled)
        rows.append(
            [cell(card.form.name), card.enabled, cell(card.account_name), card.zone, rules, next_at, card.drafts,
             dry_at, card.scheduled, last_at]
        )  # fmt: skip
    return csv_bytes(rows)


def show_all_limits() -> None:
    """Accounts and windows."""
    with get_runtime().database.read() as session:
        views = limits_editing.list_limits(session, user.actor)
        windows = limits_editing.list_blackouts(session, user.actor)
        linked = accounts.list_accounts(session, user.actor)
    with st.container(width=860):
        show_limits(user, views)
        show_windows(user, windows, linked)


def show_screen(place: Place) -> None:
    """The lists, or what is open."""
    if place.opened is not None:
        show_opened(user, place)
        return
    page_header("Automations", f"Rules that give your drafts their times. {zone_note(user.timezone)}")
    said.show()
    show_views(place.view)
    if place.view is View.LIMITS:
        show_all_limits()
    else:
        show_list()


user = current_user()
look.apply()
place = address.current_place()
keep_last_words(user, place)
show_screen(place)
show_dialog(user)
