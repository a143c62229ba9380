"""What all posts of an account keep to, and times without posts: shown, changed, and what they come to."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.identity.accounts import get_account, list_accounts
from core.identity.models import Account
from core.publishing.automations.errors import AutomationNotFound, AutomationRefused
from core.publishing.automations.forms import BlackoutForm, LimitsForm
from core.publishing.automations.models import BlackoutKind, BlackoutWindow, PostingLimits
from core.publishing.automations.readiness import is_always_black
from core.publishing.automations.rules import END_OF_DAY, WEEKDAYS, minutes_of
from core.publishing.moves import plain
from core.system import audit
from core.system.actors import Actor

LONGEST_GAP_MINUTES = 7 * 24 * 60
HIGHEST_CAP = 1000
LONGEST_PAUSE = timedelta(days=366)
NAME_LENGTH = 100
MOST_WINDOWS = 200


@dataclass(frozen=True, slots=True)
class AccountLimitsView:
    """An account, what its posts keep to, and a warning when that leaves no time at all."""

    account: Account
    limits: LimitsForm
    warning: str | None = None


def list_limits(session: Session, actor: Actor) -> list[AccountLimitsView]:
    """Every account of the person with its limits; without a row there are none."""
    rows = session.scalars(select(PostingLimits).where(PostingLimits.user_id == actor.user_id))
    known = {row.account_id: LimitsForm.of(row) for row in rows}
    return [
        AccountLimitsView(one, known.get(one.id, LimitsForm()), blackout_warning(session, one))
        for one in list_accounts(session, actor)
    ]


def blackout_warning(session: Session, account: Account) -> str | None:
    """What to know when blackout windows leave the account no minute of the week."""
    if not is_always_black(session, account):
        return None
    return (
        f"The blackout windows cover the whole week of {account.username}: no automation can post with it. "
        "Shorten one, or switch one off."
    )


def set_limits(session: Session, actor: Actor, account_id: str, limits: LimitsForm, *, now: datetime) -> LimitsForm:
    """Let the account's posts keep to ``limits`` from now on; what has a time already keeps it.

    Raises :class:`AutomationRefused`, or ``AccountNotFound`` for an account of somebody else.
    """
    account = get_account(session, actor, account_id, lock=True)
    row = session.scalar(select(PostingLimits).where(PostingLimits.account_id == account.id).with_for_update())
    was = LimitsForm.of(row) if row else LimitsForm()
    _check_limits(limits, was, now=now)
    before, after = audit.changes(_audited_limits(was), _audited_limits(limits))
    if not after:
        return was
    if row is None:
        row = PostingLimits(user_id=account.user_id, account_id=account.id, created_at=now)
        session.add(row)
    row.min_gap_minutes, row.daily_cap, row.paused_until = limits.min_gap_minutes, limits.daily_cap, limits.paused_until
    row.updated_at = now
    session.flush()
    audit.record(session, actor, "limits.changed", account.id, before=before, after=after, now=now)
    return limits


def list_blackouts(session: Session, actor: Actor) -> list[BlackoutWindow]:
    """The person's windows, by name."""
    window = BlackoutWindow
    return list(session.scalars(select(window).where(window.user_id == actor.user_id).order_by(window.name, window.id)))


def add_blackout(session: Session, actor: Actor, window: BlackoutForm, *, now: datetime) -> BlackoutWindow:
    """Add a window. Windows may overlap; one that leaves no time at all is allowed, see :func:`blackout_warning`."""
    window = _checked_window(session, actor, window)
    if len(list_blackouts(session, actor)) >= MOST_WINDOWS:
        raise AutomationRefused(f"There are {MOST_WINDOWS} blackout windows already. Remove one first.")
    row = BlackoutWindow(user_id=actor.user_id, created_at=now, updated_at=now, **window.values())
    session.add(row)
    session.flush()
    audit.record(session, actor, "blackout.added", row.id, after=_audited_window(window), now=now)
    return row


def edit_blackout(
    session: Session, actor: Actor, window_id: str, window: BlackoutForm, *, now: datetime
) -> BlackoutWindow:
    """Make a window what ``window`` says. Raises :class:`AutomationRefused` or :class:`AutomationNotFound`."""
    row = _get_window(session, actor, window_id)
    was, window = BlackoutForm.of(row), _checked_window(session, actor, window)
    before, after = audit.changes(_audited_window(was), _audited_window(window))
    if not after:
        return row
    for name in after:
        setattr(row, name, getattr(window, name))
    row.updated_at = now
    session.flush()
    audit.record(session, actor, "blackout.changed", row.id, before=before, after=after, now=now)
    return row


