"""One delivered post, large: the picture, what it is to be called, and how it was made."""

from collections.abc import Sequence
from html import escape as escape_html

import streamlit as st

from core.publishing.detail import DeviationDetail
from core.publishing.listing import DeviationView
from core.ui.content import making
from core.ui.content.showing import Showing
from core.ui.content.thumbs import cover_url, facts, stage
from core.ui.page import format_instant
from core.ui.words import plain

# Characters; longer texts scroll in a box of their own, so that the answers stay in sight.
_LONG = 240

STYLES = """
.st-key-review-stage { --atl-stage: 68vh; }
.st-key-review-stage .atl-stage { min-height: 36vh; }
.st-key-review-enter { position: absolute; width: 0; height: 0; overflow: hidden; opacity: 0; pointer-events: none; }
.atl-strip { display: flex; gap: 6px; overflow-x: auto; padding: 2px; }
.atl-strip img { width: 56px; height: 56px; object-fit: cover; border-radius: 8px; opacity: .55; flex: none; }
.atl-strip img.atl-here { opacity: 1; outline: 2px solid currentColor; outline-offset: -2px; }
@media (max-width: 640px) { .st-key-review-stage { --atl-stage: 52vh; } }
"""


def show_picture(detail: DeviationDetail) -> None:
    """The first file, as large as the screen allows."""
    with st.container(key="review-stage"):
        if detail.view.first_file is None:
            st.info("It came without a file.", icon=":material/hide_image:")
        else:
            st.html(stage(detail.view.first_file, detail.view.title))


def show_words(detail: DeviationDetail, showing: Showing) -> None:
    """Title, facts, fields and generation metadata."""
    view = detail.view
    st.header(plain(view.title), anchor=False)
    if view.first_file is not None:
        more = f" · {view.file_count} files" if view.file_count > 1 else ""
        st.caption(f"{facts(view.first_file)}{more}")
    st.markdown(" ".join(_badges(detail)))
    st.caption(f"Delivered {format_instant(view.created_at, showing.timezone, now=showing.now)}")
    if detail.fields["description"]:
        _show_text(detail.fields["description"])
    if view.tags:
        st.markdown(" ".join(f":gray-badge[{plain(tag)}]" for tag in view.tags))
    _show_making(detail)


def _badges(detail: DeviationDetail) -> list[str]:
    view = detail.view
    badges = [":violet-badge[Made with AI]" if view.is_ai_generated else ":gray-badge[Not marked as AI]"]
    if view.is_mature:
        level = detail.fields["mature_level"]
        badges.append(f":orange-badge[Mature{' · ' + level.value if level else ''}]")
    if view.account_name:
        badges.append(f":gray-badge[{plain(view.account_name)}]")
    return badges


def _show_text(text: str) -> None:
    with st.container(height=110 if len(text) > _LONG else "content", border=False):
        st.text(text)


def _show_making(detail: DeviationDetail) -> None:
    found = making.embedded_of(detail)
    if not found:
        st.caption("The file says nothing about how it was made.")
        return
    if found.get("prompt"):
        st.caption("Prompt")
        st.code(
            found["prompt"], language=None, wrap_lines=True, height=130 if len(found["prompt"]) > _LONG else "content"
        )
    facts_found = making.fact_lines(found)
    if facts_found:
        st.markdown(" · ".join(facts_found[:6]))


def show_strip(rows: Sequence[DeviationView], here: str) -> None:
    """The next pictures in line; showing them also makes the browser load them ahead."""
    place = next((number for number, row in enumerate(rows) if row.id == here), 0)
    start = max(0, min(place - 3, len(rows) - 12))
    pictures = "".join(_thumb(row, row.id == here) for row in rows[start : start + 12])
    ahead = "".join(
        f'<link rel="prefetch" as="image" href="{address}">'
        for row in rows[place + 1 : place + 3]
        if (address := cover_url(row, 800))
    )
    st.html(f'<div class="atl-strip">{pictures}</div>{ahead}')


def _thumb(row: DeviationView, is_here: bool) -> str:
    address = cover_url(row)
    if address is None:
        return ""
    mark = ' class="atl-here"' if is_here else ""
    title = escape_html(row.title, quote=True)
    return f'<img{mark} alt="{title}" title="{title}" src="{address}">'
