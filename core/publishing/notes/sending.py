"""Sending a note once: an intent before the call, and a look into Sent when its answer was lost."""

import html
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from core.clock import SKEW
from core.errors import AtelierError
from core.identity.models import Account
from core.publishing.asking import Line, ask
from core.publishing.notes.access import get_note, served_account
from core.publishing.notes.drafts import SEND, find_doubt, get_draft
from core.publishing.notes.errors import NoteInDoubt, NoteRefused
from core.publishing.notes.models import Note, NoteFolder, NoteFolderType
from core.publishing.notes.providers import RemoteNote
from core.publishing.providers import ProviderError
from core.publishing.site import Site
from core.system import intents
from core.system.actors import Actor
from core.system.audit import record
from core.system.models import Intent, IntentState

# A call and the waits before it take no longer; an older open intent was left by a process that died.
UNDER_WAY = timedelta(minutes=3)
# So long Sent may take to show a note.
SHOWS_WITHIN = timedelta(minutes=1)
LOOKED_AT = 50
_BLANKS = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class SendReport:
    """Whom a note reached. ``draft_id`` is the draft that is left for the others, ``None`` when there are none."""

    arrived: tuple[str, ...]
    failed: tuple[str, ...]
    draft_id: str | None = None


def send(line: Line, actor: Actor, draft_id: str, *, reply_to: str | None = None, now: datetime) -> SendReport:
    """Send a draft; ``reply_to`` is the id here of the note it answers.

    Makes a call, so no transaction may be open. What reached everybody is no draft any more; else the
    draft keeps those it did not reach. Raises ``NoteRefused`` for an incomplete one, and ``NoteInDoubt``
    when the answer was lost: then ``look_up`` tells what became of it, and it cannot be sent again before.
    """
    with line.database.read() as session:
        draft = get_draft(session, actor, draft_id)
        account = served_account(session, actor, draft.account_id)
        answered = get_note(session, actor, reply_to).remote_note_id if reply_to else None
    intent_id, (to, subject, body) = _open(line, actor, draft_id, now)

    def call(site: Site, token: str) -> SendReport:
        deliveries = site.send_note(token, to, subject, body, reply_to=answered)
        arrived = tuple(one.recipient for one in deliveries if one.arrived)
        return SendReport(arrived, tuple(one.recipient for one in deliveries if not one.arrived))

    try:
        report = ask(line, account, call, now=now)
    except ProviderError as error:
        if error.effect_possible:
            with line.database.connection() as connection:
                intents.doubt(connection, intent_id)
            raise NoteInDoubt(
                "The answer was lost, so the note may have been sent. Look it up before you send it again."
            ) from error
        _fail(line, intent_id, error, now)
        raise
    except AtelierError as error:  # the token or the site was the trouble: nothing was sent
        _fail(line, intent_id, error, now)
        raise
    return _settle(line, actor, draft_id, intent_id, report, now)


def look_up(line: Line, actor: Actor, draft_id: str, *, now: datetime) -> SendReport:
    """Look into Sent for a draft that may have been sent.

    Found, it counts as sent. Not found a minute after the call, it was not: the draft can be sent again,
    and the report names nobody as reached. Raises ``NoteInDoubt`` before that, or while it is being sent.
    """
    with line.database.read() as session:
        draft = get_draft(session, actor, draft_id)
        account = served_account(session, actor, draft.account_id)
        intent = find_doubt(session, draft.id)
    if intent is None:
        raise NoteRefused("This note was not sent. You can send it now.")
    if intent.state is IntentState.OPEN and intent.opened_at > now - UNDER_WAY:
        raise NoteInDoubt("This note is being sent right now. Look again in a moment.")
    found = _find_in_sent(line, account, draft, intent, now)
    reached = {name.casefold() for note in found for name in note.recipients}
    arrived = tuple(name for name in draft.recipients if name.casefold() in reached)
    if not arrived and now < intent.opened_at + SHOWS_WITHIN:
        raise NoteInDoubt("It is not in Sent yet, which may take a minute. Look again then.")
    failed = tuple(name for name in draft.recipients if name.casefold() not in reached)
    return _settle(line, actor, draft_id, intent.id, SendReport(arrived, failed), now)


