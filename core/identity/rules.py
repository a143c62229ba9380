"""What a username, an e-mail address and a time zone must look like."""

import re
import unicodedata
from functools import lru_cache
from zoneinfo import available_timezones

from core.identity.errors import InvalidProfile

USERNAME_LENGTH = (2, 64)
_JOINERS = "\u200c\u200d"
_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")


def clean_username(text: str) -> str:
    """The name as it is shown; raises ``InvalidProfile``."""
    name = unicodedata.normalize("NFKC", text).strip()
    shortest, longest = USERNAME_LENGTH
    if not shortest <= len(name) <= longest:
        raise InvalidProfile(f"A username has {shortest} to {longest} characters. Choose another.")
    # Spaces and invisible characters would let two names look the same.
    if any(character.isspace() or not character.isprintable() for character in name):
        raise InvalidProfile("A username has no spaces. Use a dot, a dash or an underscore instead.")
    return name


def username_key(username: str) -> str:
    """What two usernames are compared by."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", username).strip().casefold())[:128]


def clean_email(text: str | None) -> str | None:
    """The address in lower case, ``None`` for nothing; raises ``InvalidProfile``."""
    address = (text or "").strip().lower()
    if not address:
        return None
    if len(address) > 254 or not _EMAIL.fullmatch(address) or not address.isprintable():
        raise InvalidProfile("This does not look like an e-mail address. Check it, or leave it empty.")
    return address


def clean_name(text: str | None) -> str | None:
    """The full name, ``None`` for nothing; raises ``InvalidProfile``."""
    name = " ".join(_seen(text or "").split())
    if len(name) > 120:
        raise InvalidProfile("A name has at most 120 characters. Shorten it.")
    return name or None


def _seen(text: str) -> str:
    """Without what only changes how other text looks; joiners stay, some scripts are written with them."""
    return "".join(one for one in text if one.isprintable() or one.isspace() or one in _JOINERS)


@lru_cache(maxsize=1)
def timezones() -> tuple[str, ...]:
    """The names of all time zones, those of places first, then UTC and the fixed offsets."""
    names = available_timezones() - {"localtime", "Factory"}
    return tuple(sorted(names, key=lambda name: ("/" not in name, name.startswith("Etc/"), name)))


def clean_timezone(text: str | None) -> str:
    """A time zone's name; raises ``InvalidProfile``."""
    name = (text or "").strip() or "UTC"
    if name not in available_timezones():
        raise InvalidProfile(f"“{name}” is not a time zone known here. Choose one from the list.")
    return name
