"""How providers do: calls, failures by kind, and how long an answer takes."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from core.identity.roles import is_admin
from core.studio.orders.models import AttemptState, GenerationAttempt
from core.system.actors import Actor

# Percentiles are of the latest so many good calls of a model.
SAMPLE = 2_000


@dataclass(frozen=True, slots=True)
class Reliability:
    """One model of one provider. Latencies are milliseconds from the call to its result; ``None`` without a good one.

    ``lost`` calls are those whose answer never came and that nobody can look up.
    """

    provider: str
    model: str
    calls: int
    failed: int
    lost: int
    typical_ms: int | None
    slow_ms: int | None
    reasons: tuple[tuple[str, int], ...]

    @property
    def failure_rate(self) -> float:
        """From 0 to 1."""
        return (self.failed + self.lost) / self.calls if self.calls else 0.0


def reliability(session: Session, actor: Actor, *, since: datetime, until: datetime) -> list[Reliability]:
    """By provider and model, the most called first: of everybody for administrators, else of the person's own."""
    within = _within(session, actor, since, until)
    group = (GenerationAttempt.provider, GenerationAttempt.model)
    query = (
        select(*group, GenerationAttempt.state, GenerationAttempt.error_category, func.count())
        .where(*within)
        .group_by(*group, GenerationAttempt.state, GenerationAttempt.error_category)
    )
    states: dict[tuple[str, str], Counter[AttemptState]] = {}
    reasons: dict[tuple[str, str], Counter[str]] = {}
    for provider, model, state, category, number in session.execute(query):
        states.setdefault((provider, model), Counter())[state] += number
        if state in (AttemptState.FAILED, AttemptState.UNKNOWN):
            reasons.setdefault((provider, model), Counter())[category or "unknown"] += number
    rows = []
    for key, counts in states.items():
        typical, slow = _latencies(session, key, within)
        failed, lost = counts[AttemptState.FAILED], counts[AttemptState.UNKNOWN]
        why = tuple(reasons.get(key, Counter()).most_common())
        rows.append(Reliability(*key, counts.total(), failed, lost, typical, slow, why))
    return sorted(rows, key=lambda row: (-row.calls, row.provider, row.model))


def _within(session: Session, actor: Actor, since: datetime, until: datetime) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [GenerationAttempt.opened_at >= since, GenerationAttempt.opened_at < until]
    if not is_admin(session, actor.user_id):
        found.append(GenerationAttempt.user_id == actor.user_id)
    return found


def _latencies(
    session: Session, key: tuple[str, str], within: list[ColumnElement[bool]]
) -> tuple[int | None, int | None]:
    query = (
        select(GenerationAttempt.latency_ms)
        .where(
            *within,
            GenerationAttempt.provider == key[0],
            GenerationAttempt.model == key[1],
            GenerationAttempt.state == AttemptState.DONE,
            GenerationAttempt.latency_ms.is_not(None),
        )
        .order_by(GenerationAttempt.opened_at.desc())
        .limit(SAMPLE)
    )
    found = sorted(one for one in session.scalars(query) if one is not None)
    if not found:
        return None, None
    return found[len(found) // 2], found[min(len(found) - 1, int(len(found) * 0.95))]
