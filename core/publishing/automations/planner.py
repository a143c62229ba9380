"""Deciding what automations do: which occurrences are due, which draft each takes, which time it gets.

The one piece of code behind both the run and the preview. It reads drafts, keeps what it decided in memory and
writes nothing; who calls it at each moment that something is due gets the same decisions, whether the moment
is now or in three weeks.
"""

import heapq
import random
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy.exc import SQLAlchemyError

from core.errors import AtelierError
from core.identity.models import Account
from core.publishing.automations.dressing import dress, problems, title_pattern
from core.publishing.automations.forecast import PlannedPost, PlannedRun
from core.publishing.automations.limits import Board, Slot, Taken
from core.publishing.automations.lookalikes import Lookalikes
from core.publishing.automations.models import (
    Automation,
    AutomationDefaultValue,
    CatchUp,
    QuotaMode,
    RuleType,
    RunOutcome,
    WhenBlocked,
)
from core.publishing.automations.occurrences import HORIZON, Occurrence, iter_occurrences, next_occurrence
from core.publishing.automations.pool import Candidate
from core.publishing.automations.rules import RuleSpec
from core.publishing.patterns import Pattern

log = structlog.get_logger(__name__)

_INSTANT = timedelta(microseconds=1)
_DAY = timedelta(days=1)
NAMED_AT_MOST = 3
UNFORESEEN = (
    "Something went wrong that was not foreseen. Open the automation and save it again; if this goes on, an admin "
    "finds the reason in the log."
)
# Of what a rule missed, at most so many are caught up: months of every five minutes are nothing anybody wants at once.
MOST_CAUGHT_UP = 100


@dataclass(slots=True)
class RuleState:
    """A rule and its next occurrence as the planner moves it on."""

    id: str
    spec: RuleSpec
    next_at: datetime | None

    def move_to(self, following: Occurrence | None) -> None:
        self.next_at = following.at if following else None

    def back_to(self, at: datetime) -> None:
        """Go on at ``at``, unless it is to go on earlier."""
        self.next_at = at if self.next_at is None else min(at, self.next_at)


@dataclass(slots=True)
class AutomationState:
    """An automation with what its decisions depend on; what changes by deciding is here, not in the row.

    ``broken`` says why it cannot decide at all. ``pool`` gives its drafts, each once.
    """

    row: Automation
    rules: list[RuleState]
    defaults: list[AutomationDefaultValue]
    zone: ZoneInfo
    account: Account | None
    pool: Iterator[Candidate]
    shuffle_at: int
    posts_made: int
    broken: str | None = None
    lookalikes: str = "allow"  # or warn, or pass_over: see ``sources.SourceFilter``
    by_day: Counter[date] = field(default_factory=Counter)

    @property
    def id(self) -> str:
        return self.row.id

    def is_due(self, now: datetime) -> bool:
        """Whether one of its rules is due."""
        return any(rule.next_at is not None and rule.next_at <= now for rule in self.rules)

    def remember(self, candidate: Candidate, promise: datetime) -> None:
        """One more post of this automation."""
        self.by_day[promise.astimezone(self.zone).date()] += 1
        self.posts_made += 1
        self.shuffle_at = candidate.fields["shuffle_key"]

    def maximum(self, day: date) -> int | None:
        """The smallest daily maximum of its rules for a local day."""
        found = [
            rule.spec.daily_quota
            for rule in self.rules
            if rule.spec.enabled
            and rule.spec.type is RuleType.DAILY_QUOTA
            and rule.spec.quota_mode is QuotaMode.MAXIMUM
            and rule.spec.is_on(day.weekday())
        ]
        return min((one for one in found if one is not None), default=None)


