"""What each outcome of a call means for the post."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update

from core.db.base import table_of
from core.db.engine import Database
from core.identity import pacing
from core.publishing.execution.forms import submitted_as
from core.publishing.execution.ledger import Ledger, Result
from core.publishing.execution.plan import StepKind
from core.publishing.execution.retries import POLICIES
from core.publishing.execution.work import FileWork, Work
from core.publishing.models import DeviationFile, DeviationStatus, HoldReason
from core.publishing.notices import notify_agreement, notify_failed
from core.publishing.providers import ErrorCategory, ProviderError, Published
from core.publishing.selling import enqueue_published
from core.system.intents import doubt, settle
from core.system.models import IntentState

# DeviantArt says "already published" but the gallery does not show it: after so many looks it is
# taken at its word, without an address.
LOOKS_FOR_CONFIRMED = 6
# After a doubtful publish call so many looks that find nothing settle that nothing happened: until then an item
# that is "not found", or refused, may have become a deviation the gallery shows late.
LOOKS_BEFORE_BELIEVING = 3
# Refusals that are about the item: the same call would be refused again.
FINAL = frozenset({ErrorCategory.VALIDATION, ErrorCategory.POLICY, ErrorCategory.GONE})
# Sent again by itself it could be there twice.
GONE_IN_DOUBT = (
    "DeviantArt no longer has the uploaded file, and an answer about it was lost before. Look whether it is in your "
    "gallery there; if it is not, retry."
)
AGREEMENT_CODES = frozenset({0, 1})


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Waiting times in seconds: the pause between two calls of an account at its shortest and longest, and how
    long a lost answer is left alone before it is looked up."""

    call_gap: float
    longest_call_gap: float
    unknown_wait: float


def write(ledger: Ledger, result: Result, rhythm: Rhythm) -> None:
    """Write one result into the transaction of ``ledger``: file, intent, attempt, and what it means for the post."""
    ledger.attempt(result)
    if result.error is not None:
        _write_error(ledger, result, result.error, rhythm)
        return
    account = ledger.work.account
    if (account.call_gap_seconds or 0) > rhythm.call_gap:
        pacing.record_success(ledger.connection, account.id, floor_seconds=rhythm.call_gap)
    if result.step.kind is StepKind.LOOKUP and result.published is None:
        _not_found(ledger, result.step.file, rhythm)  # no progress: the tries before it still count
        return
    if ledger.work.retry_count:
        ledger.work.retry_count, ledger.work.error_category = 0, None
        ledger.set(retry_count=0, error_message=None, error_category=None)
    if result.step.kind is StepKind.SUBMIT:
        _stashed(ledger, result.step.file, result.item_id)
    elif result.published is not None:
        _shown(ledger, result.step.file, result.published)


def _stashed(ledger: Ledger, file: FileWork, item_id: str | None) -> None:
    ledger.set_file(file, stash_item_id=item_id, submitted_as=submitted_as(ledger.work, file))
    if file.position == 1:
        ledger.set(stash_item_id=item_id)
    _settle_submit(ledger, file, IntentState.DONE, {"item_id": item_id})


def _shown(ledger: Ledger, file: FileWork, published: Published) -> None:
    ledger.set_file(
        file,
        remote_deviation_id=published.deviation_id,
        remote_url=published.url,
        published_at=published.published_at or ledger.now,
    )
    _settle_publish(ledger, file, IntentState.DONE, {"deviation_id": published.deviation_id})


def _not_found(ledger: Ledger, file: FileWork, rhythm: Rhythm) -> None:
    """The gallery does not show it. An item can be published once only, so publishing it again is safe."""
    intent = file.publish_intent
    if intent is None:
        return
    intent.lookups += 1
    # Kept, because the call that follows may have to wait for its slot.
    intent.note(looked_up=True)
    doubt(ledger.connection, intent.id, request=intent.request, lookups=intent.lookups)
    if not intent.is_confirmed:
        return
    if intent.lookups < LOOKS_FOR_CONFIRMED:
        ledger.defer(max(rhythm.unknown_wait, POLICIES[ErrorCategory.ALREADY_PUBLISHED].wait(intent.lookups) or 0))
        return
    ledger.set_file(file, published_at=ledger.now)
    ledger.set(error_message="DeviantArt says it is published; its address could not be found in your gallery.")
    _settle_publish(ledger, file, IntentState.DONE, {"deviation_id": None})


