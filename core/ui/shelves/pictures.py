"""Pictures on cards: a cover put together of up to four, and one picture of a grid."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from core.studio.products.models import ProductType
from core.studio.products.views import ProductView
from core.ui.page import blob_url

_CSS = """
.atl-mosaic { display: grid; grid-template-columns: 3fr 1fr; grid-template-rows: repeat(3, 1fr); gap: 3px;
  aspect-ratio: 3 / 2; border-radius: 8px; overflow: hidden;
  background: color-mix(in srgb, currentColor 7%, transparent); }
.atl-mosaic img { width: 100%; height: 100%; object-fit: cover; min-height: 0; min-width: 0; display: block; }
.atl-mosaic img:first-child { grid-row: 1 / 4; }
.atl-mosaic.atl-of-1 { grid-template-columns: 1fr; }
.atl-mosaic.atl-of-2 { grid-template-columns: 1fr 1fr; }
.atl-mosaic.atl-of-2 img { grid-row: 1 / 4; }
.atl-mosaic.atl-of-3 { grid-template-columns: 2fr 1fr; grid-template-rows: repeat(2, 1fr); }
.atl-mosaic.atl-of-3 img:first-child { grid-row: 1 / 3; }
.atl-mosaic.atl-none { display: flex; align-items: center; justify-content: center; font-size: .875rem; opacity: .72; }
.atl-tile { aspect-ratio: 1; border-radius: 8px; overflow: hidden; display: block;
  background: color-mix(in srgb, currentColor 7%, transparent); }
.atl-tile img { width: 100%; height: 100%; object-fit: cover; display: block; }
.atl-swatch { display: inline-block; width: 1rem; height: 1rem; border-radius: 50%; vertical-align: middle;
  border: 1px solid color-mix(in srgb, currentColor 30%, transparent); }
[class*="st-key-shelf-card-"] { height: 100%; }
[class*="st-key-shelf-line-"] { flex-wrap: nowrap; }
"""


def apply_styles() -> None:
    """Once per run of a screen."""
    st.html(f"<style>{_CSS}</style>")


def show_cover(blob_ids: Sequence[str], *, empty: str = "No picture yet") -> None:
    """One large picture, the others small beside it."""
    if not blob_ids:
        st.html(f'<div class="atl-mosaic atl-none">{escape(empty)}</div>')
        return
    images = "".join(
        f'<img alt="" loading="lazy" src="{blob_url(one, 400 if place == 0 else 150)}">'
        for place, one in enumerate(blob_ids)
    )
    st.html(f'<div class="atl-mosaic atl-of-{len(blob_ids)}">{images}</div>')


def show_tile(product: ProductView, *, links: bool = True) -> None:
    """A picture of a grid, square, with its name for who cannot see it; ``links``: it leads to its own screen."""
    name = escape(product.name, quote=True)
    if product.type is ProductType.AUDIO:
        st.html(f'<div class="atl-mosaic atl-none">{name}</div>')
        return
    image = f'<img alt="{name}" loading="lazy" src="{blob_url(product.blob_id, 400)}">'
    if links:
        link = f'href="/product?id={product.id}" target="_self" title="{name}"'
        st.html(f'<a class="atl-tile" {link}>{image}</a>')
    else:
        st.html(f'<span class="atl-tile">{image}</span>')


def swatch(colour: str | None) -> str:
    """A colour as a dot; a ring for none."""
    return f'<span class="atl-swatch" style="background: {escape(colour or "transparent", quote=True)}"></span>'
