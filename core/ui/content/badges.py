"""What a deviation's state is called on screen, how it looks, and what a person can do about it."""

from dataclasses import dataclass, replace
from typing import Literal

from core.publishing.listing import DeviationView
from core.publishing.models import DeviationStatus, HoldReason

Colour = Literal["red", "orange", "blue", "green", "gray", "violet"]


@dataclass(frozen=True, slots=True)
class Badge:
    """A word and an icon; ``note`` says why and what to do, when there is something to do."""

    label: str
    icon: str
    colour: Colour
    note: str | None = None

    @property
    def markdown(self) -> str:
        return f":{self.colour}-badge[{self.icon} {self.label}]"


def badge_of(view: DeviationView) -> Badge:
    """The badge of a deviation as it stands now."""
    if view.is_busy:
        return Badge("Working now", ":material/sync:", "blue")
    if view.status is DeviationStatus.SCHEDULED or view.status in _UNDER_WAY:
        return _waiting(view)
    if view.status is DeviationStatus.PUBLISHED and view.stash_only:
        return Badge("In Sta.sh", ":material/inventory_2:", "green", "Kept in Sta.sh, not shown to others.")
    if view.status is DeviationStatus.PUBLISHED and view.error_message:
        return replace(_PLAIN[view.status], note=view.error_message)
    if view.status is DeviationStatus.FAILED:
        return Badge("Failed", ":material/error:", "red", view.error_message)
    return _PLAIN[view.status]


def _waiting(view: DeviationView) -> Badge:
    if view.waits_for_account:
        name = view.account_name or "Its account"
        return Badge(
            "Needs reconnect",
            ":material/link_off:",
            "orange",
            f"{name} must be connected again under Connect › Accounts. The post keeps its time until then.",
        )
    if view.hold_reason is not None:
        return _HELD[view.hold_reason]
    if view.status in _UNDER_WAY:
        return Badge("Under way", ":material/hourglass_top:", "blue", view.error_message)
    if view.error_message:
        return Badge("Trying again", ":material/replay:", "orange", view.error_message)
    return _PLAIN[DeviationStatus.SCHEDULED]


_UNDER_WAY = (DeviationStatus.UPLOADING, DeviationStatus.PUBLISHING)

_HELD = {
    HoldReason.LATE: Badge(
        "Held: late",
        ":material/pause_circle:",
        "orange",
        "It could not go out in time, and you asked to be asked. Publish it now or choose another time.",
    ),
    HoldReason.AGREEMENT: Badge(
        "Held: agreement",
        ":material/gavel:",
        "orange",
        "DeviantArt asks to accept its submission policy or terms. Accept them under Connect › Accounts, "
        "then publish it now or choose another time.",
    ),
}

_PLAIN = {
    DeviationStatus.REVIEW: Badge("In review", ":material/rate_review:", "violet"),
    DeviationStatus.DRAFT: Badge("Draft", ":material/edit_note:", "gray"),
    DeviationStatus.SCHEDULED: Badge("Scheduled", ":material/schedule:", "gray"),
    DeviationStatus.UPLOADING: Badge("Under way", ":material/hourglass_top:", "blue"),
    DeviationStatus.PUBLISHING: Badge("Under way", ":material/hourglass_top:", "blue"),
    DeviationStatus.PUBLISHED: Badge("Published", ":material/check_circle:", "green"),
    DeviationStatus.FAILED: Badge("Failed", ":material/error:", "red"),
}
