"""Money and latency of sums in a person's words."""

from decimal import Decimal

NANO = 1_000_000_000


def short_dollars(amount: Decimal | None) -> str:
    """``$12.50``, ``$0.0039``; two places from a dollar on, four below. For HTML and tables, not for markdown."""
    if amount is None:
        return "unknown"
    sign, size = ("−" if amount < 0 else ""), abs(amount)
    if size == 0 or size >= 1:
        return f"{sign}${size:,.2f}"
    if size < Decimal("0.0001"):
        return f"{sign}under $0.0001"
    return f"{sign}${size:.4f}".removesuffix("0").removesuffix("0")


def nanos(amount: Decimal) -> int:
    """Whole thousand-millionths of a dollar, for figures that take whole numbers."""
    return int(amount * NANO)


def say_nanos(number: int) -> str:
    return short_dollars(Decimal(number) / NANO)


def change(now: Decimal, before: Decimal) -> str:
    """``+12 %``, ``−40 %``, ``new``; nothing when neither is there."""
    if not before:
        return "new" if now else ""
    share = (now - before) / before
    if abs(share) > 9:
        return f"×{now / before:.0f}" if share > 0 else "−"
    return f"{'+' if share >= 0 else '−'}{abs(share):.0%}".replace("%", " %")
