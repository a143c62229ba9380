"""What of the studio needs the person: orders that failed in part, providers that stand still, pictures to cull."""

from collections.abc import Iterator

from core.ui.home.need import Need
from core.ui.home.reading import UNJUDGED_LIMIT, HomeReading
from core.ui.words import count, plain, shortened

PROMPT_LENGTH = 60
FEW = 5


def provider_needs(home: HomeReading) -> Iterator[Need]:
    """Providers that hold orders back."""
    for one in home.making.stopped:
        yield Need(
            f"provider-{one.id}",
            ":material/hub:",
            f"{plain(one.name)} makes nothing at present",
            plain(shortened(one.reason or "Orders wait for it. Its card says why.", 160)),
            "Providers",
            "providers",
        )


def order_needs(home: HomeReading) -> Iterator[Need]:
    """Orders of the last days that ended with failed items."""
    failed = home.making.failed
    if len(failed) == 1:
        one = failed[0]
        yield Need(
            f"order-{one.id}",
            ":material/error:",
            f"{count(one.failed, 'item')} of an order failed",
            plain(shortened(one.prompt, PROMPT_LENGTH)) or "Open it to see why.",
            "Open",
            f"orders?order={one.id}",
        )
    elif failed:
        total = home.making.failed_total
        items = count(sum(one.failed for one in failed), "item") if total == len(failed) else "Items"
        yield Need(
            "orders-failed",
            ":material/error:",
            f"{items} of {total:,} orders failed",
            "See why, then retry what still matters.",
            "Orders",
            "orders?orders-show=With+failures",
        )


def culling_needs(home: HomeReading) -> Iterator[Need]:
    """Pictures nobody has judged; a handful is no task."""
    waiting = home.making.unjudged
    if waiting >= FEW:
        many = f"{UNJUDGED_LIMIT:,} and more pictures" if waiting >= UNJUDGED_LIMIT else count(waiting, "picture")
        yield Need(
            "culling",
            ":material/photo_library:",
            f"{many} to cull",
            "Like, rate or reject them; the liked become drafts with one click.",
            "Gallery",
            "gallery",
        )