def _complete(draft: Note) -> tuple[list[str], str, str]:
    if not draft.recipients:
        raise NoteRefused("Say who the note is for.")
    if not (draft.body or "").strip():
        raise NoteRefused("The note is empty. Write something first.")
    return list(draft.recipients), draft.subject or "", draft.body or ""


def _open(line: Line, actor: Actor, draft_id: str, now: datetime) -> tuple[str, tuple[list[str], str, str]]:
    """The intent, and what is to be sent.

    Read under the lock in which the intent is written: a draft that another has just sent is gone by then,
    or names only those whom it did not reach.
    """
    try:
        with line.database.session() as session:
            draft = get_draft(session, actor, draft_id, lock=True)
            content = _complete(draft)
            request: dict[str, Any] = {"account_id": draft.account_id, "recipients": content[0]}
            return intents.open_intent(session.connection(), SEND, draft_id, request, now=now), content
    except IntegrityError as error:
        raise NoteInDoubt("This note is being sent, or may have been. Look it up first.") from error


def _fail(line: Line, intent_id: str, error: AtelierError, now: datetime) -> None:
    with line.database.connection() as connection:
        intents.settle(connection, intent_id, IntentState.FAILED, {"error": type(error).__name__}, now=now)


def _settle(line: Line, actor: Actor, draft_id: str, intent_id: str, report: SendReport, now: datetime) -> SendReport:
    state = IntentState.DONE if report.arrived else IntentState.FAILED
    result = {"arrived": list(report.arrived), "failed": list(report.failed)}
    with line.database.session() as session:
        # The draft before the intent, as whoever opens one takes them: else each would wait for the other.
        draft = get_draft(session, actor, draft_id, lock=True)
        intents.settle(session.connection(), intent_id, state, result, now=now)
        if report.failed:
            draft.recipients = list(report.failed)
        else:
            session.delete(draft)
        session.flush()
        if report.arrived:
            after = {"recipients": len(report.arrived), "not_reached": len(report.failed)}
            record(session, actor, "note.sent", draft_id, after=after, now=now)
    return SendReport(report.arrived, report.failed, draft_id if report.failed else None)


def _find_in_sent(line: Line, account: Account, draft: Note, intent: Intent, now: datetime) -> list[RemoteNote]:
    """Notes in Sent that say the same since the call."""
    sent = _sent_folder(line, account, now)
    page = ask(line, account, lambda site, token: site.list_notes(token, sent, offset=0, limit=LOOKED_AT), now=now)
    earliest = min(intent.opened_at, now) - SKEW
    return [note for note in page.notes if _is_same(note, draft, earliest)]


def _sent_folder(line: Line, account: Account, now: datetime) -> str:
    """The site's id of Sent: as last read, else asked for."""
    with line.database.read() as session:
        known = session.scalar(
            select(NoteFolder.remote_folder_id).where(
                NoteFolder.account_id == account.id, NoteFolder.type == NoteFolderType.SENT
            )
        )
    if known is not None:
        return known
    folders = ask(line, account, lambda site, token: site.list_note_folders(token), now=now)
    found = next((one.folder_id for one in folders if one.type is NoteFolderType.SENT), None)
    if found is None:
        raise NoteInDoubt("DeviantArt shows no folder Sent. Look there yourself before you write it anew.")
    return found


def _is_same(note: RemoteNote, draft: Note, earliest: datetime) -> bool:
    if note.sent_at is not None and note.sent_at < earliest:
        return False
    wanted = _as_compared(draft.body or "")
    said = _as_compared(note.body) if note.body is not None else _as_compared(note.preview)
    same_text = said == wanted if note.body is not None else bool(said) and wanted.startswith(said)
    return same_text and _as_compared(note.subject) == _as_compared(draft.subject or "")


def _as_compared(text: str) -> str:
    """Text without what a site may change about it."""
    return _BLANKS.sub(" ", html.unescape(text)).strip()
