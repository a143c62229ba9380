"""For whom and when rows are drawn, and where their accounts live."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core.identity.models import Account
from core.publishing.listing import DeviationView
from core.ui.content.times import when


@dataclass(frozen=True, slots=True)
class Showing:
    """The zone of the person, the instant of drawing, and the accounts at the stand-in."""

    timezone: str
    now: datetime
    sandbox_accounts: frozenset[str]

    @classmethod
    def of(cls, timezone: str, now: datetime, accounts: Sequence[Account]) -> "Showing":
        return cls(timezone, now, frozenset(one.id for one in accounts if is_sandbox(one.provider)))

    def is_in_sandbox(self, row: DeviationView) -> bool:
        """Whether the post goes, or went, to the stand-in instead of DeviantArt."""
        return row.account_id in self.sandbox_accounts

    def account(self, row: DeviationView) -> str:
        """``alice-studio · sandbox``; a dash for none."""
        if row.account_name is None:
            return "–"
        return f"{row.account_name} · sandbox" if self.is_in_sandbox(row) else row.account_name

    def link_label(self, row: DeviationView) -> str:
        return "View in the sandbox" if self.is_in_sandbox(row) else "View on DeviantArt"

    def when(self, row: DeviationView) -> str:
        return when(row, self.timezone, now=self.now)


def is_sandbox(provider: str) -> bool:
    """Whether accounts of this provider live at the stand-in."""
    return provider.endswith("-sandbox")
