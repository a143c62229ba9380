"""The few rules of Home's look that the theme has no word for."""

import streamlit as st

# Lines and faces are made from the text's own colour, so that they fit light and dark.
_CSS = """
.st-key-home-headline p { font-size: 1.15rem; line-height: 1.5; max-width: 68ch; }
@media (max-width: 640px) { .st-key-home-top { flex-direction: column; } }
.atelier-thumb { width: 48px; height: 48px; border-radius: 8px; overflow: hidden;
  background: color-mix(in srgb, currentColor 8%, transparent); }
.atelier-thumb img { width: 100%; height: 100%; object-fit: cover; display: block; }
.st-key-home-next [data-testid="stPageLink-NavLink"] { padding-left: 0; padding-right: 0; }
[class*="st-key-home-step-"] > :first-child { min-width: 16rem; }
.st-key-home-needs button, .st-key-home-steps button { white-space: nowrap; }
"""


def apply() -> None:
    st.html(f"<style>{_CSS}</style>")
