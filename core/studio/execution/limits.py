"""What a provider may be asked for at this moment: calls, and the money of the day.

Read and taken in one transaction with the provider's row locked, so that no two processes count the same room.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from core.clock import SKEW
from core.identity.instance import reporting_timezone
from core.metering.models import Usage
from core.studio.catalogue.models import Provider
from core.studio.orders.models import GenerationAttempt as A

# A second more than the minute that is promised: a call written now may leave a moment later than one after it.
WINDOW = timedelta(seconds=61)
# Word for word as the partial index says it: SQLite compares the text.
UNDER_WAY = text("generation_attempts.state IN ('open', 'submitted')")


@dataclass(slots=True)
class Room:
    """How many calls may begin, and for how many US dollars; ``None`` is any sum. ``held`` is of calls under way."""

    calls: int
    money: Decimal | None
    held: Decimal

    def take(self, estimate: Decimal | None) -> bool:
        """Take the room of one call with this estimate; ``False``, and nothing taken, when there is none."""
        if self.calls < 1:
            return False
        if self.money is not None:
            if estimate is None or estimate > self.money:
                return False
            self.money -= estimate
        self.held += estimate or 0
        self.calls -= 1
        return True


def lock_provider(session: Session, provider_id: str) -> Provider:
    """The provider's row as it is now, held until the transaction ends."""
    query = select(Provider).where(Provider.id == provider_id).with_for_update(key_share=True)
    return session.scalars(query, execution_options={"populate_existing": True}).one()


def room_of(session: Session, provider: Provider, *, now: datetime, most: int) -> Room:
    """The room of a provider whose row the caller holds; begins the day of its cap anew when it has changed."""
    calls = most
    if not provider.is_enabled or provider.deleted_at or (provider.paused_until and provider.paused_until > now):
        calls = 0
    if provider.concurrent_limit is not None or provider.failures_in_a_row:
        # After failures one call goes ahead and finds out whether the provider is back.
        allowed = 1 if provider.failures_in_a_row else provider.concurrent_limit or 1
        calls = min(calls, allowed - count_under_way(session, provider.id))
    if provider.rate_limit_requests is not None:
        calls = min(calls, provider.rate_limit_requests - count_begun(session, provider.id, now=now))
    if provider.rate_limit_tokens is not None:
        calls = min(calls, _token_room(session, provider, provider.rate_limit_tokens, now=now))
    money = None
    begin_day(provider, today=local_day(session, now))
    if provider.daily_spend_cap is not None:
        money = max(provider.daily_spend_cap - provider.spent_today - provider.held_today, Decimal(0))
    return Room(max(calls, 0), money, provider.held_today)


def count_under_way(session: Session, provider_id: str) -> int:
    """Calls the provider is busy with; results that are still being fetched occupy nobody there."""
    query = select(func.count()).select_from(A).where(A.provider == provider_id, UNDER_WAY, A.finished_at.is_(None))
    return session.scalar(query) or 0


def count_begun(session: Session, provider_id: str, *, now: datetime) -> int:
    """Calls begun in the last minute. What seems to lie in the future was written before the clock was put back."""
    query = select(func.count()).select_from(A)
    query = query.where(A.provider == provider_id, A.opened_at > now - WINDOW, A.opened_at < now + SKEW)
    return session.scalar(query) or 0


def _token_room(session: Session, provider: Provider, most: int, *, now: datetime) -> int:
    """Calls that the tokens of the last minute leave room for, each taken to use what those did on average."""
    query = select(func.sum(Usage.tokens_total), func.count(Usage.tokens_total)).where(
        Usage.occurred_at > now - WINDOW, Usage.provider == provider.id
    )
    used, calls = session.execute(query).one()
    if not used:
        return 1 if count_under_way(session, provider.id) == 0 else 0  # the first tells what one uses
    each = -(-int(used) // calls)
    return max((most - int(used)) // each - count_under_way(session, provider.id), 0)


def begin_day(provider: Provider, *, today: date) -> None:
    """Count what is spent from zero when the day has changed. What is held stays held."""
    if provider.spend_day is None or provider.spend_day < today:
        provider.spend_day, provider.spent_today = today, Decimal(0)


def local_day(session: Session, now: datetime) -> date:
    """Today in the reporting zone."""
    return now.astimezone(_zone(session)).date()


def next_day(session: Session, now: datetime) -> datetime:
    """The next midnight in the reporting zone."""
    zone = _zone(session)
    tomorrow = now.astimezone(zone).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(), zone).astimezone(now.tzinfo)


def _zone(session: Session) -> ZoneInfo:
    return ZoneInfo(reporting_timezone(session))
