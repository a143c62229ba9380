"""One change of an account's folders at the site: written down, made, and looked up when its answer is lost.

The intent is of the account, so there is one change at a time, whoever makes it. What a crash or a
lost answer leaves unsettled is looked up at the site before the next change, never repeated blindly.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.clock import Clock
from core.errors import AtelierError
from core.identity.models import Account
from core.publishing.asking import Line, ask
from core.publishing.galleries import store_folders
from core.publishing.gallery_actions import ACTIONS, Look, Request, Result
from core.publishing.gallery_errors import AnswerLost, GalleryBusy, SiteRefused
from core.publishing.gallery_records import note_done
from core.publishing.providers import ErrorCategory, GalleryFolder, ProviderError, WorkPage
from core.publishing.site import Site
from core.system import audit
from core.system.actors import Actor
from core.system.intents import doubt, open_intent, settle
from core.system.models import Intent, IntentState

KIND = "gallery.change"
# Longer than a call and the waits around it can take: whoever opened such an intent is not coming back.
ABANDONED_AFTER = timedelta(minutes=3)
# So much of a folder is read to see what is in it.
PAGES_READ = 20

UNSETTLED = (IntentState.OPEN, IntentState.UNKNOWN)
log = structlog.get_logger(__name__)

SENTENCES = {
    ErrorCategory.RATE_LIMITED: "DeviantArt asked us to slow down, so nothing was changed. Try again in a minute.",
    ErrorCategory.OUTAGE: "DeviantArt is not reachable for programs right now; nothing was changed. Try again later.",
    ErrorCategory.TRANSIENT: "DeviantArt had a problem of its own; nothing was changed. Try again in a moment.",
    ErrorCategory.NETWORK: "DeviantArt could not be reached; nothing was changed. Check the internet connection.",
    ErrorCategory.AUTH: "DeviantArt does not let this account's access change folders. Reconnect it under Accounts.",
}


def perform(line: Line, actor: Actor, account: Account, action: str, request: Request, *, clock: Clock) -> Result:
    """Do ``action`` at the site and keep what it means; its result.

    No transaction may be open. Raises :class:`GalleryBusy`, :class:`SiteRefused`, :class:`AnswerLost` and
    the errors of ``tokens.usable_token``.
    """
    settle_lost(line, actor, account, clock=clock)
    intent_id = _open(line, account, action, request, clock())
    call = _Call(action, request)
    try:
        result = ask(line, account, call, now=clock())
    except Exception as error:
        if not call.may_have_happened:
            _close(line, actor, account, intent_id, IntentState.FAILED, {"error": type(error).__name__}, now=clock())
            if isinstance(error, ProviderError):
                raise refusal(error) from error
            raise
        with line.database.connection() as connection:
            doubt(connection, intent_id)
        if not isinstance(error, ProviderError):
            raise
        log.warning("An answer about gallery folders was lost.", account_id=account.id, action=action)
        found = _look_up(line, actor, account, intent_id, action, request, clock=clock)
        if found is None:
            raise AnswerLost(
                "DeviantArt's answer was lost, and it does not show the change. Try again; nothing is done twice."
            ) from error
        return found
    _close(line, actor, account, intent_id, IntentState.DONE, result, now=clock())
    return result


def settle_lost(line: Line, actor: Actor, account: Account, *, clock: Clock) -> bool | None:
    """Look up what became of a change whose answer was lost: whether it was made; ``None`` when there was none.

    Raises :class:`GalleryBusy` while another change is under way, :class:`AnswerLost` when the site
    cannot be asked.
    """
    with line.database.read() as session:
        intent = find_unsettled(session, account.id)
    if intent is None:
        return None
    if intent.state is IntentState.OPEN and intent.opened_at > clock() - ABANDONED_AFTER:
        raise _busy(account)
    request = dict(intent.request or {})
    return _look_up(line, actor, account, intent.id, request.pop("action"), request, clock=clock) is not None


def find_unsettled(session: Session, account_id: str) -> Intent | None:
    """The change of which nobody knows what became of it."""
    return session.scalar(
        select(Intent).where(Intent.subject_id == account_id, Intent.kind == KIND, Intent.state.in_(UNSETTLED))
    )


def read_folders(line: Line, account: Account, *, clock: Clock) -> list[GalleryFolder]:
    """The account's folders as the site shows them now, kept here as well. Raises as :func:`read_contents`."""
    folders = ask(line, account, lambda site, token: site.list_folders(token), now=clock())
    with line.database.session() as session:
        store_folders(session, account, folders, now=clock())
    return folders


