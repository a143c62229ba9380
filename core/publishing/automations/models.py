"""Tables of automations: what they choose, when they run, what they set, and what came of each run."""

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db.base import Base, Timestamps, primary_key
from core.db.types import Json, PrefixedId
from core.publishing.models import LatePolicy

USER = PrefixedId("usr")
ACCOUNT = PrefixedId("acc")
AUTOMATION = PrefixedId("aut")
RULE = PrefixedId("rul")


class SelectionMethod(enum.StrEnum):
    """Which draft is next: a walk round all of them in a shuffled order, the oldest, or the newest."""

    RANDOM = "random"
    FIFO = "fifo"
    LIFO = "lifo"


class RuleType(enum.StrEnum):
    FIXED_TIME = "fixed_time"
    FIXED_INTERVAL = "fixed_interval"
    DAILY_QUOTA = "daily_quota"


class QuotaMode(enum.StrEnum):
    """``maximum``: other rules stop at so many posts a day. ``drip``: so many posts a day, spread over the window."""

    MAXIMUM = "maximum"
    DRIP = "drip"


class CatchUp(enum.StrEnum):
    """What becomes of occurrences that were missed for longer than the grace: let go, the latest one, or all."""

    SKIP = "skip"
    LATEST = "latest"
    ALL = "all"


class WhenBlocked(enum.StrEnum):
    """A time that a blackout, gap or cap forbids: the next free one, or none."""

    MOVE = "move"
    SKIP = "skip"


class RunOutcome(enum.StrEnum):
    """How one occurrence of a rule ended."""

    SCHEDULED = "scheduled"
    PARTIAL = "partial"  # fewer drafts, or fewer free times, than the rule asks for
    NO_DRAFTS = "no_drafts"
    BLOCKED = "blocked"  # blackout, gap, cap or pause left no time
    QUOTA = "quota"  # the day's maximum is reached
    MISSED = "missed"  # the sidecar was away, and the catch-up policy let it go
    FAILED = "failed"


class Automation(Timestamps, Base):
    """A rule-driven way to schedule drafts.

    ``seed`` and ``shuffle_at`` (the place on the circle of shuffle keys) make random choices and delays the same
    in the preview and in the run. ``last_execution_lock`` and ``is_executing`` are the lease of the run under way.
    """

    __tablename__ = "automations"
    __table_args__ = (
        Index("ix_automations_user_id_enabled", "user_id", "enabled"),
        Index("ix_automations_user_id_sort_order", "user_id", "sort_order"),
        Index("ix_automations_sale_queue_preset_id", "sale_queue_preset_id"),
        CheckConstraint("0 <= jitter_min_seconds AND jitter_min_seconds <= jitter_max_seconds", name="jitter_bounds"),
        CheckConstraint("jitter_max_seconds <= 3600", name="jitter_limit"),
        CheckConstraint("grace_minutes >= 0", name="grace_not_negative"),
        CheckConstraint("NOT is_executing OR last_execution_lock IS NOT NULL", name="execution_has_lock"),
    )

    id: Mapped[str] = primary_key("aut")
    user_id: Mapped[str] = mapped_column(USER, ForeignKey("users.id", ondelete="CASCADE"))
    # The account it posts with; None: the person's default one.
    account_id: Mapped[str | None] = mapped_column(ACCOUNT, ForeignKey("accounts.id", ondelete="SET NULL"), index=True)
    name: Mapped[str] = mapped_column(String(100))
    description: Mapped[str | None] = mapped_column(String(500))
    color: Mapped[str] = mapped_column(String(7), default="#6366f1")
    icon: Mapped[str | None] = mapped_column(String(64))
    sort_order: Mapped[int] = mapped_column(default=0)
    enabled: Mapped[bool] = mapped_column(default=False)
    paused_until: Mapped[datetime | None]
    timezone: Mapped[str | None] = mapped_column(String(64))  # None: the person's

    draft_selection_method: Mapped[SelectionMethod] = mapped_column(default=SelectionMethod.FIFO)
    source_filter: Mapped[dict[str, Any]] = mapped_column(default=dict)  # see ``sources.SourceFilter``
    seed: Mapped[int] = mapped_column(default=0)
    shuffle_at: Mapped[int] = mapped_column(default=0)
    posts_made: Mapped[int] = mapped_column(default=0)  # what {n} of the title pattern counts from
    title_pattern: Mapped[str | None] = mapped_column(String(200))
    stash_only_by_default: Mapped[bool] = mapped_column(default=False)

    jitter_min_seconds: Mapped[int] = mapped_column(default=0)
    jitter_max_seconds: Mapped[int] = mapped_column(default=300)
    when_blocked: Mapped[WhenBlocked] = mapped_column(default=WhenBlocked.MOVE)
    catch_up: Mapped[CatchUp] = mapped_column(default=CatchUp.LATEST)
    grace_minutes: Mapped[int] = mapped_column(default=15)
    late_policy: Mapped[LatePolicy] = mapped_column(default=LatePolicy.PUBLISH)
    max_lateness_minutes: Mapped[int | None]
    warn_days: Mapped[int] = mapped_column(default=7)  # say so when drafts run out within this many days

    last_execution_lock: Mapped[datetime | None]
    is_executing: Mapped[bool] = mapped_column(default=False)

    auto_add_to_sale_queue: Mapped[bool] = mapped_column(default=False)
    sale_queue_preset_id: Mapped[str | None] = mapped_column(
        PrefixedId("prc"), ForeignKey("price_presets.id", ondelete="SET NULL")
    )

    rules: Mapped[list["AutomationScheduleRule"]] = relationship(
        lazy="raise",
        order_by="(AutomationScheduleRule.priority, AutomationScheduleRule.created_at, AutomationScheduleRule.id)",
        passive_deletes=True,
    )
    default_values: Mapped[list["AutomationDefaultValue"]] = relationship(
        lazy="raise", order_by="AutomationDefaultValue.field_name", passive_deletes=True
    )


