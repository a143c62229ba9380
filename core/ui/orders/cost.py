"""What an order cost, in words."""

from core.studio.orders.listing import OrderView
from core.ui.money import dollars
from core.ui.words import count


def cost_of(order: OrderView) -> str:
    """What it cost, or what it will."""
    if order.cost is None and order.estimated_cost is None:
        return "cost unknown"
    if order.cost is None:
        return f"about {dollars(order.estimated_cost)} expected" if order.estimated_cost else "free"
    more = f", {count(order.unpriced, 'item')} unpriced" if order.unpriced else ""
    if order.cost == 0:
        return f"free{more}"
    return f"{dollars(order.cost)}{_so_far(order)}{more}"


def _so_far(order: OrderView) -> str:
    """While it runs, that this is not all, and about how much it will be."""
    if order.has_ended:
        return ""
    return f" so far of about {dollars(order.estimated_cost)}" if order.estimated_cost else " so far"
