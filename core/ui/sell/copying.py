"""A button that copies a text in the browser, without a round trip: by a click, or by a key."""

from html import escape

import streamlit as st

_CSS = """
.atl-copy { font: inherit; font-size: .93em; color: inherit; background: transparent; cursor: pointer;
  border: 1px solid color-mix(in srgb, currentColor 22%, transparent); border-radius: 10px; padding: .42rem .8rem; }
.atl-copy:hover { border-color: currentColor; }
.atl-copy kbd { font: inherit; font-size: .75rem; opacity: .6; margin-left: .5rem; border-radius: 5px;
  border: 1px solid color-mix(in srgb, currentColor 25%, transparent); padding: 0 .35rem; }
"""

# The clipboard is there on https and on this machine; elsewhere a selected field is copied the old way.
_SCRIPT = """<script>
if (!document.body.dataset.atlCopy) {
  document.body.dataset.atlCopy = "ready";
  const copy = async (button) => {
    const text = button.dataset.text;
    try { await navigator.clipboard.writeText(text); }
    catch {
      const field = document.createElement("textarea");
      field.value = text;
      document.body.append(field);
      field.select();
      document.execCommand("copy");
      field.remove();
    }
    const label = button.querySelector("span");
    label.textContent = button.dataset.done;
    setTimeout(() => { label.textContent = button.dataset.label; }, 1600);
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest(".atl-copy");
    if (button) copy(button);
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, textarea, select, [contenteditable=true]")) return;
    const button = document.querySelector(`.atl-copy[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
    if (button) copy(button);
  });
}
</script>"""


def copy_button(text: str, label: str, *, key: str) -> None:
    """Copies ``text``; ``key`` is one letter that does the same while nobody types."""
    said = escape(label)
    st.html(
        f"<style>{_CSS}</style>"
        f'<button type="button" class="atl-copy" data-text="{escape(text, quote=True)}" data-label="{said}" '
        f'data-done="Copied" data-key="{escape(key, quote=True)}"><span>{said}</span><kbd>{escape(key.upper())}</kbd>'
        f"</button>{_SCRIPT}",
        width="content",
        unsafe_allow_javascript=True,
    )