class AutomationScheduleRule(Timestamps, Base):
    """When an automation runs. Wall times are ``HH:MM`` in its zone; ``next_at`` is the next occurrence in UTC,
    ``None`` while the rule or its automation is off or when there is none."""

    __tablename__ = "automation_schedule_rules"
    __table_args__ = (
        Index("ix_automation_schedule_rules_automation_id_priority", "automation_id", "priority"),
        # The tick's only query.
        Index(
            "ix_automation_schedule_rules_next_at",
            "next_at",
            sqlite_where=text("next_at IS NOT NULL"),
            postgresql_where=text("next_at IS NOT NULL"),
        ),
        CheckConstraint("type <> 'fixed_time' OR time_of_day IS NOT NULL", name="fixed_time_has_time"),
        CheckConstraint(
            "type <> 'fixed_interval' OR (interval_minutes BETWEEN 5 AND 10080"
            " AND deviations_per_interval BETWEEN 1 AND 100 AND anchor_at IS NOT NULL)",
            name="fixed_interval_has_interval",
        ),
        CheckConstraint(
            "type <> 'daily_quota' OR (daily_quota BETWEEN 1 AND 100 AND quota_mode IS NOT NULL)",
            name="daily_quota_has_quota",
        ),
    )

    id: Mapped[str] = primary_key("rul")
    automation_id: Mapped[str] = mapped_column(AUTOMATION, ForeignKey("automations.id", ondelete="CASCADE"))
    type: Mapped[RuleType]
    time_of_day: Mapped[str | None] = mapped_column(String(5))
    interval_minutes: Mapped[int | None]
    deviations_per_interval: Mapped[int | None]
    anchor_at: Mapped[datetime | None]  # intervals count from here
    daily_quota: Mapped[int | None]
    quota_mode: Mapped[QuotaMode | None]
    window_start: Mapped[str | None] = mapped_column(String(5))  # of a drip
    window_end: Mapped[str | None] = mapped_column(String(5))
    days_of_week: Mapped[list[str] | None] = mapped_column(Json)  # None: every day
    priority: Mapped[int] = mapped_column(default=0)
    enabled: Mapped[bool] = mapped_column(default=True)
    next_at: Mapped[datetime | None]


class AutomationDefaultValue(Timestamps, Base):
    """What an automation sets on the drafts it takes: one value per field."""

    __tablename__ = "automation_default_values"
    __table_args__ = (UniqueConstraint("automation_id", "field_name"),)

    id: Mapped[str] = primary_key("adv")
    automation_id: Mapped[str] = mapped_column(AUTOMATION, ForeignKey("automations.id", ondelete="CASCADE"))
    field_name: Mapped[str] = mapped_column(String(48))
    value: Mapped[Any] = mapped_column(Json)
    apply_if_empty: Mapped[bool] = mapped_column(default=True)


