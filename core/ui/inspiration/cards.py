"""Other people's work as cards: the picture first, linked to the site; title, artist, figures."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from core.publishing.inspiration.providers import Browsed
from core.ui.inspiration.query import go
from core.ui.words import count


def show_cards(works: Sequence[Browsed], *, key: str) -> None:
    """Draw the cards; ``key`` tells several grids of one screen apart."""
    with st.grid("auto", min_column_width=190, gap="small", key=f"inspiration-grid-{key}"):
        for place, work in enumerate(works):
            with st.container(border=True, key=f"inspiration-card-{key}-{place}", gap="xsmall"):
                st.html(card_html(work))
                with st.container(horizontal=True, gap="xsmall"):
                    _button("Details", f"{key}-open-{place}", keep_place=True, open=work.deviation_id)
                    _button("More like this", f"{key}-like-{place}", keep_place=True, like=work.deviation_id)


def _button(label: str, key: str, *, keep_place: bool, **target: str) -> None:
    st.button(label, key=key, type="tertiary", on_click=go, kwargs={"keep_place": keep_place, **target})


def card_html(work: Browsed) -> str:
    """Picture, title, artist and figures of a card."""
    address, title = escape(work.url, quote=True), escape(work.title)
    link = (
        f'<a href="{address}" target="_blank" rel="noopener noreferrer" title="Open {escape(work.title, quote=True)}">'
    )
    return (
        f'<div class="atl-cover">{link}{_picture(work)}</a><div class="atl-marks">{_marks(work)}</div></div>'
        f'<div class="atl-text"><p class="atl-title">{link}{title}</a></p>'
        f"<p>by {escape(work.author)}</p><p>{_figures(work)}</p></div>"
    )


def _picture(work: Browsed) -> str:
    if work.thumbnail is None:
        return '<span class="atl-no-picture">No picture</span>'
    # The site need not know on which page of ours its picture is shown.
    return (
        f'<img loading="lazy" referrerpolicy="no-referrer" alt="{escape(work.title, quote=True)}" '
        f'src="{escape(work.thumbnail.url, quote=True)}">'
    )


def _marks(work: Browsed) -> str:
    marks = [("Mature", work.is_mature), ("Subscribers", work.is_for_subscribers), ("Premium", work.is_premium)]
    return "".join(f"<span>{word}</span>" for word, holds in marks if holds)


def _figures(work: Browsed) -> str:
    known = ((work.favourites, "favourite"), (work.comments, "comment"))
    return " · ".join(count(number, noun) for number, noun in known if number is not None) or "&nbsp;"


STYLES = """
.atl-cover { position: relative; aspect-ratio: 4 / 3; border-radius: 8px; overflow: hidden;
  background: color-mix(in srgb, currentColor 7%, transparent); }
.atl-cover a { display: block; height: 100%; }
.atl-cover img { width: 100%; height: 100%; object-fit: cover; display: block; font-size: .8rem; }
.atl-no-picture { display: grid; place-items: center; height: 100%; opacity: .6; font-size: .85rem; }
.atl-marks { position: absolute; right: 8px; bottom: 8px; display: flex; gap: 4px; }
.atl-marks span { background: rgba(24, 22, 18, .72); color: #fff; font-size: .72rem; line-height: 1;
  padding: 4px 7px; border-radius: 6px; }
.atl-text { padding-top: .55rem; }
.atl-text p { margin: 0; font-size: .84rem; line-height: 1.45; }
.atl-text a { color: inherit; text-decoration: none; }
.atl-text a:hover { text-decoration: underline; }
.atl-text .atl-title { font-weight: 600; font-size: .95rem; white-space: nowrap; overflow: hidden;
  text-overflow: ellipsis; }
"""
