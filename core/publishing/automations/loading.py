"""Puts a planner together from what the database knows."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from core.identity.models import Account, AccountState, User
from core.publishing.automations.defaults import check_default
from core.publishing.automations.limits import FURTHEST_MOVE, AccountLimits, Blackouts, Board, windows_for
from core.publishing.automations.lookalikes import Lookalikes
from core.publishing.automations.models import (
    Automation,
    AutomationDefaultValue,
    AutomationOccurrence,
    AutomationScheduleRule,
    BlackoutWindow,
    PostingLimits,
)
from core.publishing.automations.occurrences import next_occurrence
from core.publishing.automations.planner import AutomationState, Planner, RuleState
from core.publishing.automations.pool import Candidate, Pool
from core.publishing.automations.rules import RuleSpec, check_rule
from core.publishing.automations.sources import SourceFilter, read_filter
from core.publishing.errors import PublishingError
from core.publishing.models import Deviation, DeviationStatus
from core.publishing.patterns import AUTOMATION_VARIABLES, read_pattern
from core.publishing.spacing import anchor
from core.publishing.states import QUEUED
from core.publishing.zones import zone_named
from core.system.actors import Actor

UTC_ZONE = ZoneInfo("UTC")
# The farthest promises that can be in the way: the longest distance is seven days, and the cap counts whole days.
BACK = timedelta(days=9)
AHEAD = FURTHEST_MOVE + BACK


@dataclass(frozen=True, slots=True)
class Plan:
    """An automation with its rules and defaults, from rows or from a form that is not saved yet."""

    row: Automation
    rules: Sequence[AutomationScheduleRule]
    defaults: Sequence[AutomationDefaultValue]


@dataclass(frozen=True, slots=True)
class Promise:
    """When a post of an account goes out, or went."""

    account_id: str
    automation_id: str | None
    at: datetime


def stored_plans(session: Session, rows: Iterable[Automation]) -> list[Plan]:
    """The plans of rows, in the order in which simultaneous ones act: as the person sorted them."""
    ordered = sorted(rows, key=lambda row: (row.sort_order, row.id))
    ids = [row.id for row in ordered]
    rules: defaultdict[str, list[AutomationScheduleRule]] = defaultdict(list)
    for rule in session.scalars(
        select(AutomationScheduleRule)
        .where(AutomationScheduleRule.automation_id.in_(ids))
        .order_by(AutomationScheduleRule.priority, AutomationScheduleRule.id)
        .execution_options(populate_existing=True)
    ):
        rules[rule.automation_id].append(rule)
    defaults: defaultdict[str, list[AutomationDefaultValue]] = defaultdict(list)
    for default in session.scalars(
        select(AutomationDefaultValue)
        .where(AutomationDefaultValue.automation_id.in_(ids))
        .order_by(AutomationDefaultValue.field_name)
    ):
        defaults[default.automation_id].append(default)
    return [Plan(row, rules[row.id], defaults[row.id]) for row in ordered]


def load_planner(session: Session, user_id: str, plans: Sequence[Plan], *, now: datetime, until: datetime) -> Planner:
    """A planner for a person's plans, from ``now`` to ``until``. Reads, locks nothing."""
    person = session.get_one(User, user_id)
    accounts = {one.id: one for one in session.scalars(select(Account).where(Account.user_id == user_id))}
    states = [_state(session, person, accounts, plan, now=now) for plan in plans]
    promises = load_promises(session, user_id, accounts, start=now - BACK, end=until + AHEAD)
    _count_by_day(states, promises)
    boards = load_boards(session, person, accounts, promises)
    lookalikes = Lookalikes(session, Actor.sidecar(user_id), now=now)
    return Planner(states, boards, lookalikes, _done(session, states, now=now))


def account_of(row: Automation, accounts: dict[str, Account]) -> Account | None:
    """The account an automation posts with: its own, or the person's default one."""
    if row.account_id is not None:
        account = accounts.get(row.account_id)
    else:
        account = next((one for one in accounts.values() if one.is_default), None)
    return None if account is None or account.state is AccountState.DISCONNECTED else account


def zone_for(row: Automation, person: User) -> ZoneInfo:
    """The zone of an automation's rules. Raises ``ScheduleRefused`` for one that is not known."""
    return zone_named(row.timezone or person.timezone)


