"""One thing that waits for the person."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Need:
    """One thing to do. ``title`` and ``detail`` are markdown; without ``link`` the detail says what to do."""

    key: str
    icon: str
    title: str
    detail: str
    action: str = ""
    link: str = ""
