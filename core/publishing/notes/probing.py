"""Whether the site still serves an account's private notes: asked when it is linked, daily, and on demand.

Older documentation has notes, current one does not, so the answer to one call decides. It is kept in
``accounts.capabilities["notes"]`` as ``{"available", "reason", "probed_at"}``.
"""

import enum
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.errors import AtelierError
from core.identity.accounts import get_account
from core.identity.models import Account, AccountState
from core.publishing.asking import Call, Line, ask
from core.publishing.notes.errors import NotesNotServed
from core.publishing.providers import ErrorCategory, ProviderError
from core.system.actors import Actor
from core.system.audit import record

SCOPE = "note"
PROBED_AGAIN_AFTER = timedelta(days=1)
PROBES_AT_A_TIME = 20

T = TypeVar("T")
log = structlog.get_logger(__name__)


class Reason(enum.StrEnum):
    """What the site answered."""

    SERVED = "served"
    NOT_SERVED = "not_served"
    NO_PERMISSION = "no_permission"


SENTENCES = {
    Reason.SERVED: "DeviantArt serves the notes of this account.",
    Reason.NOT_SERVED: "DeviantArt answers that it has no private notes for programs. Read and write them on its site.",
    Reason.NO_PERMISSION: "This account was connected without the permission for notes. Reconnect it on Accounts to "
    "ask for it.",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known about an account's notes. ``available`` is ``None`` while nobody has asked."""

    available: bool | None
    reason: Reason | None = None
    probed_at: datetime | None = None

    @property
    def sentence(self) -> str:
        return SENTENCES[self.reason] if self.reason else "Nobody has asked DeviantArt yet whether it serves notes."


def standing_of(account: Account) -> Standing:
    """What the last probe found."""
    kept = (account.capabilities or {}).get("notes")
    if not isinstance(kept, dict) or kept.get("reason") not in set(Reason):
        return Standing(None)
    return Standing(bool(kept["available"]), Reason(kept["reason"]), datetime.fromisoformat(kept["probed_at"]))


def probe(line: Line, actor: Actor, account_id: str, *, now: datetime) -> Standing:
    """Ask the site, and keep what it answers.

    Makes a call, so no transaction may be open. Raises what ``asking.ask`` raises when there was no
    answer; what was known then stays.
    """
    with line.database.read() as session:
        account = get_account(session, actor, account_id)
    standing = Standing(*_ask(line, account, now), now)
    with line.database.session() as session:
        _keep(session, actor, account_id, standing, now)
    return standing


def probe_quietly(line: Line, actor: Actor, account_id: str, *, now: datetime) -> None:
    """As ``probe``, for when something else was asked for: without an answer it is left to the sidecar."""
    try:
        probe(line, actor, account_id, now=now)
    except AtelierError as error:
        log.info("Notes could not be asked about", account_id=account_id, reason=str(error))


def ask_served(line: Line, actor: Actor, account: Account, call: Call[T], *, now: datetime) -> T:
    """As ``asking.ask``, for calls that only fail with 404 when the site has no notes: what it answers is kept.

    Raises ``NotesNotServed`` then, and without the permission.
    """
    reason, answer = Reason.SERVED, None
    if _lacks_permission(account):
        reason = Reason.NO_PERMISSION
    else:
        try:
            answer = ask(line, account, call, now=now)
        except ProviderError as error:
            reason = _reason_of(error)
    if reason is not standing_of(account).reason:
        with line.database.session() as session:
            _keep(session, actor, account.id, Standing(reason is Reason.SERVED, reason, now), now)
    if answer is None:
        raise NotesNotServed(SENTENCES[reason])
    return answer


def probe_due(line: Line, *, now: datetime) -> int:
    """Ask for accounts of which nothing is known or was asked a day ago; how many were asked."""
    with line.database.read() as session:
        accounts = session.scalars(
            select(Account).where(Account.state == AccountState.CONNECTED, Account.provider.in_(sorted(line.sites)))
        ).all()
    due = [one for one in accounts if _is_due(standing_of(one), now)][:PROBES_AT_A_TIME]
    for account in due:
        probe_quietly(line, Actor.sidecar(account.user_id), account.id, now=now)
    return len(due)


def _is_due(standing: Standing, now: datetime) -> bool:
    return standing.probed_at is None or standing.probed_at <= now - PROBED_AGAIN_AFTER


def _ask(line: Line, account: Account, now: datetime) -> tuple[bool, Reason]:
    if _lacks_permission(account):
        return False, Reason.NO_PERMISSION
    try:
        ask(line, account, lambda site, token: site.list_note_folders(token), now=now)
    except ProviderError as error:
        return False, _reason_of(error)
    return True, Reason.SERVED


def _lacks_permission(account: Account) -> bool:
    return account.scope is not None and SCOPE not in account.scope.split()


def _reason_of(error: ProviderError) -> Reason:
    """Why there are no notes; raises ``error`` again when it says nothing about that."""
    if error.http_status == 404:
        return Reason.NOT_SERVED
    if error.http_status == 403 and error.category is ErrorCategory.AUTH:
        return Reason.NO_PERMISSION
    raise error


def _keep(session: Session, actor: Actor, account_id: str, standing: Standing, now: datetime) -> None:
    account = get_account(session, actor, account_id, lock=True)
    before, reason = standing_of(account), standing.reason
    assert reason is not None
    kept = {"available": standing.available, "reason": reason.value, "probed_at": now.isoformat()}
    account.capabilities = {**(account.capabilities or {}), "notes": kept}
    session.flush()
    if before.reason is not reason:
        record(
            session, actor, "account.notes_probed", account.id,
            before={"notes": before.reason.value if before.reason else None}, after={"notes": reason.value}, now=now,
        )  # fmt: skip
