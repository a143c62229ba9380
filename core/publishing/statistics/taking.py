"""Taking counts: asking the site about works whose turn has come, behind everything that publishing needs."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import structlog
from sqlalchemy import update
from sqlalchemy.orm import Session

from core.db.engine import Database
from core.identity.account_errors import AccountError
from core.identity.models import Account
from core.identity.providers import OAuthRefused, OAuthUnreachable
from core.publishing.asking import Line, ask
from core.publishing.providers import ErrorCategory, ProviderError
from core.publishing.statistics import turns
from core.publishing.statistics.models import DeviationStatistics, StatisticsTurn
from core.publishing.statistics.providers import WorkCounts
from core.publishing.statistics.turns import Turn

log = structlog.get_logger(__name__)

# After a failure that says nothing about the works themselves.
AGAIN_AFTER = timedelta(minutes=10)
# One id the site cannot take spoils the call for all ten: apart from each other they are found.
APART = timedelta(minutes=1)
ASK_AGAIN_AFTER = timedelta(minutes=2)
# No token to call with: whoever keeps tokens tells the account's owner.
CALLED_OFF = (AccountError, OAuthRefused, OAuthUnreachable)


def take_due(line: Line, *, now: datetime) -> int:
    """One call for each account with works whose turn has come; how many works were counted.

    A slot that is not free at once is left to the account's posts. Raises only what the database raises.
    """
    line = replace(line, patience_seconds=0.0)
    with line.database.read() as session:
        accounts = turns.accounts_with_turns(session, list(line.sites), now=now)
    return sum(take_of_account(line, account_id, now=now) for account_id in accounts)


def take_of_account(line: Line, account_id: str, *, now: datetime) -> int:
    """Ask once about at most ten works of one account; how many were counted."""
    with line.database.read() as session:
        due = turns.due_turns(session, account_id, now=now)
        account = session.get(Account, account_id)
    if not due or account is None:
        return 0
    ids = [turn.remote_id for turn in due]
    try:
        found = ask(line, account, lambda site, token: site.counts(token, ids), now=now)
    except ProviderError as error:
        _after_failure(line.database, due, error, now=now)
        return 0
    except CALLED_OFF as error:
        log.info("An account's works cannot be counted now.", account_id=account_id, reason=str(error))
        return 0
    counted = {counts.deviation_id.casefold(): counts for counts in found}
    missing = [turn for turn in due if turn.remote_id.casefold() not in counted]
    with line.database.session() as session:
        for turn in due:
            if turn not in missing:
                record(session, account, turn, counted[turn.remote_id.casefold()], now=now)
    if missing:
        _look_for(line, account, missing, now=now)
    return len(due) - len(missing)


def record(session: Session, account: Account, turn: Turn, counts: WorkCounts, *, now: datetime) -> None:
    """Keep one work's counts, as a sample and as its newest, and give it its next turn."""
    values = {
        "views": counts.views,
        "favourites": counts.favourites,
        "comments": counts.comments,
        "downloads": counts.downloads,
        "taken_at": now,
    }
    # First the turn: where the post was deleted for good meanwhile, there is none to sample either.
    session.execute(
        update(StatisticsTurn)
        .where(StatisticsTurn.deviation_id == turn.deviation_id)
        .values(next_at=turns.next_look(turn.published_at, now=now), **values)
    )
    if session.get(StatisticsTurn, turn.deviation_id) is not None:
        session.add(
            DeviationStatistics(
                user_id=account.user_id, account_id=account.id, deviation_id=turn.deviation_id, **values
            )
        )


def _look_for(line: Line, account: Account, missing: Sequence[Turn], *, now: datetime) -> None:
    """What the site left out may be deleted there: ask about the first, and about the others later."""
    with line.database.session() as session:
        turns.put_off(session, [turn.deviation_id for turn in missing], now + ASK_AGAIN_AFTER)
    first = missing[0]
    patient = replace(line, patience_seconds=line.floor_seconds + 1.0)
    try:
        gone = ask(patient, account, lambda site, token: site.is_gone(token, first.remote_id), now=now)
    except (ProviderError, *CALLED_OFF) as error:
        log.info("Whether a work is gone could not be asked.", deviation_id=first.deviation_id, reason=str(error))
        return
    with line.database.session() as session:
        turns.put_off(session, [first.deviation_id], turns.next_look(first.published_at, now=now))
        if gone:
            log.info("A work is gone from the site.", deviation_id=first.deviation_id)
            _mark_gone(session, first)


def _mark_gone(session: Session, turn: Turn) -> None:
    session.execute(update(StatisticsTurn).where(StatisticsTurn.deviation_id == turn.deviation_id).values(next_at=None))


def _after_failure(database: Database, due: Sequence[Turn], error: ProviderError, *, now: datetime) -> None:
    if error.category is ErrorCategory.RATE_LIMITED:
        return  # the account's pace knows when to come back
    log.warning("Works could not be counted.", category=error.category.value, works=len(due))
    with database.session() as session:
        if error.category is ErrorCategory.VALIDATION and len(due) > 1:
            for place, turn in enumerate(due, start=1):
                turns.put_off(session, [turn.deviation_id], now + APART * place)
            return
        until = now + (turns.SLOWEST if error.category is ErrorCategory.VALIDATION else AGAIN_AFTER)
        turns.put_off(session, [turn.deviation_id for turn in due], until)
