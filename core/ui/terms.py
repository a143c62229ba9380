"""Whether pictures of a model may be sold, in a few words."""

from collections.abc import Sequence
from urllib.parse import quote

import streamlit as st

from core.studio.catalogue.terms import NotForSale, Terms
from core.studio.providers import CommercialUse
from core.ui.links import is_of_the_web
from core.ui.words import count, listed, plain

WORDS = {
    CommercialUse.UNKNOWN: "unknown",
    CommercialUse.ALLOWED: "allowed",
    CommercialUse.CONDITIONAL: "under conditions",
    CommercialUse.FORBIDDEN: "forbidden",
}
_REMARKS = {
    CommercialUse.UNKNOWN: ":gray[terms of sale unknown]",
    CommercialUse.CONDITIONAL: ":orange-badge[:material/gavel: Sale under conditions]",
    CommercialUse.FORBIDDEN: ":orange-badge[:material/money_off: Not for sale]",
}
_NAMED = 5


def remark(terms: Terms | None) -> str:
    """In markdown, with a link to the terms; empty where selling is allowed, or the model is none of the house's."""
    if terms is None or terms.commercial_use is CommercialUse.ALLOWED:
        return ""
    return " · ".join(part for part in (_REMARKS[terms.commercial_use], web_link("its terms", terms.url)) if part)


def hint(terms: Terms | None) -> str | None:
    """The note, for the question mark beside the remark."""
    return plain(terms.note) if terms and terms.note and remark(terms) else None


def web_link(label: str, address: str | None) -> str:
    """A link in markdown, to a page of the web; empty for anything else. Nothing in the address can end it."""
    if not address or not is_of_the_web(address):
        return ""
    return f"[{label}]({quote(address, safe='/:?#@!&+,;=%~')})"


def show_not_for_sale(found: Sequence[NotForSale], noun: str) -> None:
    """Say which of what is about to be sold, or sent on, comes from models that forbid selling; nothing for none."""
    if not found:
        return
    named = [f"{count(one.number, noun)} from “{plain(one.model)}” ({plain(one.provider)})" for one in found[:_NAMED]]
    more = [count(len(found) - _NAMED, "more model")] if len(found) > _NAMED else []
    st.warning(
        f"Marked as not for sale: {listed([*named, *more])}. Whether to go on is yours to decide.",
        icon=":material/money_off:",
    )
