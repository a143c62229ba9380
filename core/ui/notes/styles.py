"""What the theme has no word for on the Notes screen; on a phone one pane is shown at a time."""

import streamlit as st

_CSS = """
.atl-dot { display: inline-block; width: 10px; height: 10px; border-radius: 50%; margin-right: 5px; }
.atl-preview { margin: 0 0 .2rem; font-size: .82rem; opacity: .75; overflow-wrap: anywhere; }
.atl-note { white-space: pre-wrap; overflow-wrap: anywhere; line-height: 1.55; max-width: 72ch; padding: .4rem 0 1rem; }
.st-key-notes-folder-list button, .st-key-notes-rows button { justify-content: flex-start; text-align: left; }
.st-key-notes-folder-list button > div, .st-key-notes-rows button > div { justify-content: flex-start; }
.st-key-notes-rows button p { text-align: left; }
[class*="st-key-notes-here-"] button p { font-weight: 600; }
[class*="st-key-notes-row-"] { padding: .3rem .5rem;
  border-top: 1px solid color-mix(in srgb, currentColor 12%, transparent); }
[class*="st-key-notes-row-here-"] { background: color-mix(in srgb, currentColor 6%, transparent); border-radius: 8px; }
.st-key-notes-back { display: none; }
@media (max-width: 640px) {
  .st-key-notes-folder-list { flex-direction: row; overflow-x: auto; gap: .3rem; }
  .st-key-notes-folder-list > div { width: auto; flex: 0 0 auto; }
  .st-key-notes-back { display: block; }
}
"""
_ONE_PANE = "@media (max-width: 640px) { .st-key-notes-left, .st-key-notes-middle { display: none; } }"
_LIST_ONLY = "@media (max-width: 640px) { .st-key-notes-right { display: none; } }"


def apply(*, is_open: bool) -> None:
    """Add the styles; ``is_open`` when a note is read or written."""
    st.html(f"<style>{_CSS}{_ONE_PANE if is_open else _LIST_ONLY}</style>")
