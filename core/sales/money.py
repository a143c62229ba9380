"""Prices in words: integer cents, or whole units for currencies that have none (ISO 4217)."""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from core.sales.errors import PresetRefused


@dataclass(frozen=True, slots=True)
class Currency:
    """``decimals`` is how many digits its smallest unit has: 2 for cents, 0 for yen."""

    code: str
    name: str
    sign: str
    decimals: int = 2


CURRENCIES: dict[str, Currency] = {
    one.code: one
    for one in (
        Currency("USD", "US dollar", "$"),
        Currency("EUR", "Euro", "€"),
        Currency("GBP", "Pound sterling", "£"),
        Currency("JPY", "Japanese yen", "¥", 0),
        Currency("AUD", "Australian dollar", "A$"),
        Currency("BRL", "Brazilian real", "R$"),
        Currency("CAD", "Canadian dollar", "C$"),
        Currency("CHF", "Swiss franc", "CHF "),
        Currency("CZK", "Czech koruna", "CZK "),
        Currency("DKK", "Danish krone", "DKK "),
        Currency("KRW", "South Korean won", "₩", 0),
        Currency("MXN", "Mexican peso", "MX$"),
        Currency("NOK", "Norwegian krone", "NOK "),
        Currency("NZD", "New Zealand dollar", "NZ$"),
        Currency("PLN", "Polish złoty", "PLN "),
        Currency("SEK", "Swedish krona", "SEK "),
        Currency("SGD", "Singapore dollar", "S$"),
    )
}


def plain_amount(cents: int, currency: str) -> str:
    """The bare number as a price field takes it: 4999 in USD is ``49.99``, 5000 in JPY is ``5000``."""
    decimals = _decimals(currency)
    return str(cents) if decimals == 0 else f"{cents // 10**decimals}.{cents % 10**decimals:0{decimals}d}"


def money(cents: int, currency: str) -> str:
    """The amount as people read it: ``$1,249.00``, ``¥5,000``; a code we do not know stands in front."""
    known = CURRENCIES.get(currency)
    whole, dot, rest = plain_amount(cents, currency).partition(".")
    return f"{known.sign if known else f'{currency} '}{int(whole):,}{dot}{rest}"


def read_amount(text: str, currency: str) -> int:
    """Cents from what a person typed, such as ``49.90``, ``49,90`` or ``1,249.00``. Raises :class:`PresetRefused`."""
    decimals = _decimals(currency)
    bare = text.strip().replace(" ", "").replace("\N{NO-BREAK SPACE}", "")
    try:
        amount = Decimal(_with_point(bare, decimals)) * 10**decimals
    except InvalidOperation:
        raise PresetRefused(f"“{text[:40]}” is no amount. Type a number such as {_example(decimals)}.") from None
    if not amount.is_finite() or amount != amount.to_integral_value():
        raise PresetRefused(f"“{text[:40]}” is no amount of {currency}. Type a number such as {_example(decimals)}.")
    return int(amount)


def _with_point(bare: str, decimals: int) -> str:
    """Commas are thousands, unless a single one stands where the decimal point would."""
    head, comma, tail = bare.rpartition(",")
    if comma and "." not in bare and "," not in head and 0 < len(tail) <= decimals:
        return f"{head}.{tail}"
    return bare.replace(",", "")


def _example(decimals: int) -> str:
    return "49.90" if decimals else "5000"


def _decimals(currency: str) -> int:
    known = CURRENCIES.get(currency)
    return known.decimals if known else 2