def finish(ledger: Ledger) -> None:
    """All files have arrived."""
    work = ledger.work
    reason = "kept in Sta.sh only" if work.stash_only else "all files are on DeviantArt"
    ledger.move(DeviationStatus.PUBLISHED, reason)
    for file in work.files:  # whose answers came by another way than the worker that asked
        _settle_submit(ledger, file, IntentState.DONE, {"item_id": file.stash_item_id})
        _settle_publish(ledger, file, IntentState.DONE, {"deviation_id": file.remote_deviation_id})
    first = work.files[0]
    ledger.set(
        deviation_id=first.remote_deviation_id,
        deviation_url=first.remote_url,
        stash_item_id=first.stash_item_id,
        published_at=first.published_at or ledger.now,
        error_category=None,
        hold_reason=None,
        retry_count=0,
        post_count_incremented=True,
    )
    enqueue_published(ledger)
    ledger.give_back(None)


def _write_error(ledger: Ledger, result: Result, error: ProviderError, rhythm: Rhythm) -> None:
    was_in_doubt = result.step.file.publish_intent is not None and result.step.file.publish_intent.lookups > 0
    _settle_intent(ledger, result, error)
    _slow_down(ledger, error, rhythm)
    if error.category is ErrorCategory.ALREADY_PUBLISHED and result.step.kind is StepKind.PUBLISH:
        return  # good news: the next step looks for the address
    if _is_still_in_doubt(result, error):
        ledger.set(error_message=str(error))
        ledger.defer(rhythm.unknown_wait)  # another look decides whether the refusal is all there is to say
        return
    if error.category is ErrorCategory.POLICY and error.provider_code in AGREEMENT_CODES:
        ledger.set(error_message=str(error), error_category=error.category.value)
        ledger.hold(HoldReason.AGREEMENT)
        notify_agreement(ledger.connection, ledger.work, now=ledger.now)
        return
    if error.category is ErrorCategory.GONE and was_in_doubt:
        ledger.set(error_category=error.category.value)
        _give_up(ledger, GONE_IN_DOUBT, "the item is gone, and may have been published before")
        return
    _retry_or_fail(ledger, result, error, rhythm)


def _settle_intent(ledger: Ledger, result: Result, error: ProviderError) -> None:
    """Decide what the failed call leaves behind: nothing, or a doubt."""
    file = result.step.file
    if result.step.kind is StepKind.SUBMIT:
        # Whether or not a stash item was made: it is invisible, and the next try makes its own.
        _settle_submit(ledger, file, IntentState.FAILED, _details(error))
        if error.category is ErrorCategory.GONE:
            ledger.set_file(file, stash_item_id=None)  # the item to send again is gone: make a new one
    intent = file.publish_intent
    if result.step.kind is not StepKind.PUBLISH or intent is None:
        return
    if error.category is ErrorCategory.ALREADY_PUBLISHED:
        intent.lookups = 0
        # This last call did nothing: it is not by its time that the deviation is found.
        intent.note(confirmed=True, called_again=intent.request.get("called_again", [])[:-1])
        doubt(ledger.connection, intent.id, request=intent.request, lookups=0)
        return
    # A refusal that comes with a good status is believed as little as one after a lost answer.
    is_vague = intent.lookups > 0 or (error.http_status or 500) < 300
    is_final = error.category in FINAL and intent.lookups >= LOOKS_BEFORE_BELIEVING
    if error.effect_possible or (is_vague and not is_final):
        doubt(ledger.connection, intent.id)
        return
    # A plain refusal of the first call, or of the last after looking often enough: nothing happened.
    _settle_publish(ledger, file, IntentState.FAILED, _details(error))
    if error.category is ErrorCategory.GONE:
        ledger.set_file(file, stash_item_id=None)


def _settle_submit(ledger: Ledger, file: FileWork, state: IntentState, details: dict[str, object]) -> None:
    if file.submit_intent is not None:
        settle(ledger.connection, file.submit_intent.id, state, details, now=ledger.now)
        file.submit_intent = None