def read_contents(line: Line, account: Account, folder_id: str, *, clock: Clock) -> tuple[list[str], bool]:
    """The site's ids of the works in a folder, in its order, and whether these are all; at most ``PAGES_READ`` calls.

    Raises ``ProviderError`` and the errors of ``tokens.usable_token``.
    """
    works: list[str] = []
    offset: int | None = 0
    for _ in range(PAGES_READ):
        page = ask(line, account, _Page(folder_id, offset or 0), now=clock())
        works += [work.deviation_id for work in page.works]
        offset = page.next_offset
        if offset is None:
            break
    return list(dict.fromkeys(works)), offset is None


@dataclass(frozen=True, slots=True)
class _Page:
    """The call for one page of a folder."""

    folder_id: str
    offset: int

    def __call__(self, site: Site, token: str) -> WorkPage:
        return site.folder_contents(token, self.folder_id, offset=self.offset)


class _Call:
    """The call of an action, and whether it may have had its effect although no good answer came."""

    def __init__(self, action: str, request: Request) -> None:
        self._action = ACTIONS[action]
        self._request = request
        self.may_have_happened = False

    def __call__(self, site: Site, token: str) -> Result:
        self.may_have_happened = True
        try:
            return self._action.call(site, token, self._request)
        except ProviderError as error:
            self.may_have_happened = error.effect_possible
            raise


def _open(line: Line, account: Account, action: str, request: Request, now: datetime) -> str:
    try:
        with line.database.connection() as connection:
            return open_intent(connection, KIND, account.id, {"action": action, **request}, now=now)
    except IntegrityError as error:
        raise _busy(account) from error


def _look_up(
    line: Line, actor: Actor, account: Account, intent_id: str, action: str, request: Request, *, clock: Clock
) -> Result | None:
    """What the site shows of it, written down; ``None``: it shows nothing, so it did not happen."""

    def contents(folder_id: str) -> tuple[set[str], bool]:
        works, are_all = read_contents(line, account, folder_id, clock=clock)
        return set(works), are_all

    look = Look(lambda: read_folders(line, account, clock=clock), contents)
    try:
        found = ACTIONS[action].find(look, request)
    except AtelierError as error:
        # What the site said about its limits ends with a promise to try again, which nobody keeps here.
        why = "" if isinstance(error, ProviderError) else f" {error}"
        raise AnswerLost(
            "DeviantArt's answer was lost, and it cannot be asked now what became of the change. It is looked up "
            f"before the next one.{why}"
        ) from error
    state = IntentState.FAILED if found is None else IntentState.DONE
    _close(line, actor, account, intent_id, state, found or {}, reason="found after a lost answer", now=clock())
    return found


def _close(
    line: Line,
    actor: Actor,
    account: Account,
    intent_id: str,
    state: IntentState,
    result: Result,
    *,
    reason: str | None = None,
    now: datetime,
) -> None:
    """Settle the intent and, when it was done, keep what that means; once, whoever comes first."""
    with line.database.session() as session:
        intent = session.get_one(Intent, intent_id, with_for_update=True)
        if intent.state not in UNSETTLED:
            return
        request = dict(intent.request or {})
        action = request.pop("action")
        if state is IntentState.DONE:
            note_done(session, account, action, request, result, now=now)
            after = {name: value for name, value in request.items() if name != "known_ids"} | result
            audit.record(
                session, actor, f"gallery.{action}", account.id,
                after=after, reason=reason, now=now,
            )  # fmt: skip
        settle(session.connection(), intent_id, state, result, now=now)


def _busy(account: Account) -> GalleryBusy:
    return GalleryBusy(f"The folders of {account.username} are being changed already. Try again in a moment.")


def refusal(error: ProviderError) -> SiteRefused:
    """A call that did nothing, in words for somebody who waits in front of a screen."""
    said = SENTENCES.get(error.category, str(error))
    if error.category is ErrorCategory.RATE_LIMITED and error.http_status is None:
        said = str(error)  # our own pace, which says how long
    return SiteRefused(said, error.category)
