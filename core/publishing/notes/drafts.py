"""Notes that are being written: kept here, not at the site, until they are sent."""

import re
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.identity.accounts import get_account
from core.publishing.notes.access import get_note
from core.publishing.notes.errors import NoteInDoubt, NoteNotFound, NoteRefused
from core.publishing.notes.models import Note
from core.system.actors import Actor
from core.system.audit import record
from core.system.models import Intent, IntentState

SEND = "note.send"
MOST_RECIPIENTS = 10
LONGEST_SUBJECT = 200
LONGEST_BODY = 20_000

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,49}")
_BETWEEN = re.compile(r"[,;\s]+")


def read_recipients(text: str) -> list[str]:
    """The names in what a person typed, none twice. Raises ``NoteRefused`` naming what is no name."""
    found: dict[str, str] = {}
    for part in _BETWEEN.split(text):
        name = part.strip().lstrip("@")
        if name and not _NAME.fullmatch(name):
            raise NoteRefused(f"“{name}” is no name at DeviantArt. Part names by commas.")
        if name:
            found.setdefault(name.casefold(), name)
    if len(found) > MOST_RECIPIENTS:
        raise NoteRefused(f"A note goes to at most {MOST_RECIPIENTS} people at once.")
    return list(found.values())


def save_draft(
    session: Session,
    actor: Actor,
    account_id: str,
    to: Sequence[str],
    subject: str,
    body: str,
    *,
    draft_id: str | None = None,
    now: datetime,
) -> Note:
    """Keep what has been written, as a new draft or in place of ``draft_id``; it need not be complete.

    Raises ``AccountNotFound``, ``NoteNotFound``, ``NoteRefused``, and ``NoteInDoubt`` for one that may
    have been sent already.
    """
    account = get_account(session, actor, account_id)
    recipients = read_recipients(" ".join(to))
    if len(subject) > LONGEST_SUBJECT or len(body) > LONGEST_BODY:
        raise NoteRefused(f"A subject has at most {LONGEST_SUBJECT} characters, a note at most {LONGEST_BODY:,}.")
    if draft_id is None:
        draft = Note(user_id=actor.user_id, account_id=account.id, cached_at=now)
        session.add(draft)
    else:
        draft = get_draft(session, actor, draft_id, lock=True)
        refuse_in_doubt(session, draft)
        draft.account_id = account.id
    draft.sender, draft.recipients = account.username, recipients
    draft.subject, draft.body, draft.preview = subject.strip(), body, body[:100]
    draft.cached_at = now
    session.flush()
    record(session, actor, "note.draft_saved", draft.id, after={"recipients": len(recipients)}, now=now)
    return draft


def discard_draft(session: Session, actor: Actor, draft_id: str, *, now: datetime) -> None:
    """Throw a draft away. Raises ``NoteInDoubt`` for one that may have been sent already."""
    draft = get_draft(session, actor, draft_id, lock=True)
    refuse_in_doubt(session, draft)
    session.delete(draft)
    session.flush()
    record(session, actor, "note.draft_discarded", draft_id, now=now)


def get_draft(session: Session, actor: Actor, draft_id: str, *, lock: bool = False) -> Note:
    """One of the person's drafts; raises ``NoteNotFound`` also for a note that lies at the site."""
    draft = get_note(session, actor, draft_id, lock=lock)
    if draft.remote_note_id is not None:
        raise NoteNotFound("There is no such draft. It may have been sent; reload the page.")
    return draft


def find_doubt(session: Session, draft_id: str) -> Intent | None:
    """The send of this draft whose end is not known, or that is under way."""
    unsettled = Intent.state.in_([IntentState.OPEN, IntentState.UNKNOWN])
    return session.scalar(select(Intent).where(Intent.subject_id == draft_id, Intent.kind == SEND, unsettled))


def in_doubt(session: Session, actor: Actor, draft_ids: Sequence[str]) -> set[str]:
    """Those of the person's drafts that are being sent, or may have been."""
    mine = select(Note.id).where(Note.id.in_(list(draft_ids)), Note.user_id == actor.user_id)
    return {draft_id for draft_id in session.scalars(mine) if find_doubt(session, draft_id) is not None}


def refuse_in_doubt(session: Session, draft: Note) -> None:
    if find_doubt(session, draft.id) is not None:
        raise NoteInDoubt("It is not known yet whether this note was sent. Look it up first.")
