"""What the Notes screen shows, as its address says it: ``notes?folder=inbox&note=not_…``.

``folder`` is one of the six kinds, ``mine`` for drafts kept here, or the id of a folder somebody made.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

MINE = "mine"
NEW = "new"
INBOX = "inbox"
# What another folder, label or search makes void.
PLACE = ("page", "note", "write", "answer")


@dataclass(frozen=True, slots=True)
class Shown:
    """One view: a folder's notes, perhaps one that is open (``note_id``) or being written (``write``)."""

    folder: str = INBOX
    label_id: str | None = None
    search: str = ""
    page: int = 1
    note_id: str | None = None
    write: str | None = None
    answer: str | None = None
    account_id: str | None = None
    is_library: bool = False

    @property
    def draft_id(self) -> str | None:
        return self.write if self.write and self.write != NEW else None


def read_shown(parameters: Mapping[str, str]) -> Shown:
    """The view an address means; what cannot be understood counts as not said."""
    page = parameters.get("page", "")
    return Shown(
        folder=parameters.get("folder", "")[:64] or INBOX,
        label_id=parameters.get("label") or None,
        search=parameters.get("q", "").strip()[:100],
        page=int(page) if page.isascii() and page.isdigit() and len(page) < 6 else 1,
        note_id=parameters.get("note") or None,
        write=parameters.get("write") or None,
        answer=parameters.get("answer") or None,
        account_id=parameters.get("account") or None,
        is_library=parameters.get("view") == "library",
    )


def current_view() -> Shown:
    """The view that the browser's address means."""
    return read_shown(st.query_params.to_dict())


def go(*, keep_place: bool = False, **changed: str | None) -> None:
    """Write ``changed`` into the address; ``None`` takes a part out."""
    for name in () if keep_place else PLACE:
        st.query_params.pop(name, None)
    for name, value in changed.items():
        if value:
            st.query_params[name] = value
        else:
            st.query_params.pop(name, None)


def bound(name: str, value: object) -> str:
    """The key of the widget for ``name``, made to show ``value`` when it shows something else."""
    key = f"notes-{name}"
    if st.session_state.get(key) != value:
        st.session_state[key] = value
    return key
