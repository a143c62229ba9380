"""What a rule asks for, in words."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from core.studio.products.filters import ProductFilter
from core.ui.money import dollars
from core.ui.page import local
from core.ui.words import plain

_SAID = {
    "no_project": "in no project",
    "unrated": "without stars",
    "unsorted": "not sorted yet",
    "cost_unknown": "of unknown cost",
}
_EITHER = {
    "liked": ("liked", "not liked"),
    "rejected": ("rejected", "not rejected"),
    "drafted": ("in a draft or post", "in no draft or post"),
}


def phrases(rule: ProductFilter, names: Mapping[str, str], timezone: str) -> list[str]:
    """One phrase for each thing a rule asks for, as markdown. ``names`` are of projects, tags and collections by id."""
    return [_phrase(name, value, names, timezone) for name, value in rule.given().items()]


def _phrase(name: str, value: object, names: Mapping[str, str], timezone: str) -> str:
    if name in _SAID:
        return _SAID[name]
    if name in _EITHER:
        return _EITHER[name][0 if value else 1]
    match name:
        case "words":
            return f"with “{plain(str(value))}”"
        case "project_id" | "tag_id" | "collection_id":
            kind = {"project_id": "in", "tag_id": "tagged", "collection_id": "in the collection"}[name]
            return f"{kind} {plain(names.get(str(value), 'what is no longer there'))}"
        case "order_id":
            return "of one order"
        case "rating_from":
            return "5 stars" if value == 5 else f"{value} stars or more"
        case "model" | "provider":
            return f"{'by' if name == 'model' else 'from'} {plain(str(value))}"
        case "created_from" | "created_before" if isinstance(value, datetime):
            return _day(name, value, timezone)
        case "cost_from" | "cost_to":
            return f"{'from' if name == 'cost_from' else 'up to'} {dollars(value)}"  # type: ignore[arg-type]  # a Decimal
        case _:
            return plain(str(value))


def _day(name: str, value: datetime, timezone: str) -> str:
    if name == "created_from":
        return f"since {local(value, timezone):%Y-%m-%d}"
    # The end is not included: what is before midnight is until the day before.
    return f"until {local(value - timedelta(seconds=1), timezone):%Y-%m-%d}"