def _state(
    session: Session, person: User, accounts: dict[str, Account], plan: Plan, *, now: datetime
) -> AutomationState:
    row, broken, zone, source = plan.row, None, UTC_ZONE, SourceFilter()
    account = account_of(row, accounts)
    try:
        zone = zone_for(row, person)
        source = read_filter(row.source_filter)
        _check(plan)
    except PublishingError as error:
        broken = str(error)
    pool: Iterator[Candidate] = iter(())
    if account is not None and broken is None:
        pool = iter(
            Pool(
                session,
                user_id=person.id,
                account_id=account.id,
                source=source,
                method=row.draft_selection_method,
                shuffle_at=row.shuffle_at,
            )
        )
    rules = [_rule(row, rule, zone, now, is_broken=broken is not None) for rule in plan.rules]
    return AutomationState(
        row=row,
        rules=rules,
        defaults=list(plan.defaults),
        zone=zone,
        account=account,
        pool=pool,
        shuffle_at=row.shuffle_at,
        posts_made=row.posts_made,
        broken=broken,
        lookalikes=source.lookalikes,
    )


def _check(plan: Plan) -> None:
    """Raise what keeps a plan from being used; rows may be older than what is checked when they are saved."""
    if plan.row.title_pattern:
        read_pattern(plan.row.title_pattern, AUTOMATION_VARIABLES)
    for rule in plan.rules:
        if rule.enabled:
            check_rule(RuleSpec.of(rule))
    for default in plan.defaults:
        check_default(default.field_name, default.value)


def _rule(
    row: Automation, rule: AutomationScheduleRule, zone: ZoneInfo, now: datetime, *, is_broken: bool
) -> RuleState:
    spec = RuleSpec.of(rule)
    if not spec.enabled:
        return RuleState(rule.id, spec, None)
    if row.enabled:
        return RuleState(rule.id, spec, rule.next_at)
    if is_broken:
        return RuleState(rule.id, spec, now if spec.fires else None)
    # Not switched on: what it would do if it were, from now on.
    pause = row.paused_until
    after = now if pause is None or pause <= now else pause - timedelta(microseconds=1)
    following = next_occurrence(spec, zone, after)
    return RuleState(rule.id, spec, following.at if following else None)


def _count_by_day(states: list[AutomationState], promises: Iterable[Promise]) -> None:
    by_id = {state.id: state for state in states}
    for promise in promises:
        state = by_id.get(promise.automation_id or "")
        if state is not None:
            state.by_day[promise.at.astimezone(state.zone).date()] += 1


def load_boards(
    session: Session, person: User, account_ids: Collection[str], promises: Iterable[Promise]
) -> dict[str, Board]:
    """What each account keeps to, with the promises of all its posts."""
    zone = _zone_or_utc(person.timezone)
    limits = {
        one.account_id: AccountLimits(timedelta(minutes=one.min_gap_minutes), one.daily_cap, one.paused_until)
        for one in session.scalars(select(PostingLimits).where(PostingLimits.user_id == person.id))
    }
    query = select(BlackoutWindow).where(BlackoutWindow.user_id == person.id, BlackoutWindow.enabled.is_(True))
    windows = [(one.account_id, one) for one in session.scalars(query)]
    by_account: defaultdict[str, list[datetime]] = defaultdict(list)
    for promise in promises:
        by_account[promise.account_id].append(promise.at)
    return {
        one: Board(limits.get(one, AccountLimits()), Blackouts(windows_for(one, windows), zone), zone, by_account[one])
        for one in account_ids
    }


def load_promises(
    session: Session,
    user_id: str,
    account_ids: Collection[str],
    *,
    start: datetime,
    end: datetime,
    without: frozenset[str] = frozenset(),
) -> list[Promise]:
    """What is promised or went out between two instants, whoever planned it; but not the posts ``without``."""
    columns = (
        Deviation.id,
        Deviation.account_id,
        Deviation.automation_id,
        Deviation.actual_publish_at,
        Deviation.published_at,
    )
    live: ColumnElement[bool] = and_(Deviation.user_id == user_id, Deviation.deleted_at.is_(None))
    queued = and_(Deviation.status.in_(QUEUED), Deviation.actual_publish_at.between(start, end))
    out = and_(Deviation.status == DeviationStatus.PUBLISHED, Deviation.published_at >= start)
    query = select(*columns).where(live, Deviation.account_id.in_(account_ids), or_(queued, out))
    return [
        Promise(row.account_id, row.automation_id, anchor(row.actual_publish_at, row.published_at))
        for row in session.execute(query)
        if row.id not in without
    ]


def _done(session: Session, states: list[AutomationState], *, now: datetime) -> frozenset[tuple[str, str]]:
    """Occurrences that were dealt with lately, or ahead of a rule that was changed since."""
    rules = [rule.id for state in states for rule in state.rules]
    query = select(AutomationOccurrence.rule_id, AutomationOccurrence.occurrence_key)
    query = query.where(AutomationOccurrence.rule_id.in_(rules), AutomationOccurrence.occurrence_at >= now - BACK)
    return frozenset((row.rule_id, row.occurrence_key) for row in session.execute(query))


def _zone_or_utc(name: str) -> ZoneInfo:
    try:
        return zone_named(name)
    except PublishingError:
        return UTC_ZONE
