"""US dollars in a person's words. Unknown is said, and is never zero."""

from decimal import Decimal

from core.metering.price import Price


def dollars(amount: Decimal | None) -> str:
    """``$0.039``, ``$12.50``, ``$0``: cents, and more places where there is less than a cent; a word for unknown.

    The sign is escaped for markdown, where two of them make a formula.
    """
    if amount is None:
        return "unknown"
    if amount == 0:
        return "\\$0"
    return f"\\${plain_dollars(amount)}"


def plain_dollars(amount: Decimal) -> str:
    """The figure alone, for labels and files."""
    exact = amount.normalize()
    places = max(2, min(6 if amount < 1 else 3, -int(exact.as_tuple().exponent)))
    return f"{amount:,.{places}f}"


def rounded(amount: Decimal) -> Decimal:
    """An average, to as many places as mean something: cents, and more where there is less than a dime."""
    return round(amount, 2 if amount >= Decimal("0.1") else 3 if amount >= Decimal("0.01") else 6)


def about(price: Price, each: str) -> str:
    """``about $0.04 a picture``, ``free``, ``price unknown``."""
    if price.cost is None:
        return "price unknown"
    return "free" if price.cost == 0 else f"about {dollars(price.cost)} {each}"
