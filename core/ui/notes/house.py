"""What the parts of the screen share: whose notes, over which line, and when they were last read."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta

import streamlit as st

from core.clock import utc_now
from core.errors import AtelierError
from core.identity.models import Account
from core.identity.sessions import SignedIn
from core.publishing.asking import Line
from core.publishing.notes import folders, reading
from core.publishing.notes.errors import NotesNotServed
from core.publishing.notes.models import NoteFolder
from core.runtime import Runtime
from core.ui.errors import guarded
from core.ui.notes.query import MINE, Shown

FRESH = timedelta(minutes=3)
# Longer than elsewhere: there is often nothing else to show.
PATIENCE_SECONDS = 8.0
_READ = "notes.read"
_NOTICE = "notes.notice"


@dataclass(frozen=True, slots=True)
class House:
    """Everything a part needs to read and to act."""

    runtime: Runtime
    user: SignedIn
    account: Account
    shown: Shown

    @property
    def line(self) -> Line:
        runtime = self.runtime
        return Line(runtime.database, runtime.sites, runtime.settings.call_gap_seconds, PATIENCE_SECONDS)


@dataclass(frozen=True, slots=True)
class Read:
    """How the last reading of a folder ended: ``older`` is where older notes begin at the site."""

    at: datetime
    older: int | None = None
    problem: str | None = None


def read_folders(house: House) -> list[NoteFolder]:
    """The account's folders, read from the site when what is stored is older than three minutes."""
    with house.runtime.database.read() as session:
        known = folders.list_folders(session, house.user.actor, house.account.id)
    if known and _was_read(f"folders-{house.account.id}"):
        return known
    try:
        found = folders.refresh_folders(house.line, house.user.actor, house.account.id, now=utc_now())
        _note(f"folders-{house.account.id}", Read(utc_now()))
    except NotesNotServed:
        st.rerun()  # the account knows it by now, and the screen says so
    except AtelierError as error:
        _note(f"folders-{house.account.id}", Read(utc_now(), problem=str(error)))
        if not known:
            raise
        return known
    return found


def read_notes(house: House, folder: NoteFolder, *, force: bool = False) -> Read:
    """Read a folder when that was not done for three minutes; how the last reading ended."""
    last = last_read(folder.id)
    if last is not None and not force and last.at > utc_now() - FRESH:
        return last
    return _read(house, folder, 0)


def read_older(house: House, folder: NoteFolder) -> Read:
    """Read the next stretch of older notes."""
    last = last_read(folder.id)
    return _read(house, folder, (last.older if last else None) or 0)


def last_read(name: str) -> Read | None:
    found: Read | None = st.session_state.get(_READ, {}).get(name)
    return found


def forget_read() -> None:
    """Something changed at the site: what was read is read again."""
    st.session_state.pop(_READ, None)


def leave_notice(sentence: str, *, is_trouble: bool = False) -> None:
    """Say on the next run what was done."""
    st.session_state[_NOTICE] = (sentence, is_trouble)


def show_notice() -> None:
    """What was done last, once."""
    sentence, is_trouble = st.session_state.pop(_NOTICE, (None, False))
    if sentence:
        (st.warning if is_trouble else st.success)(
            sentence, icon=":material/info:" if is_trouble else ":material/check:"
        )


def acting() -> AbstractContextManager[None]:
    """Around whatever changes something: an error is shown where it happened."""
    return guarded()


def find_folder(known: Sequence[NoteFolder], name: str) -> NoteFolder | None:
    """The folder that the address names; ``None`` for drafts kept here and for unknown ones."""
    return next((one for one in known if name != MINE and name in {one.id, one.type}), None)


def _read(house: House, folder: NoteFolder, offset: int) -> Read:
    try:
        older = reading.refresh_notes(house.line, house.user.actor, folder.id, offset=offset, now=utc_now())
        found = Read(utc_now(), older)
    except NotesNotServed:
        st.rerun()  # the account knows it by now, and the screen says so
    except AtelierError as error:
        last = last_read(folder.id)
        found = Read(utc_now(), last.older if last else None, str(error))
    _note(folder.id, found)
    return found


def _was_read(name: str) -> bool:
    last = last_read(name)
    return last is not None and last.at > utc_now() - FRESH


def _note(name: str, read: Read) -> None:
    st.session_state.setdefault(_READ, {})[name] = read
