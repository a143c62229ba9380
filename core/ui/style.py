"""The few things about the look that a theme cannot say."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import streamlit as st

_ASSETS = Path(__file__).parent / "assets"
# Readable on light and dark tabs alike.
FAVICON = _ASSETS / "mark-light.svg"

# Only what the theme has no word for. Keys of containers become classes ``st-key-…``.
_CSS = """
.st-key-door { margin-top: 5vh; }
.st-key-account-menu { position: sticky; bottom: 0; }
/* Streamlit marks the links of its navigation by a shade alone. */
[data-testid="stSidebarNavLink"]:focus-visible, [data-testid="stPageLink-NavLink"]:focus-visible {
  outline: 2px solid currentColor; outline-offset: -2px; }
/* Streamlit marks the cut of a long link one box too far out, where nobody sees it. */
[data-testid="stPageLink-NavLink"] p { overflow: hidden; text-overflow: ellipsis; }
/* On a phone the first screenful is dear; the bar above is 3.75 rem high. */
@media (max-width: 640px) { [data-testid="stMainBlockContainer"] { padding-top: 4rem; } }
h1 { letter-spacing: -0.01em; }
/* Headings go down by one, for those who listen to them; they look the same. */
[data-testid="stHeading"] h2, [data-testid="stMarkdownContainer"] h2 { padding: 0.5rem 0 1rem; }
.st-key-door [data-testid="stHeading"] h2 { font-size: 1.6rem; padding: 1rem 0; }
[data-testid="stCaptionContainer"] p { max-width: 72ch; }
/* Readable on their ground: Streamlit's 60 % and white on the dark theme's pale accent are not (WCAG AA, 4.5 to 1). */
[data-testid="stCaptionContainer"]:not(:has(a, code, span)) { opacity: 0.72; }
/* A link, a word in code or one with a colour of its own must not fade with the words around it. */
[data-testid="stCaptionContainer"]:has(a, code, span) { opacity: 1;
  color: color-mix(in srgb, currentColor 72%, transparent); }
[data-testid^="stBaseButton-primary"], [data-testid="stBaseLinkButton-primary"],
[data-testid="stPopoverButton"][kind="primary"] {
  color: light-dark(#ffffff, #14201a); }
/* Streamlit darkens the word of an open menu, which the dark theme's ground swallows. */
button[kind="tertiary"][aria-expanded="true"] { color: light-dark(#3d5a4c, #93b8a3); }
"""
_NO_SIDEBAR = '[data-testid="stSidebar"], [data-testid="stExpandSidebarButton"] { display: none; }'


def apply() -> None:
    """Add the styles; once per run, in the shell."""
    st.html(f"<style>{_CSS}{_scheme()}</style>")


def hide_sidebar() -> None:
    """For screens in front of the door: nothing to navigate to yet."""
    st.html(f"<style>{_CSS}{_scheme()}{_NO_SIDEBAR}</style>")


def wordmark_path() -> Path:
    """The wordmark that can be read on the theme in use."""
    return _ASSETS / f"wordmark-{_theme()}.svg"


def mark_path() -> Path:
    """The mark alone, for where there is no room for the word."""
    return _ASSETS / f"mark-{_theme()}.svg"


def _scheme() -> str:
    """Streamlit tells the scheme to the app alone; dialogs and popovers hang beside it, right below the body."""
    return f"body {{ color-scheme: {_theme()}; }}"


def _theme() -> str:
    return "dark" if st.context.theme.type == "dark" else "light"


@contextmanager
def door(*, width: int) -> Iterator[None]:
    """A narrow column in the middle of the window, ``width`` pixels wide, under the wordmark."""
    with st.container(horizontal_alignment="center"), st.container(key="door", width=width):
        st.image(wordmark_path(), width=132)
        yield
