"""What the theme has no word for on the Content and Review screens."""

import streamlit as st

from core.ui.content import grid, review_card, thumbs

_COLOURS = ("red", "orange", "blue", "green", "violet", "gray")

_CSS = """
[class*="st-key-card-"] { height: 100%; }
[class*="st-key-notice-done"] { background: color-mix(in srgb, #4c7a5f 8%, transparent); }
[class*="st-key-notice-trouble"] { background: color-mix(in srgb, #c9853b 9%, transparent); }
.atl-thumb { width: 64px; height: 64px; object-fit: cover; border-radius: 8px; display: block; }
"""


def apply() -> None:
    """Add the styles; once per run of a screen."""
    st.html(f"<style>{_CSS}{_colours()}{thumbs.STYLES}{grid.STYLES}{review_card.STYLES}</style>")


def _colours() -> str:
    """The theme's colours for states, as the theme in use has them."""
    theme = "dark" if st.context.theme.type == "dark" else "light"
    return "".join(
        f".atl-{colour} {{ color: {st.get_option(f'theme.{theme}.{colour}TextColor')}; }}\n" for colour in _COLOURS
    )
