"""Fields that several forms share."""

from dataclasses import dataclass

import streamlit as st

from core.identity import passwords, rules
from core.identity.errors import InvalidProfile
from core.identity.users import NewUser

PASSWORD_HELP = f"At least {passwords.SHORTEST} characters. Four random words are easy to remember and hard to guess."


@dataclass(frozen=True, slots=True)
class Newcomer:
    """What somebody typed who adds themselves; nothing is checked yet."""

    username: str
    passwords: tuple[str, str]
    timezone: str
    email: str

    def to_user(self) -> NewUser:
        """Checked and hashed, which takes a quarter of a second; raises ``InvalidProfile``."""
        rules.clean_username(self.username)
        password_hash = passwords.hash_password(agreed_password(self.passwords), username=self.username)
        return NewUser(self.username, password_hash, email=self.email, timezone=self.timezone)


def newcomer_fields(key: str) -> Newcomer:
    """Asks somebody new for everything that is needed."""
    username = username_field(f"{key}-username")
    entries = new_password_fields(key)
    zone = timezone_field(f"{key}-timezone", None)
    email = st.text_input("E-mail (optional)", key=f"{key}-email", type="email", autocomplete="email") or ""
    return Newcomer(username, entries, zone, email)


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
