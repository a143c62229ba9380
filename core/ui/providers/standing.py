"""How a provider stands, in a word and a sentence."""

import enum
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from core.studio.catalogue.kinds import KINDS
from core.studio.catalogue.models import Provider
from core.ui.times import moment

NEARLY = Decimal("0.8")


class Standing(enum.StrEnum):
    READY = "Ready"
    OFF = "Off"
    NEEDS_KEY = "Needs a key"
    WAITING = "Waiting"
    CAP_REACHED = "Cap reached"
    FAILING = "Test failed"


COLOURS = {
    Standing.READY: "green",
    Standing.OFF: "gray",
    Standing.NEEDS_KEY: "orange",
    Standing.WAITING: "orange",
    Standing.CAP_REACHED: "orange",
    Standing.FAILING: "red",
}


@dataclass(frozen=True, slots=True)
class Today:
    """What a provider cost on this day of the house, and what calls under way may cost; US dollars."""

    spent: Decimal
    held: Decimal
    cap: Decimal | None

    @property
    def is_full(self) -> bool:
        return self.cap is not None and self.spent + self.held >= self.cap

    @property
    def is_nearly_full(self) -> bool:
        return self.cap is not None and self.cap > 0 and self.spent + self.held >= self.cap * NEARLY


def today_of(row: Provider, day: date) -> Today:
    """The sums of ``day``; those on the row may be of a day that is over."""
    is_of_today = row.spend_day == day
    return Today(
        row.spent_today if is_of_today else Decimal(0),
        row.held_today if is_of_today else Decimal(0),
        row.daily_spend_cap,
    )


def standing_of(row: Provider, day: date, now: datetime) -> Standing:
    """The first of these that is true."""
    if KINDS[row.kind].needs_key and not row.api_key_encrypted:
        return Standing.NEEDS_KEY
    if not row.is_enabled:
        return Standing.OFF
    if row.check_passed is False:
        return Standing.FAILING
    if row.paused_until is not None and row.paused_until > now:
        return Standing.WAITING
    return Standing.CAP_REACHED if today_of(row, day).is_full and row.daily_spend_cap is not None else Standing.READY


def sentence(row: Provider, standing: Standing, timezone: str, now: datetime, *, is_admin: bool) -> str | None:
    """What a person should know, or do, about it."""
    match standing:
        case Standing.WAITING if row.paused_until is not None:
            until = moment(row.paused_until, timezone, now=now)
            return f"Asked for fewer calls, or did not answer. Its items go on {until}, by themselves."
        case Standing.CAP_REACHED:
            return "Today's cap is reached. Its items go on tomorrow, or when the cap is raised."
        case Standing.FAILING:
            return row.check_message or "The last test failed."
        case Standing.NEEDS_KEY:
            return "Paste its key to use it." if is_admin else "An administrator can give it a key."
        case Standing.OFF if row.check_passed is False:
            return row.check_message
    return None
