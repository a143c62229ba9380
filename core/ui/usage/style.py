"""How the screen is laid out, narrow screens included."""

import streamlit as st

_CSS = """
.st-key-usage-filters { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 0.75rem; }
.atl-legend { display: flex; flex-wrap: wrap; gap: 0.2rem 1.1rem; font-size: 0.85rem; }
.atl-legend span { display: inline-flex; align-items: center; gap: 0.4rem; }
.atl-legend i { width: 0.75rem; height: 0.75rem; border-radius: 3px; flex: none; }
@media (max-width: 640px) {
  .st-key-usage-filters { grid-template-columns: repeat(2, minmax(0, 1fr)); }
}
"""


def apply() -> None:
    st.html(f"<style>{_CSS}</style>")
