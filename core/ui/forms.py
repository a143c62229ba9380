"""Fields that several forms share."""

import streamlit as st

from core.identity import passwords, rules
from core.identity.errors import InvalidProfile

PASSWORD_HELP = f"At least {passwords.SHORTEST} characters. Four random words are easy to remember and hard to guess."


def username_field(key: str) -> str:
    """Asks for the name to sign in with."""
    return st.text_input("Username", key=key, autocomplete="username", max_chars=rules.USERNAME_LENGTH[1]) or ""


def new_password_fields(key: str, *, label: str = "Password") -> tuple[str, str]:
    """Asks for a new password twice; hand both to ``agreed_password``."""
    left, right = st.columns(2)
    first = left.text_input(label, key=f"{key}-password", type="password", autocomplete="new-password")
    second = right.text_input("The same again", key=f"{key}-again", type="password", autocomplete="new-password")
    st.caption(PASSWORD_HELP)
    return first or "", second or ""


def agreed_password(entries: tuple[str, str]) -> str:
    """The password typed twice; raises ``InvalidProfile`` when the two differ."""
    first, second = entries
    if first != second:
        raise InvalidProfile("The two passwords differ. Type the same one twice.")
    return first


def timezone_field(key: str, current: str | None) -> str:
    """Asks for a time zone, beginning with ``current``, or the browser's."""
    names = rules.timezones()
    start = next((name for name in (current, st.context.timezone, "UTC") if name in names), names[0])
    return st.selectbox(
        "Time zone",
        names,
        index=names.index(start),
        key=key,
        format_func=lambda name: name.replace("_", " "),
        help="Times are shown and typed in this zone.",
    )
