"""What the theme has no word for in the gallery, on the comparison and on the screen of one picture."""

import streamlit as st

from core.ui.gallery import filters

_CSS = """
.atl-whole { display: block; width: 100%; max-height: 72vh; object-fit: contain; border-radius: 10px;
  background: color-mix(in srgb, currentColor 6%, transparent); }
.atl-beside { display: block; width: 100%; aspect-ratio: 1; object-fit: contain; border-radius: 10px;
  background: color-mix(in srgb, currentColor 6%, transparent); }
.atl-prompt { overflow-wrap: anywhere; line-height: 1.5; }
.atl-prompt mark { color: inherit; background: color-mix(in srgb, #c9853b 28%, transparent); border-radius: 4px;
  padding: .05em .15em; text-decoration: underline; text-underline-offset: 3px; }
.atl-way { display: flex; flex-wrap: wrap; gap: .5rem 0; align-items: stretch; list-style: none;
  margin: 0 !important; padding: 0 !important; }
.atl-way > li { display: flex; align-items: stretch; margin: 0; padding: 0; min-width: 0; }
.atl-way > li + li::before { content: ""; align-self: center; width: 1.4rem; height: 0; margin: 0 .3rem;
  border-top: 2px solid color-mix(in srgb, currentColor 45%, transparent); }
.atl-way section { border: 1px solid color-mix(in srgb, currentColor 20%, transparent); border-radius: 10px;
  padding: .5rem .65rem; max-width: 15rem; }
.atl-way h3 { font-size: .78rem; font-weight: 600; margin: 0 0 .35rem; padding: 0; opacity: .8; }
.atl-way ul { list-style: none; margin: 0; padding: 0; display: grid; gap: .4rem; }
.atl-way ul li { display: flex; gap: .45rem; align-items: center; margin: 0; font-size: .86rem; min-width: 0; }
.atl-way img { width: 40px; height: 40px; object-fit: cover; border-radius: 6px; flex: none; }
.atl-way .here { font-weight: 600; }
.atl-way small { display: block; opacity: .8; }
.atl-way a { color: inherit; text-underline-offset: 3px; overflow-wrap: anywhere; }
.atl-way span { overflow-wrap: anywhere; min-width: 0; }
"""


def apply() -> None:
    """Add the styles; once per run of a screen."""
    st.html(f"<style>{_CSS}{filters.STYLES}</style>")
