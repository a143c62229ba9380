"""What the Execution logs screen shows, as its address says it: ``logs?outcome=failed&range=7+days``.

Streamlit writes choices into the address by the words they are shown with, so those must differ.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import streamlit as st

from core.identity.models import Account
from core.publishing.attempts import AttemptFilter
from core.ui.pager import begin_again

STEPS = ("submit", "publish", "lookup", "token", "prepare")
OUTCOMES = ("done", "failed", "unknown")
RANGES = {"24h": timedelta(hours=24), "7d": timedelta(days=7), "30d": timedelta(days=30)}
RANGE_NAMES = {"24h": "24 hours", "7d": "7 days", "30d": "30 days", "all": "Everything", "days": "Choose days"}
_UNSET = {"outcome": None, "step": None, "category": None, "account-name": None, "range": "30d", "q": ""}


@dataclass(frozen=True, slots=True)
class Chosen:
    """The filters as the person set them; ``None`` and an empty text mean: any."""

    outcome: str | None
    step: str | None
    category: str | None
    account_id: str | None
    range_name: str
    days: tuple[date, ...]
    text: str

    @property
    def is_narrowed(self) -> bool:
        return any((self.outcome, self.step, self.category, self.account_id, self.text)) or self.range_name != "30d"

    def wanted(self, *, timezone: str, now: datetime) -> AttemptFilter:
        """The same as the service takes it; days begin at midnight in ``timezone``."""
        since, before = self._bounds(ZoneInfo(timezone), now)
        return AttemptFilter(
            outcome=self.outcome,
            step=self.step,
            category=self.category,
            account_id=self.account_id,
            started_from=since,
            started_before=before,
            text=self.text or None,
        )

    def _bounds(self, zone: ZoneInfo, now: datetime) -> tuple[datetime | None, datetime | None]:
        if self.range_name in RANGES:
            return now - RANGES[self.range_name], None
        if self.range_name != "days" or not self.days:
            return None, None
        first, last = self.days[0], self.days[-1]
        return (
            datetime.combine(first, time(), zone),
            datetime.combine(last + timedelta(days=1), time(), zone),
        )


def show_filters(accounts: Sequence[Account], categories: Sequence[str]) -> Chosen:
    """The row of filters; their values live in the address."""
    with st.container(key="log-filters"):
        text = st.text_input(
            "Title or message", key="q", bind="query-params", type="search", icon=":material/search:",
            on_change=begin_again, placeholder="Search",
        )  # fmt: skip
        outcome = _choice("Outcome", "outcome", OUTCOMES, {"unknown": "no answer"})
        step = _choice("Step", "step", STEPS)
        category = _choice("Category", "category", categories)
        account_id = _choice(
            "Account", "account-name", [one.id for one in accounts], {one.id: _account_name(one) for one in accounts}
        )
        range_name = st.selectbox(
            "Time", list(RANGE_NAMES), index=2, format_func=RANGE_NAMES.__getitem__, key="range", bind="query-params",
            on_change=begin_again,
        )  # fmt: skip
        days = _days() if range_name == "days" else ()
    return Chosen(outcome, step, category, account_id, range_name or "30d", days, (text or "").strip())


def clear() -> None:
    """Forget all filters."""
    begin_again()
    for name, value in _UNSET.items():
        st.session_state[name] = value


def named(category: str) -> str:
    """``rate_limited`` as people read it."""
    return category.replace("_", " ")


def _choice(label: str, key: str, values: Sequence[str], names: dict[str, str] | None = None) -> str | None:
    chosen: str | None = st.selectbox(
        label,
        values,
        index=None,
        placeholder="Any",
        format_func=lambda value: (names or {}).get(value, named(value)),
        key=key,
        bind="query-params",
        on_change=begin_again,
    )
    return chosen


def _account_name(account: Account) -> str:
    """One may have the same name at both sites."""
    return f"{account.username} (sandbox)" if account.provider.endswith("-sandbox") else account.username


def _days() -> tuple[date, ...]:
    chosen = st.date_input("Days", value=[], key="days", bind="query-params", on_change=begin_again)
    return chosen if isinstance(chosen, tuple) else ()
