"""Pictures of the person's own on a screen, fetched by the browser from where its session may."""

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

import streamlit as st

from core.ui.page import blob_url


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture; ``alt`` says what it shows, ``link`` is where a click leads."""

    blob_id: str
    alt: str = ""
    link: str | None = None


def show_picture(picture: Picture, *, size: int = 400, width: int | None = None) -> None:
    """One picture, as wide as its column or ``width`` pixels."""
    style = f"width:{width}px" if width else "width:100%"
    st.html(_html(picture, size, f"{style};border-radius:8px;display:block"), width=width or "stretch")


def show_strip(pictures: Iterable[Picture], *, height: int = 84) -> None:
    """Small pictures side by side, all of one height; they wrap."""
    style = f"height:{height}px;width:{height}px;object-fit:cover;border-radius:8px;display:block"
    inner = "".join(_html(one, 150, style) for one in pictures)
    st.html(f'<div style="display:flex;flex-wrap:wrap;gap:6px">{inner}</div>')


def _html(picture: Picture, size: int, style: str) -> str:
    source = escape(blob_url(picture.blob_id, size), quote=True)
    image = f'<img alt="{escape(picture.alt, quote=True)}" loading="lazy" src="{source}" style="{style}">'
    if picture.link is None:
        return image
    label = escape(picture.alt or "Open this picture", quote=True)
    return f'<a href="{escape(picture.link, quote=True)}" target="_self" aria-label="{label}">{image}</a>'
