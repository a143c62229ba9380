"""What needs the person besides posts: automations, sales, takeovers of galleries, and messages."""

from collections.abc import Iterator, Sequence

from core.publishing.automations.standing import Troubled
from core.ui.home.need import Need
from core.ui.home.reading import HomeReading
from core.ui.words import count, listed, plain, shortened

NAMED = 3
REASON_LENGTH = 160


def automation_needs(home: HomeReading) -> Iterator[Need]:
    """Those that failed, have no drafts left, or soon will have none."""
    now = home.automations
    yield from _group(
        now.failed, "automation-failed", ":material/error:", "could not do {its} work", "Open it to see why."
    )
    yield from _group(
        now.dry, "automation-dry", ":material/production_quantity_limits:", "{has} no drafts left",
        "Add drafts that fit its source, or switch it off.",
    )  # fmt: skip
    yield from _group(
        now.ending, "automation-ending", ":material/hourglass_bottom:", "soon {has} no drafts left",
        "Add drafts that fit its source.",
    )  # fmt: skip


def sale_needs(home: HomeReading) -> Iterator[Need]:
    """Pieces that could not be priced, and pieces held by a client that fell silent."""
    if failed := home.elsewhere.failed_sales:
        yield Need(
            "sales-failed",
            ":material/sell:",
            f"{count(failed, 'piece')} could not be priced",
            "See why, then try again, or set the price by hand.",
            "See failed sales",
            "sales?status=failed",
        )
    if silent := home.elsewhere.silent_sales:
        yield Need(
            "sales-silent",
            ":material/hourglass_disabled:",
            f"{count(silent, 'piece is', 'pieces are')} held by a client that fell silent",
            "The next client takes over by itself, or you release what it holds.",
            "Sale queue",
            "sales?status=processing",
        )


def takeover_needs(home: HomeReading) -> Iterator[Need]:
    """Takeovers that stopped with an error."""
    for one in home.elsewhere.stopped_takeovers:
        yield Need(
            f"takeover-{one.account_id}",
            ":material/cloud_off:",
            f"Taking over the gallery of {plain(one.username)} stopped",
            plain(shortened(one.reason, REASON_LENGTH)),
            "Resume",
            "accounts",
        )


def delivery_needs(home: HomeReading) -> Iterator[Need]:
    """Messages that were given up."""
    if failed := home.elsewhere.failed_deliveries:
        yield Need(
            "deliveries",
            ":material/unsubscribe:",
            f"{count(failed, 'message')} could not be delivered",
            "The outbox says why. Send again what still matters, and discard the rest.",
            "Outbox",
            "notifications?show=Outbox",
        )


def _group(them: Sequence[Troubled], key: str, icon: str, said: str, advice: str) -> Iterator[Need]:
    """One by its name and reason, several by their number and names."""
    if len(them) == 1:
        title = f"“{plain(them[0].name)}” {said.format(has='has', its='its')}"
        detail = plain(shortened(them[0].reason, REASON_LENGTH)) if them[0].reason else advice
        yield Need(key, icon, title, detail, "Open", f"automations?open={them[0].automation_id}")
    elif them:
        title = f"{count(len(them), 'automation')} {said.format(has='have', its='their')}"
        names = [f"“{plain(one.name)}”" for one in them[:NAMED]]
        names += [f"{len(them) - NAMED:,} more"] if len(them) > NAMED else []
        yield Need(key, icon, title, f"{listed(names)}.", "Automations", "automations")