class AutomationOccurrence(Base):
    """An occurrence of a rule that was dealt with. The key makes sure that it is dealt with once, whoever runs."""

    __tablename__ = "automation_occurrences"
    __table_args__ = (
        UniqueConstraint("rule_id", "occurrence_key"),
        Index("ix_automation_occurrences_fired_at", "fired_at"),
    )

    id: Mapped[str] = primary_key("occ")
    automation_id: Mapped[str] = mapped_column(AUTOMATION, ForeignKey("automations.id", ondelete="CASCADE"), index=True)
    rule_id: Mapped[str] = mapped_column(RULE, ForeignKey("automation_schedule_rules.id", ondelete="CASCADE"))
    occurrence_key: Mapped[str] = mapped_column(String(40))  # its local time, as in 2026-11-21T14:00
    occurrence_at: Mapped[datetime]
    fired_at: Mapped[datetime]
    outcome: Mapped[RunOutcome]
    scheduled_count: Mapped[int] = mapped_column(default=0)


class AutomationExecutionLog(Base):
    """One run of one rule: how many drafts it scheduled, or why none. Repetitions of “no drafts” are not logged."""

    __tablename__ = "automation_execution_logs"
    __table_args__ = (Index("ix_automation_execution_logs_automation_id_executed_at", "automation_id", "executed_at"),)

    id: Mapped[str] = primary_key("log")
    automation_id: Mapped[str] = mapped_column(AUTOMATION, ForeignKey("automations.id", ondelete="CASCADE"))
    executed_at: Mapped[datetime]
    scheduled_count: Mapped[int] = mapped_column(default=0)
    error_message: Mapped[str | None] = mapped_column(Text)
    triggered_by_rule_type: Mapped[str | None] = mapped_column(String(32))
    rule_id: Mapped[str | None] = mapped_column(
        RULE, ForeignKey("automation_schedule_rules.id", ondelete="SET NULL"), index=True
    )
    occurrence_at: Mapped[datetime | None]
    outcome: Mapped[RunOutcome | None]
    deviation_ids: Mapped[list[str]] = mapped_column(default=list)


class PostingLimits(Timestamps, Base):
    """What all posts of an account keep to, whoever planned them: distance, number a day, a pause."""

    __tablename__ = "posting_limits"
    __table_args__ = (
        CheckConstraint("min_gap_minutes BETWEEN 0 AND 10080", name="gap"),
        CheckConstraint("daily_cap BETWEEN 1 AND 1000", name="cap"),
    )

    id: Mapped[str] = primary_key("lim")
    user_id: Mapped[str] = mapped_column(USER, ForeignKey("users.id", ondelete="CASCADE"), index=True)
    account_id: Mapped[str] = mapped_column(ACCOUNT, ForeignKey("accounts.id", ondelete="CASCADE"), unique=True)
    min_gap_minutes: Mapped[int] = mapped_column(default=0)
    daily_cap: Mapped[int | None]
    paused_until: Mapped[datetime | None]


class BlackoutKind(enum.StrEnum):
    WEEKLY = "weekly"
    ONCE = "once"


class BlackoutWindow(Timestamps, Base):
    """A time in which automations post nothing: every week between two wall times in the person's zone (past
    midnight if the end is before the start), or once between two instants. No account: all of the person's."""

    __tablename__ = "blackout_windows"
    __table_args__ = (
        CheckConstraint(
            "kind <> 'weekly' OR (start_time IS NOT NULL AND end_time IS NOT NULL)", name="weekly_has_times"
        ),
        CheckConstraint(
            "kind <> 'once' OR (starts_at IS NOT NULL AND ends_at IS NOT NULL AND starts_at < ends_at)",
            name="once_has_instants",
        ),
    )

    id: Mapped[str] = primary_key("blk")
    user_id: Mapped[str] = mapped_column(USER, ForeignKey("users.id", ondelete="CASCADE"), index=True)
    account_id: Mapped[str | None] = mapped_column(ACCOUNT, ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(100))
    kind: Mapped[BlackoutKind]
    days_of_week: Mapped[list[str] | None] = mapped_column(Json)  # weekly; None: every day
    start_time: Mapped[str | None] = mapped_column(String(5))
    end_time: Mapped[str | None] = mapped_column(String(5))
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    enabled: Mapped[bool] = mapped_column(default=True)
