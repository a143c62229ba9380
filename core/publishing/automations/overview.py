"""What the list of automations shows: how each stands, when it runs next, and how long its drafts last."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select, text
from sqlalchemy.orm import Session

from core.publishing.automations.errors import AutomationRefused
from core.publishing.automations.forecast import Forecast, PlannedPost
from core.publishing.automations.forms import AutomationForm
from core.publishing.automations.history import RunView, last_runs
from core.publishing.automations.lookup import get_automation, is_running, list_automations, person_zone
from core.publishing.automations.models import Automation, AutomationScheduleRule
from core.publishing.automations.readiness import find_posting_account, obstacles
from core.publishing.automations.rules import RuleSpec, describe
from core.publishing.automations.simulation import simulate
from core.publishing.automations.sources import count_matching, in_pool, matching, read_filter
from core.publishing.models import QUEUE, Deviation
from core.sales.models import PricePreset
from core.system.actors import Actor

COUNTED_AT_MOST = 1000
UPCOMING = 3


@dataclass(frozen=True, slots=True)
class RuleView:
    """A rule in words, and when it runs next."""

    id: str
    words: str
    enabled: bool
    next_at: datetime | None


@dataclass(frozen=True, slots=True)
class AutomationOverview:
    """One automation as a card shows it.

    ``drafts`` counts what it could take now, up to ``COUNTED_AT_MOST``; ``dry_at`` is the first occurrence that
    finds none, if that comes within the forecast. ``trouble`` says why it could not be on, as sentences.
    """

    id: str
    form: AutomationForm
    enabled: bool
    paused_until: datetime | None
    is_running: bool
    zone: str
    account_id: str | None
    account_name: str | None
    rules: tuple[RuleView, ...]
    drafts: int
    scheduled: int
    dry_at: datetime | None
    upcoming: tuple[PlannedPost, ...]
    last_run: RunView | None
    trouble: tuple[str, ...]

    @property
    def next_at(self) -> datetime | None:
        """The next occurrence of any of its rules; ``None`` while it is off."""
        return min((rule.next_at for rule in self.rules if rule.next_at), default=None)


def overview(session: Session, actor: Actor, *, now: datetime, until: datetime) -> list[AutomationOverview]:
    """All automations of the person in their order, foreseen up to ``until``."""
    rows = list_automations(session, actor)
    foreseen = simulate(session, actor, now=now, until=until) if any(row.enabled for row in rows) else Forecast(until)
    return _views(session, rows, foreseen, now=now)


def overview_of(
    session: Session, actor: Actor, automation_id: str, *, now: datetime, until: datetime
) -> AutomationOverview:
    """One automation, foreseen up to ``until``; raises ``AutomationNotFound``."""
    row = get_automation(session, actor, automation_id)
    foreseen = Forecast(until)
    if row.enabled:
        foreseen = simulate(session, actor, now=now, until=until, automation_ids=[row.id])
    return _views(session, [row], foreseen, now=now)[0]


def matching_ids(session: Session, actor: Actor, form: AutomationForm, *, limit: int) -> list[str]:
    """The first drafts that an automation described so could take, oldest first; for looking at.

    Raises :class:`AutomationRefused` for a source that cannot be used.
    """
    account_id = posting_account_id(session, actor, form)
    conditions = [*in_pool(actor.user_id, account_id), *matching(session, read_filter(form.source_filter))]
    query = select(Deviation.id).where(*conditions).order_by(Deviation.created_at, Deviation.id)
    return list(session.scalars(query.limit(limit)))


def count_drafts(session: Session, actor: Actor, form: AutomationForm, *, limit: int = COUNTED_AT_MOST) -> int:
    """How many drafts an automation described so could take; counting stops at ``limit``."""
    source = read_filter(form.source_filter)
    return count_matching(session, actor.user_id, posting_account_id(session, actor, form), source, limit=limit)


def posting_account_id(session: Session, actor: Actor, form: AutomationForm) -> str | None:
    """The account a form means: its own, or the person's default; ``None`` when there is none that can be used."""
    described = Automation(user_id=actor.user_id, account_id=form.account_id)
    account, problem = find_posting_account(session, described)
    return account.id if account is not None and problem is None else None


def list_projects(session: Session, actor: Actor, *, limit: int = 200) -> list[str]:
    """The projects that a person's posts belong to, for choosing from."""
    mine = [Deviation.user_id == actor.user_id, Deviation.deleted_at.is_(None), Deviation.project.is_not(None)]
    query = select(Deviation.project).where(*mine).distinct().order_by(Deviation.project).limit(limit)
    return [project for project in session.scalars(query) if project]


def list_presets(session: Session, actor: Actor, *, chosen: str | None = None) -> list[PricePreset]:
    """The presets that posts can be sold with, in the person's order; an archived one only while it is ``chosen``."""
    preset = PricePreset
    usable = or_(preset.archived_at.is_(None), preset.id == chosen) if chosen else preset.archived_at.is_(None)
    query = select(preset).where(preset.user_id == actor.user_id, usable)
    return list(session.scalars(query.order_by(preset.sort_order, preset.created_at, preset.id)))


def _views(
    session: Session, rows: Sequence[Automation], foreseen: Forecast, *, now: datetime
) -> list[AutomationOverview]:
    ids = [row.id for row in rows]
    rules, runs, scheduled = _rules(session, ids), last_runs(session, ids), _scheduled(session, ids)
    upcoming: defaultdict[str, list[PlannedPost]] = defaultdict(list)
    for post in foreseen.posts:
        if len(upcoming[post.automation_id]) < UPCOMING:
            upcoming[post.automation_id].append(post)
    found = []
    for row in rows:
        account, problem = find_posting_account(session, row)
        found.append(
            AutomationOverview(
                id=row.id,
                form=AutomationForm.of(row),
                enabled=row.enabled,
                paused_until=row.paused_until if row.paused_until and row.paused_until > now else None,
                is_running=is_running(row, now=now),
                zone=row.timezone or person_zone(session, row.user_id),
                account_id=account.id if account else None,
                account_name=account.username if account else None,
                rules=tuple(rules[row.id]),
                drafts=_drafts(session, row, account.id if account and not problem else None),
                scheduled=scheduled.get(row.id, 0),
                dry_at=foreseen.dry_at.get(row.id),
                upcoming=tuple(upcoming[row.id]),
                last_run=runs.get(row.id),
                trouble=tuple(obstacles(session, row, now=now)),
            )
        )
    return found


def _drafts(session: Session, row: Automation, account_id: str | None) -> int:
    try:
        source = read_filter(row.source_filter)
    except AutomationRefused:  # stored by an older version: a run says so too
        return 0
    return count_matching(session, row.user_id, account_id, source, limit=COUNTED_AT_MOST)


def _rules(session: Session, ids: Sequence[str]) -> defaultdict[str, list[RuleView]]:
    rule = AutomationScheduleRule
    query = select(rule).where(rule.automation_id.in_(ids)).order_by(rule.priority, rule.created_at, rule.id)
    found: defaultdict[str, list[RuleView]] = defaultdict(list)
    for one in session.scalars(query):
        found[one.automation_id].append(RuleView(one.id, describe(RuleSpec.of(one)), one.enabled, one.next_at))
    return found


def _scheduled(session: Session, ids: Sequence[str]) -> dict[str, int]:
    """How many posts each has given a time that they still wait for."""
    query = select(Deviation.automation_id, func.count()).where(Deviation.automation_id.in_(ids), text(QUEUE))
    return {row[0]: row[1] for row in session.execute(query.group_by(Deviation.automation_id)) if row[0]}