def switch_blackout(session: Session, actor: Actor, window_id: str, *, enabled: bool, now: datetime) -> BlackoutWindow:
    """Let a window count, or not."""
    was = BlackoutForm.of(_get_window(session, actor, window_id))
    return edit_blackout(session, actor, window_id, replace(was, enabled=enabled), now=now)


def delete_blackout(session: Session, actor: Actor, window_id: str, *, now: datetime) -> None:
    """Remove a window; posts that were moved out of its way stay where they are."""
    row = _get_window(session, actor, window_id)
    before = _audited_window(BlackoutForm.of(row))
    audit.record(session, actor, "blackout.removed", row.id, before=before, now=now)
    session.delete(row)
    session.flush()


def describe_blackout(window: BlackoutForm) -> str:
    """A weekly window in words, as in “22:00 to 07:00 on Sat, Sun”; empty for one with instants."""
    if window.kind is BlackoutKind.ONCE:
        return ""
    start, end = minutes_of(window.start_time or "00:00"), minutes_of(window.end_time or END_OF_DAY)
    hours = "All day" if (start - end) % (24 * 60) == 0 else f"{window.start_time} to {window.end_time}"
    if end < start:
        hours += " the day after"
    days = window.days_of_week
    return (
        hours if days is None else f"{hours} on " + ", ".join(one[:3].capitalize() for one in WEEKDAYS if one in days)
    )


def _get_window(session: Session, actor: Actor, window_id: str) -> BlackoutWindow:
    window = BlackoutWindow
    query = select(window).where(window.id == window_id, window.user_id == actor.user_id).with_for_update()
    row = session.scalar(query)
    if row is None:
        raise AutomationNotFound("There is no such blackout window. It may have been removed; reload the page.")
    return row


def _check_limits(limits: LimitsForm, was: LimitsForm, *, now: datetime) -> None:
    if not 0 <= limits.min_gap_minutes <= LONGEST_GAP_MINUTES:
        raise AutomationRefused("The distance between two posts must be between 0 minutes and 7 days.")
    if limits.daily_cap is not None and not 1 <= limits.daily_cap <= HIGHEST_CAP:
        raise AutomationRefused(
            f"The cap must be between 1 and {HIGHEST_CAP:,} posts a day. For none, leave it out; to stop, pause."
        )
    until = limits.paused_until
    if until is not None and until != was.paused_until and not now < until <= now + LONGEST_PAUSE:
        raise AutomationRefused("A pause ends in the future, within a year. Choose another time.")


def _checked_window(session: Session, actor: Actor, window: BlackoutForm) -> BlackoutForm:
    """The window as it is stored, without what its kind does not use."""
    name = " ".join(window.name.replace("\0", "").split())
    if not name:
        raise AutomationRefused("Give the blackout window a name, so that you know later why nothing went out.")
    if len(name) > NAME_LENGTH:
        raise AutomationRefused(f"A name has at most {NAME_LENGTH} characters. Shorten it.")
    if window.account_id is not None:
        get_account(session, actor, window.account_id)
    window = replace(window, name=name)
    return _checked_weekly(window) if window.kind is BlackoutKind.WEEKLY else _checked_once(window)


def _checked_weekly(window: BlackoutForm) -> BlackoutForm:
    if window.start_time is None or window.end_time is None:
        raise AutomationRefused("Say from when to when nothing is to go out.")
    if minutes_of(window.start_time) == minutes_of(END_OF_DAY):
        raise AutomationRefused("A window begins at 23:59 at the latest. Write 00:00 for midnight.")
    minutes_of(window.end_time)
    days = _checked_days(window.days_of_week)
    return replace(window, days_of_week=days, starts_at=None, ends_at=None)


def _checked_days(days: Sequence[str] | None) -> list[str] | None:
    if days is None or set(days) >= set(WEEKDAYS):
        return None
    if not days:
        raise AutomationRefused("No day is chosen, so the window would never begin. Choose at least one.")
    unknown = [day for day in days if day not in WEEKDAYS]
    if unknown:
        raise AutomationRefused(f"“{unknown[0]}” is not a day of the week. Write them as monday to sunday.")
    return [day for day in WEEKDAYS if day in days]


def _checked_once(window: BlackoutForm) -> BlackoutForm:
    if window.starts_at is None or window.ends_at is None:
        raise AutomationRefused("Say when the window begins and when it ends.")
    if window.starts_at >= window.ends_at:
        raise AutomationRefused("The window ends before it begins. Exchange the two.")
    return replace(window, days_of_week=None, start_time=None, end_time=None)


def _audited_limits(limits: LimitsForm) -> dict[str, Any]:
    return {
        "min_gap_minutes": limits.min_gap_minutes,
        "daily_cap": limits.daily_cap,
        "paused_until": plain(limits.paused_until),
    }


def _audited_window(window: BlackoutForm) -> dict[str, Any]:
    return {name: plain(value) for name, value in window.values().items()}
