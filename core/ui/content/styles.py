"""What the theme has no word for on the Content and Review screens."""

import streamlit as st

from core.ui.content import filters, grid, review_card, thumbs

_COLOURS = ("red", "orange", "blue", "green", "violet", "gray")

_CSS = """
[class*="st-key-card-"] { height: 100%; }
[class*="st-key-notice-done"] { background: color-mix(in srgb, #4c7a5f 8%, transparent); }
[class*="st-key-notice-trouble"] { background: color-mix(in srgb, #c9853b 9%, transparent); }
.atl-thumb { width: 64px; height: 64px; object-fit: cover; border-radius: 8px; display: block; }
"""


def apply() -> None:
    """Add the styles; once per run of a screen."""
    parts = (_CSS, _colours(), thumbs.STYLES, grid.STYLES, filters.STYLES, review_card.STYLES)
    st.html(f"<style>{''.join(parts)}</style>")


def _colours() -> str:
    """What needs the colours of the theme in use: states, and the foot that stays in sight."""
    theme = "dark" if st.context.theme.type == "dark" else "light"
    ground = st.get_option(f"theme.{theme}.backgroundColor")
    foot = "position: sticky; bottom: -26px; padding: .6rem 0 32px; z-index: 5"
    return f"div:has(> .st-key-drawer-foot) {{ {foot}; background: {ground}; }}\n" + "".join(
        f".atl-{colour} {{ color: {st.get_option(f'theme.{theme}.{colour}TextColor')}; }}\n" for colour in _COLOURS
    )
