"""What a person can say about an automation, as a form fills it in: plain values, nothing is checked yet."""

from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any, Self

from core.publishing.automations.models import (
    Automation,
    AutomationDefaultValue,
    BlackoutKind,
    BlackoutWindow,
    CatchUp,
    PostingLimits,
    SelectionMethod,
    WhenBlocked,
)
from core.publishing.automations.rules import RuleSpec
from core.publishing.models import LatePolicy

COLOR = "#6366f1"


@dataclass(frozen=True, slots=True)
class AutomationForm:
    """Every column of an automation that a person sets, under the column's name.

    ``account_id`` and ``timezone`` are ``None`` for the person's own; ``source_filter`` is as
    ``sources.SourceFilter`` stores it.
    """

    name: str = ""
    description: str | None = None
    color: str = COLOR
    icon: str | None = None
    account_id: str | None = None
    timezone: str | None = None

    draft_selection_method: SelectionMethod = SelectionMethod.FIFO
    source_filter: dict[str, Any] = field(default_factory=dict)
    title_pattern: str | None = None
    stash_only_by_default: bool = False

    jitter_min_seconds: int = 0
    jitter_max_seconds: int = 300
    when_blocked: WhenBlocked = WhenBlocked.MOVE
    catch_up: CatchUp = CatchUp.LATEST
    grace_minutes: int = 15
    late_policy: LatePolicy = LatePolicy.PUBLISH
    max_lateness_minutes: int | None = None
    warn_days: int = 7

    auto_add_to_sale_queue: bool = False
    sale_queue_preset_id: str | None = None

    @classmethod
    def of(cls, row: Automation) -> Self:
        """As an automation has it now."""
        return cls(**{name: getattr(row, name) for name in cls.columns()})

    @classmethod
    def columns(cls) -> tuple[str, ...]:
        """The names of the columns."""
        return tuple(one.name for one in fields(cls))

    def values(self) -> dict[str, Any]:
        """By column."""
        return {name: getattr(self, name) for name in self.columns()}


@dataclass(frozen=True, slots=True)
class DefaultForm:
    """What an automation sets in one field of the drafts it takes; ``apply_if_empty``: only where nothing is set."""

    field_name: str
    value: Any
    apply_if_empty: bool = True

    @classmethod
    def of(cls, row: AutomationDefaultValue) -> Self:
        return cls(row.field_name, row.value, row.apply_if_empty)


@dataclass(frozen=True, slots=True)
class RuleForm:
    """A rule as it is to be; ``id`` is ``None`` for one that does not exist yet."""

    spec: RuleSpec
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Blueprint:
    """A whole automation: what it is called and chooses, when it runs, what it sets."""

    form: AutomationForm
    rules: tuple[RuleForm, ...] = ()
    defaults: tuple[DefaultForm, ...] = ()

    @property
    def specs(self) -> list[RuleSpec]:
        return [rule.spec for rule in self.rules]


@dataclass(frozen=True, slots=True)
class LimitsForm:
    """What all posts of an account keep to; no cap: any number a day."""

    min_gap_minutes: int = 0
    daily_cap: int | None = None
    paused_until: datetime | None = None

    @classmethod
    def of(cls, row: PostingLimits) -> Self:
        return cls(row.min_gap_minutes, row.daily_cap, row.paused_until)


@dataclass(frozen=True, slots=True)
class BlackoutForm:
    """A time without posts: ``weekly`` between two wall times ``HH:MM``, ``once`` between two instants.

    ``account_id`` ``None`` is for all accounts, ``days_of_week`` ``None`` is every day.
    """

    name: str
    kind: BlackoutKind
    account_id: str | None = None
    days_of_week: list[str] | None = None
    start_time: str | None = None
    end_time: str | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    enabled: bool = True

    @classmethod
    def of(cls, row: BlackoutWindow) -> Self:
        return cls(**{one.name: getattr(row, one.name) for one in fields(cls)})

    def values(self) -> dict[str, Any]:
        """By column."""
        return {one.name: getattr(self, one.name) for one in fields(self)}
