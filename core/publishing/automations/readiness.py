"""What keeps an automation from being switched on, and a guard that no edit breaks one that is on."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.identity.models import Account, AccountState
from core.publishing.automations.checking import sale_problem
from core.publishing.automations.errors import AutomationRefused
from core.publishing.automations.limits import blackout_covers_everything, windows_for
from core.publishing.automations.lookup import list_rules, zone_of
from core.publishing.automations.models import Automation, BlackoutWindow
from core.publishing.automations.occurrences import next_occurrence
from core.publishing.automations.rules import RuleSpec
from core.publishing.automations.timing import start_of
from core.publishing.errors import ScheduleRefused

A_YEAR = timedelta(days=366)


def obstacles(session: Session, automation: Automation, *, now: datetime) -> list[str]:
    """Why the automation cannot be on, as sentences that say what to do; empty when it can."""
    account, problem = find_posting_account(session, automation)
    found = [problem] if problem else []
    found += _rule_problems(session, automation, now)
    if automation.auto_add_to_sale_queue:
        selling = sale_problem(session, automation.user_id, automation.sale_queue_preset_id)
        found += [selling] if selling else []
    if account is not None and is_always_black(session, account):
        found.append(
            f"The blackout windows leave {account.username} no minute of the week. Shorten one, or switch one off."
        )
    return found


def find_posting_account(session: Session, automation: Automation) -> tuple[Account | None, str | None]:
    """The account it posts with, its own or the person's default, and what is wrong with it."""
    mine = select(Account).where(Account.user_id == automation.user_id)
    if automation.account_id is not None:
        account = session.scalar(mine.where(Account.id == automation.account_id))
    else:
        account = session.scalar(mine.where(Account.is_default.is_(True)))
    if account is None:
        return None, "No account is connected that it could post with. Connect one under Connect › Accounts."
    if account.state is AccountState.DISCONNECTED:
        return account, f"{account.username} is disconnected. Connect it again, or choose another account."
    return account, None


def is_always_black(session: Session, account: Account) -> bool:
    """Whether the person's weekly windows leave an account no time at all."""
    window = BlackoutWindow
    mine = session.scalars(select(window).where(window.user_id == account.user_id, window.enabled.is_(True)))
    return blackout_covers_everything(windows_for(account.id, [(one.account_id, one) for one in mine]))


@contextmanager
def kept_ready(session: Session, automation: Automation, *, now: datetime) -> Iterator[None]:
    """Around a change: all of it is taken back when it would stop an automation that is on.

    What was wrong before is not held against the change. Raises :class:`AutomationRefused`.
    """
    before = obstacles(session, automation, now=now) if automation.enabled else []
    with session.begin_nested():
        yield
        session.flush()
        if automation.enabled:
            worse = [one for one in obstacles(session, automation, now=now) if one not in before]
            if worse:
                raise AutomationRefused(
                    f"“{automation.name}” is switched on and could not go on like this. {worse[0]} "
                    "Or switch the automation off first."
                )


def _rule_problems(session: Session, automation: Automation, now: datetime) -> list[str]:
    rules = list_rules(session, automation.id)
    specs = [RuleSpec.of(rule) for rule in rules if rule.enabled]
    if not specs:
        return ["All its rules are switched off. Switch one on." if rules else "It has no rule yet. Add one."]
    if not any(spec.fires for spec in specs):
        return ["It only has a maximum a day, which posts nothing by itself. Add a rule that does."]
    try:
        zone = zone_of(session, automation)
    except ScheduleRefused as error:
        return [str(error)]
    start = start_of(automation, now=now)
    firsts = (next_occurrence(spec, zone, start) for spec in specs)
    if not any(first and first.at <= start + A_YEAR for first in firsts):
        return ["None of its rules would fire within a year. Choose other days or times."]
    return []
