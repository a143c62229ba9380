"""Keeps keyboard shortcuts from getting in the way of people who use the keyboard alone."""

import streamlit as st

# Enter on a focused button means that button, not a shortcut of the screen. Streamlit's shortcuts listen at
# the document, its buttons further down: stopped between the two, the key reaches the button only.
# The link that led here keeps the focus, though, and would swallow the first Enter.
_GUARD = """<script>
document.activeElement?.closest("[data-testid=stSidebar]") && document.activeElement.blur();
if (!document.body.dataset.atlEnter) {
  document.body.dataset.atlEnter = "guarded";
  document.body.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.closest("button, a, [role=button], [role=tab], [role=radio], canvas")) {
      event.stopPropagation();
    }
  });
}
</script>"""


def guard_enter() -> None:
    """Let Enter act on the focused button or link; once per run of a screen with an Enter shortcut."""
    st.html(_GUARD, unsafe_allow_javascript=True)
