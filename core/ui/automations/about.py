"""What an automation is called, how it is told from others, and with which account it posts."""

from collections.abc import Sequence

import streamlit as st

from core.identity.models import Account, AccountState
from core.publishing.automations.checking import DESCRIPTION_LENGTH, NAME_LENGTH
from core.ui.automations.drafting import Draft
from core.ui.automations.look import ICONS, icon_of
from core.ui.content.showing import is_sandbox

_DEFAULT = ""


def show_about(draft: Draft, accounts: Sequence[Account]) -> None:
    """Name, description, sign, account."""
    shown = draft.shown.form
    name = st.text_input("Name", value=shown.name, max_chars=NAME_LENGTH, key=draft.key("name")) or ""
    description = st.text_area(
        "Description (optional)", value=shown.description or "", max_chars=DESCRIPTION_LENGTH, height=80,
        key=draft.key("description"),
    )  # fmt: skip
    color = st.color_picker("Colour", value=shown.color, key=draft.key("color"))
    icon = _icon_field(draft)
    account_id = _account_field(draft, accounts)
    draft.put(
        name=" ".join(name.split()),
        description=(description or "").strip() or None,
        color=(color or shown.color).lower(),
        icon=icon,
        account_id=account_id,
    )


def _icon_field(draft: Draft) -> str | None:
    current = draft.shown.form.icon
    names = list(dict.fromkeys([*ICONS, *([icon_of(current)] if current else [])]))
    chosen = st.pills(
        "Icon",
        names,
        default=icon_of(current) if current else None,
        format_func=lambda one: f":material/{one}:",
        key=draft.key("icon"),
        wrap=True,
    )
    if chosen is None or chosen == (icon_of(current) if current else None):
        return current if chosen else None
    return chosen


def _account_field(draft: Draft, accounts: Sequence[Account]) -> str | None:
    current = draft.shown.form.account_id
    usable = [one for one in accounts if one.state is not AccountState.DISCONNECTED or one.id == current]
    default = next((one.username for one in accounts if one.is_default), None)
    names = {_DEFAULT: f"My default account ({default})" if default else "My default account (none yet)"}
    names |= {one.id: _named(one) for one in usable}
    chosen = st.selectbox(
        "Posts with",
        list(names),
        index=list(names).index(current) if current in names else 0,
        format_func=lambda one: names[one],
        key=draft.key("account"),
        help="It takes drafts of this account, and drafts that have none yet.",
    )
    return chosen or None


def _named(account: Account) -> str:
    trouble = {AccountState.RECONNECT: " · needs reconnect", AccountState.DISCONNECTED: " · disconnected"}
    return f"{account.username}{' · sandbox' if is_sandbox(account.provider) else ''}{trouble.get(account.state, '')}"
