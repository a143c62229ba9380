"""What the theme has no word for on the Content and Review screens."""

import streamlit as st

from core.ui.content import grid, thumbs

_CSS = """
[class*="st-key-card-"] { height: 100%; }
[class*="st-key-notice-done"] { background: color-mix(in srgb, var(--st-primary-color, #3d5a4c) 7%, transparent); }
[class*="st-key-notice-trouble"] { background: color-mix(in srgb, #c9853b 9%, transparent); }
"""


def apply() -> None:
    """Add the styles; once per run of a screen."""
    st.html(f"<style>{_CSS}{thumbs.STYLES}{grid.STYLES}</style>")