def _settle_publish(ledger: Ledger, file: FileWork, state: IntentState, details: dict[str, object]) -> None:
    if file.publish_intent is not None:
        settle(ledger.connection, file.publish_intent.id, state, details, now=ledger.now)
        file.publish_intent = None


def _is_still_in_doubt(result: Result, error: ProviderError) -> bool:
    """True when a publish call was refused, but one before it may have gone through."""
    is_publish = result.step.kind is StepKind.PUBLISH and result.step.file.publish_intent is not None
    return is_publish and error.category in FINAL and not error.effect_possible


def _details(error: ProviderError) -> dict[str, object]:
    return {
        "category": error.category.value,
        "http_status": error.http_status,
        "provider_code": error.provider_code,
        "effect_possible": error.effect_possible,
    }


def _slow_down(ledger: Ledger, error: ProviderError, rhythm: Rhythm) -> None:
    if error.category is ErrorCategory.RATE_LIMITED:
        slow_down = pacing.record_throttled
    elif error.category is ErrorCategory.OUTAGE:
        slow_down = pacing.record_outage
    else:
        return
    slow_down(
        ledger.connection,
        ledger.work.account.id,
        now=ledger.now,
        floor_seconds=rhythm.call_gap,
        longest_seconds=rhythm.longest_call_gap,
        retry_after=error.retry_after,
    )


def _retry_or_fail(ledger: Ledger, result: Result, error: ProviderError, rhythm: Rhythm) -> None:
    work = ledger.work
    doubtful = _leaves_doubt(result, error)
    category = ErrorCategory.UNKNOWN if doubtful else error.category
    tries = work.retry_count + 1 if work.error_category == category.value else 1
    wait = POLICIES[category].wait(tries)
    ledger.set(retry_count=tries, last_retry_at=ledger.now, error_category=category.value)
    if wait is None:
        _stop_doubting(ledger)
        _give_up(ledger, str(error), f"given up after {tries} tries: {category.value}")
        return
    ledger.set(error_message=str(error))
    if doubtful:
        wait = max(wait, rhythm.unknown_wait)
    if work.status is DeviationStatus.UPLOADING:
        ledger.move(DeviationStatus.SCHEDULED, "tried without effect; later again")
    ledger.defer(max(wait, error.retry_after or 0))


def _give_up(ledger: Ledger, message: str, reason: str) -> None:
    ledger.set(error_message=message)
    ledger.move(DeviationStatus.FAILED, reason)
    ledger.give_back(None)
    notify_failed(ledger.connection, ledger.work, message, now=ledger.now)


def _leaves_doubt(result: Result, error: ProviderError) -> bool:
    """True for a publish call that may have gone through, and for a look that could not be had."""
    if result.step.kind is StepKind.LOOKUP:
        return error.category is ErrorCategory.TRANSIENT
    return result.step.kind is StepKind.PUBLISH and error.effect_possible


def _stop_doubting(ledger: Ledger) -> None:
    """At the end of all tries: what was looked for often enough is not there. Less than that stays in doubt."""
    for file in ledger.work.files:
        intent = file.publish_intent
        if intent is not None and intent.lookups >= LOOKS_BEFORE_BELIEVING and not intent.is_confirmed:
            _settle_publish(ledger, file, IntentState.FAILED, {"looked_for": intent.lookups})


def remember_effect(database: Database, work: Work, result: Result, *, now: datetime) -> None:
    """Keep what a call brought although it could not be written as usual: whoever holds the post then need not ask."""
    file, table = result.step.file, table_of(DeviationFile)
    with database.connection() as connection:
        if result.item_id is not None:
            connection.execute(
                update(table)
                .where(table.c.id == file.id, table.c.stash_item_id.is_(None))
                .values(stash_item_id=result.item_id, submitted_as=submitted_as(work, file))
            )
        if result.published is not None:
            connection.execute(
                update(table)
                .where(table.c.id == file.id, table.c.remote_deviation_id.is_(None))
                .values(
                    remote_deviation_id=result.published.deviation_id,
                    remote_url=result.published.url,
                    published_at=result.published.published_at or now,
                )
            )
