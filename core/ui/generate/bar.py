"""The bar with count, price and *Order*: on a phone in sight from the first field on."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from core.ui.palette import colour

_SIDES = "order-sides"
_BAR = "order-bar"

# On a phone both sides are one column, with the bar below all fields. It sticks to the window's lower edge until its
# own place comes into sight, so it covers nothing for good. It can only do so inside of one box with the fields: the
# boxes between vanish. What has the focus is scrolled clear of it, and of the phone's own bar for gestures.
_CSS = """
@media (max-width: 640px) {
  .st-key-SIDES > * > :has(> [data-testid="stColumn"]),
  .st-key-SIDES [data-testid="stColumn"]:has(.st-key-BAR),
  .st-key-SIDES [data-testid="stColumn"]:has(.st-key-BAR) > :has(> * > .st-key-BAR) { display: contents; }
  .st-key-SIDES > * { gap: 1rem; }
  .st-key-SIDES > * > * > [data-testid="stColumn"] { width: 100%; min-width: 100%; }
  div:has(> .st-key-BAR) { position: sticky; bottom: 0; z-index: 5; background: GROUND;
    border-top: 1px solid LINE; padding: 0.6rem 0 max(0.7rem, env(safe-area-inset-bottom)); }
  .st-key-BAR { gap: 0.5rem; max-height: 45vh; overflow-y: auto; }
  .st-key-BAR > *, .st-key-BAR .stButton, .st-key-BAR button { width: 100%; }
  /* What is new stands above, where it does not move the button away from the finger. */
  .st-key-BAR > :has([data-testid="stPageLink"]) { order: -1; }
  [data-testid="stMain"]:has(.st-key-BAR) { scroll-padding-bottom: 9rem; }
}
"""


@contextmanager
def sides() -> Iterator[None]:
    """Holds the columns of the form, one of which has the bar."""
    words = {"SIDES": _SIDES, "BAR": _BAR, "GROUND": colour("backgroundColor"), "LINE": colour("borderColor")}
    css = _CSS
    for name, value in words.items():
        css = css.replace(name, value)
    st.html(f"<style>{css}</style>")
    with st.container(key=_SIDES):
        yield


@contextmanager
def order_bar() -> Iterator[None]:
    """Count, price and the button, or why there is none."""
    with st.container(key=_BAR):
        yield
