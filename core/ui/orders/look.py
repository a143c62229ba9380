"""What the theme has no word for on the screen of an order."""

import streamlit as st

# On a phone the pictures of an item stand beside its words: below each other, a page of items is thirteen screens long.
_CSS = """
@media (max-width: 640px) {
  [class*="st-key-item-itm_"] { display: grid; grid-template-columns: minmax(0, 1fr); align-content: start; }
  [class*="st-key-item-itm_"]:has(> :first-child img) { grid-template-columns: 6.5rem minmax(0, 1fr);
    column-gap: 0.9rem; }
  [class*="st-key-item-itm_"]:has(> :first-child img) > * { grid-column: 2; }
  [class*="st-key-item-itm_"]:has(> :first-child img) > :first-child { grid-column: 1; grid-row: 1 / span 2; }
}
"""


def apply() -> None:
    """Add the styles; once per run of a screen."""
    st.html(f"<style>{_CSS}</style>")