@dataclass(frozen=True, slots=True)
class Decision:
    """A run as planned, and by draft the columns that it changes."""

    run: PlannedRun
    values: Mapping[str, dict[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Due:
    """An occurrence to deal with, for a post no earlier than ``base``. ``first`` is where its rule goes on if this is
    put back: at the earliest of what it stands for."""

    state: AutomationState
    rule: RuleState
    occurrence: Occurrence
    base: datetime
    first: datetime
    missed: int = 0  # how many it stands for that are let go


class Planner:
    """Decides for the automations of one person.

    ``boards`` holds the promises of each account. ``done`` names occurrences that were dealt with, by rule and key.
    """

    def __init__(
        self,
        automations: list[AutomationState],
        boards: Mapping[str, Board],
        lookalikes: Lookalikes,
        done: frozenset[tuple[str, str]] = frozenset(),
    ) -> None:
        self.automations = automations
        self._boards = boards
        self._lookalikes = lookalikes
        self._done = done
        self._taken: set[str] = set()
        self._order = {state.id: place for place, state in enumerate(automations)}
        self._number = count()
        self._agenda: list[tuple[datetime, int, AutomationState, RuleState]] = []
        self._enter_all()

    def state(self, automation_id: str) -> AutomationState:
        """One of its automations."""
        return self.automations[self._order[automation_id]]

    def next_at(self) -> datetime | None:
        """When something is due next."""
        return self._agenda[0][0] if self._agenda else None

    def due(self, now: datetime, *, most: int | None = None) -> list[Decision]:
        """Decide about what is due at ``now``, in the order of time.

        With ``most`` it ends after so many occurrences and posts; the rules with something left stay due.
        """
        found: list[_Due] = []
        while self._agenda and self._agenda[0][0] <= now:
            _, _, state, rule = heapq.heappop(self._agenda)
            found += self._occurred(state, rule, now)
            self._move_on(state, rule, now)
            self._enter(state, rule)
        found.sort(key=self._by_time)
        decided: list[Decision] = []
        weight = 0
        for place, one in enumerate(found):
            if most is not None and weight >= most:
                self._put_back(found[place:])
                break
            if (one.rule.id, one.occurrence.key) not in self._done:
                decided.append(self._decide(one))
                weight += 1 + len(decided[-1].run.posts)
        return decided

    def _put_back(self, left: list[_Due]) -> None:
        """Let the rules of what was not dealt with go on from there."""
        for one in left:
            one.rule.back_to(one.first)
        self._enter_all()

    def _enter_all(self) -> None:
        self._agenda.clear()
        for state in self.automations:
            for rule in state.rules:
                self._enter(state, rule)

    def _enter(self, state: AutomationState, rule: RuleState) -> None:
        if rule.next_at is not None:
            heapq.heappush(self._agenda, (rule.next_at, next(self._number), state, rule))

    def _by_time(self, due: _Due) -> tuple[datetime, int, int, str]:
        return due.occurrence.at, self._order[due.state.id], due.rule.spec.priority, due.rule.id

    def _move_on(self, state: AutomationState, rule: RuleState, now: datetime) -> None:
        """The rule's next occurrence: later than ``now``, and not in a pause of its automation."""
        after, pause = now, state.row.paused_until
        if pause is not None and pause > after:
            after = pause - _INSTANT
        try:
            rule.move_to(next_occurrence(rule.spec, state.zone, after))
        except AtelierError:  # a broken rule: looked at again every day, until somebody mends it
            rule.move_to(Occurrence("", after + _DAY))

    def _occurred(self, state: AutomationState, rule: RuleState, now: datetime) -> list[_Due]:
        """What is to be dealt with of a rule: on time all, of what was missed as its catch-up policy says."""
        if rule.next_at is None:
            return []
        if state.broken is not None:
            at = rule.next_at
            return [_Due(state, rule, Occurrence(f"{at:%Y-%m-%dT%H:%M}Z", at), at, at)]
        pause = state.row.paused_until
        late_before = now - timedelta(minutes=state.row.grace_minutes)
        on_time: list[Occurrence] = []
        late: list[Occurrence] = []
        start = max(rule.next_at, now - HORIZON + _DAY)
        for one in iter_occurrences(rule.spec, state.zone, start - _INSTANT):
            if one.at > now:
                break
            if pause is None or one.at >= pause:
                (late if one.at < late_before else on_time).append(one)
        found = [_Due(state, rule, one, one.at, one.at) for one in on_time]
        return [*self._caught_up(state, rule, late, now, is_last=not on_time), *found]

    def _caught_up(
        self, state: AutomationState, rule: RuleState, late: list[Occurrence], now: datetime, *, is_last: bool
    ) -> list[_Due]:
        if not late:
            return []
        match state.row.catch_up:
            case CatchUp.ALL:
                caught = [_Due(state, rule, one, now, one.at) for one in late[-MOST_CAUGHT_UP:]]
                return [*self._let_go(state, rule, late[:-MOST_CAUGHT_UP]), *caught]
            case CatchUp.LATEST if is_last:
                latest = _Due(state, rule, late[-1], now, late[-1].at)
                return [*self._let_go(state, rule, late[:-1]), latest]
            case _:
                return self._let_go(state, rule, late)

    @staticmethod
    def _let_go(state: AutomationState, rule: RuleState, late: list[Occurrence]) -> list[_Due]:
        return [_Due(state, rule, late[-1], late[-1].at, late[0].at, missed=len(late))] if late else []

    def _decide(self, due: _Due) -> Decision:
        """One occurrence; whatever goes wrong with it is its own trouble, not that of the others."""
        if due.missed:
            many = f"{due.missed} times were" if due.missed > 1 else "This time was"
            return Decision(_run(due, RunOutcome.MISSED, f"{many} missed while nothing was running."))
        if due.state.broken is not None:
            return Decision(_run(due, RunOutcome.FAILED, due.state.broken))
        try:
            return self._fill(due)
        except AtelierError as error:
            return Decision(_run(due, RunOutcome.FAILED, str(error)))
        except SQLAlchemyError:
            raise  # the whole transaction is lost, not only this occurrence
        except Exception:  # an edge: a row that nobody foresaw must not stop the person's other automations
            log.exception("An occurrence could not be decided.", automation_id=due.state.id, rule_id=due.rule.id)
            return Decision(_run(due, RunOutcome.FAILED, UNFORESEEN))

    def _fill(self, due: _Due) -> Decision:
        """Find a time and a draft for each post of the occurrence."""
        state, spec = due.state, due.rule.spec
        if state.account is None:
            reason = "No DeviantArt account is connected. Connect one under Connect › Accounts."
            return Decision(_run(due, RunOutcome.FAILED, reason))
        board = self._boards[state.account.id]
        pattern = title_pattern(state.row)
        posts: list[PlannedPost] = []
        values: dict[str, dict[str, Any]] = {}
        passed_over: list[str] = []
        stopped: tuple[RunOutcome, str] | None = None
        for place in range(spec.posts_each_time):
            slot = self._free_time(due, board, place)
            if isinstance(slot, tuple):
                stopped = slot
                break
            taken = self._take(state, slot, pattern, passed_over)
            if taken is None:
                stopped = (RunOutcome.NO_DRAFTS, "No draft is left that it may take.")
                break
            candidate, changes = taken
            post = self._promise(due, board, slot, candidate, changes)
            posts.append(post)
            values[candidate.id] = changes
        outcome = RunOutcome.SCHEDULED
        if stopped is not None:
            outcome = RunOutcome.PARTIAL if posts else stopped[0]
        alike = [f"“{post.title}” looks very much like another post." for post in posts if post.looks_alike]
        said = [*([stopped[1]] if stopped else []), *alike[:NAMED_AT_MOST], *_named(passed_over)]
        run = _run(due, outcome, " ".join(said) or None, tuple(posts))
        is_dry = stopped is not None and stopped[0] is RunOutcome.NO_DRAFTS
        return Decision(replace(run, ran_dry=True) if is_dry else run, values)

    def _free_time(self, due: _Due, board: Board, place: int) -> Slot | tuple[RunOutcome, str]:
        """A time for the post at ``place`` of the occurrence, or why there is none."""
        row = due.state.row
        # The same delay in the preview and in the run, whatever else happens.
        chance = random.Random(f"{row.seed}:{due.rule.id}:{due.occurrence.key}:{place}")  # noqa: S311 - no secret
        delay = timedelta(seconds=chance.randint(row.jitter_min_seconds, row.jitter_max_seconds))
        found = board.find(due.base, delay, may_move=row.when_blocked is WhenBlocked.MOVE)
        if isinstance(found, Taken):
            return RunOutcome.BLOCKED, found.reason
        day = found.promise.astimezone(due.state.zone).date()
        maximum = due.state.maximum(day)
        if maximum is not None and due.state.by_day[day] >= maximum:
            return RunOutcome.QUOTA, f"The maximum of {maximum} a day is reached on {day:%d %b}."
        return found

    def _take(
        self, state: AutomationState, slot: Slot, pattern: Pattern | None, passed_over: list[str]
    ) -> tuple[Candidate, dict[str, Any]] | None:
        """The next draft that can go out as it would be."""
        assert state.account is not None
        day = slot.promise.astimezone(state.zone).date()
        for candidate in state.pool:
            if candidate.id in self._taken:
                continue
            changes = dress(candidate, state.row, state.defaults, pattern, number=state.posts_made + 1, day=day)
            wrong = problems(candidate, changes, state.account)
            if state.lookalikes == "pass_over" and not wrong and self._lookalikes.has_like(candidate.pictures):
                wrong = ["It looks very much like another post."]
            if not wrong:
                return candidate, changes
            passed_over.append(f"“{candidate.fields['title']}” was passed over: {wrong[0]}")
        return None

    def _promise(
        self, due: _Due, board: Board, slot: Slot, candidate: Candidate, changes: dict[str, Any]
    ) -> PlannedPost:
        """Remember what was decided: for all that is decided after it, it is so."""
        state = due.state
        assert state.account is not None
        looks_alike = state.lookalikes == "warn" and self._lookalikes.has_like(candidate.pictures)
        self._lookalikes.remember(candidate.pictures)
        self._taken |= {candidate.id}
        board.take(slot.promise)
        state.remember(candidate, slot.promise)
        return PlannedPost(
            automation_id=state.id,
            rule_id=due.rule.id,
            occurrence_key=due.occurrence.key,
            deviation_id=candidate.id,
            account_id=state.account.id,
            title=changes.get("title", candidate.fields["title"]),
            scheduled_at=slot.at,
            jitter_seconds=int((slot.promise - slot.at).total_seconds()),
            actual_publish_at=slot.promise,
            moved_because=slot.moved_because,
            looks_alike=looks_alike,
        )


def _run(due: _Due, outcome: RunOutcome, reason: str | None = None, posts: tuple[PlannedPost, ...] = ()) -> PlannedRun:
    return PlannedRun(
        automation_id=due.state.id,
        rule_id=due.rule.id,
        rule_type=due.rule.spec.type.value,
        occurrence_key=due.occurrence.key,
        occurrence_at=due.occurrence.at,
        outcome=outcome,
        posts=posts,
        reason=reason,
    )


def _named(passed_over: list[str]) -> list[str]:
    rest = len(passed_over) - NAMED_AT_MOST
    more = [f"{rest} more drafts were passed over."] if rest > 0 else []
    return [*passed_over[:NAMED_AT_MOST], *more]
