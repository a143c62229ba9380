"""One work of somebody else in a dialog: picture, figures, tags to copy."""

import re
from collections.abc import Sequence
from html import escape, unescape

import streamlit as st

from core.clock import utc_now
from core.identity.models import Account
from core.identity.sessions import SignedIn
from core.publishing.asking import Line
from core.publishing.inspiration import browsing
from core.publishing.inspiration.providers import Browsed, Described
from core.publishing.templates import editing as templates
from core.publishing.templates.forms import NAME_LENGTH, TemplateForm
from core.publishing.templates.models import TemplateType
from core.runtime import get_runtime
from core.ui.errors import guarded
from core.ui.inspiration.query import go
from core.ui.links import site_link
from core.ui.page import format_instant
from core.ui.words import plain, shortened

LONGEST_DESCRIPTION = 600
_TAGS = re.compile(r"<[^>]*>")


def show_details(line: Line, user: SignedIn, account: Account, work_id: str, on_page: Sequence[Browsed]) -> None:
    """The dialog for one work; what the page shows of it already is not asked for again."""

    def close() -> None:
        go(keep_place=True, open=None)

    def draw() -> None:
        with guarded():
            work = next((one for one in on_page if one.deviation_id == work_id), None)
            if work is None:
                work = browsing.look_at(line, user.actor, account.id, work_id, now=utc_now()).value
            _show_work(work, user)
            with st.spinner("Asking for its tags…"):
                described = browsing.describe(line, user.actor, account.id, work_id, now=utc_now()).value
            _show_described(described)
            if described.tags:
                _offer_template(user, work, described)

    st.dialog("Work", width="medium", icon=":material/image:", on_dismiss=close)(draw)()


def _show_work(work: Browsed, user: SignedIn) -> None:
    if work.thumbnail is not None:
        st.html(
            f'<div class="atl-stage"><img referrerpolicy="no-referrer" alt="{escape(work.title, quote=True)}" '
            f'src="{escape(work.thumbnail.url, quote=True)}"></div>'
        )
    st.markdown(f"**{plain(work.title)}** by {plain(work.author)}")
    st.caption(f"Published {format_instant(work.published_at, user.timezone, now=utc_now())}")
    site_link("Open at DeviantArt", work.url)


def _show_described(described: Described) -> None:
    figures = [
        f"{number:,} {noun}"
        for number, noun in (
            (described.views, "views"), (described.favourites, "favourites"), (described.comments, "comments"),
        )
        if number is not None
    ]  # fmt: skip
    parts = [*figures, described.license or ""]
    st.caption(plain(" · ".join(part for part in parts if part)))
    words = unescape(_TAGS.sub(" ", described.description)).strip()
    if words:
        st.markdown(plain(shortened(words, LONGEST_DESCRIPTION)))
    if described.tags:
        st.caption("Its tags, to copy:")
        st.code(", ".join(described.tags), language=None, wrap_lines=True)


def _offer_template(user: SignedIn, work: Browsed, described: Described) -> None:
    """Its tags as a template of one's own."""
    if not st.button("Keep as a tag template", icon=":material/bookmark_add:", key="inspiration-keep-tags"):
        return
    form = TemplateForm(f"{work.title} by {work.author}"[:NAME_LENGTH], tags=described.tags)
    with guarded():
        with get_runtime().database.session() as session:
            made = templates.create(session, user.actor, TemplateType.TAG, form, now=utc_now())
        st.success(f"“{plain(made.name)}” is among your templates now.", icon=":material/check:")


STYLES = """
.atl-stage { display: grid; place-items: center; border-radius: 10px; overflow: hidden; min-height: 120px;
  background: color-mix(in srgb, currentColor 5%, transparent); }
.atl-stage img { max-width: 100%; max-height: 44vh; object-fit: contain; display: block; }
"""
