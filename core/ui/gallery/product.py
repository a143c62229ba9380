"""One picture with everything that is known of it."""

import json
from html import escape
from typing import Any

import streamlit as st

from core.clock import utc_now
from core.identity.sessions import SignedIn
from core.studio.catalogue.terms import Terms
from core.studio.products import trash
from core.studio.products.detail import ProductDetail
from core.studio.products.models import ProductSource, ProductType
from core.ui.content.thumbs import size_text
from core.ui.gallery import dialogs
from core.ui.gallery.product_actions import change, show_marks, show_words
from core.ui.gallery.tiles import cost_text
from core.ui.page import blob_url, format_instant, zone_note
from core.ui.terms import hint, remark
from core.ui.words import listed, plain

_DIALOGS: tuple[tuple[dialogs.Kind, str, str], ...] = (
    ("send", "Send to drafts", "send"),
    ("tag", "Tags", "label"),
    ("collect", "Add to collection", "collections_bookmark"),
)


def show_picture(detail: ProductDetail) -> None:
    """The picture whole, or the film to play; it opens in full size."""
    view = detail.view
    original, alt = blob_url(view.blob_id, "original"), escape(view.name, quote=True)
    if view.type is ProductType.VIDEO:
        poster = blob_url(view.blob_id, 800)
        st.html(f'<video class="atl-whole" controls preload="metadata" poster="{poster}" src="{original}"></video>')
        return
    st.html(
        f'<a href="{original}" target="_blank" rel="noopener" title="Open in full size">'
        f'<img class="atl-whole" alt="{alt}" src="{blob_url(view.blob_id, 800)}"></a>'
    )


def show_side(user: SignedIn, detail: ProductDetail, terms: Terms | None) -> None:
    """Marks, facts, name and notes, and what can be done with it; ``terms`` are the present ones of its model."""
    view = detail.view
    if view.deleted_at is not None:
        st.warning("This picture is in the trash.", icon=":material/delete:")
        if st.button("Restore", icon=":material/restore_from_trash:", key="product-restore"):
            change(lambda session: trash.restore(session, user.actor, [view.id], now=utc_now()))
        return
    show_marks(user, view, key="product")
    st.markdown("  \n".join(f":gray[{label}] {plain(text)}" for label, text in _facts(user, detail)))
    if said := remark(terms):
        st.markdown(said, help=hint(terms))
    st.caption(zone_note(user.timezone))
    show_words(user, detail)
    with st.container(horizontal=True, gap="small"):
        for kind, label, icon in _DIALOGS:
            if st.button(label, icon=f":material/{icon}:", key=f"product-{kind}"):
                dialogs.open_dialog(kind, (view.id,))
                st.rerun()
        st.link_button("Download", f"{blob_url(view.blob_id, 'original')}?download=1", icon=":material/download:")
        if detail.original_blob_id is not None:
            st.link_button("As it came", f"{blob_url(detail.original_blob_id, 'original')}?download=1",
                           icon=":material/history:", help="The picture before its hooks")  # fmt: skip
        if st.button("Move to trash", icon=":material/delete:", key="product-trash"):
            change(lambda session: trash.throw_away(session, user.actor, [view.id], now=utc_now()))


def _facts(user: SignedIn, detail: ProductDetail) -> list[tuple[str, str]]:
    view = detail.view
    made = "Imported" if view.source is ProductSource.IMPORTED else "Made"
    kind = view.mime_type.partition("/")[2].upper()
    size = f", {view.width} × {view.height}" if view.width and view.height else ""
    found = [
        ("Cost", "unknown" if view.cost is None else cost_text(view)),
        ("Model", view.model),
        ("Provider", view.provider),
        ("Seed", view.seed),
        ("Hooks", ", ".join([*detail.hooks_before, *detail.hooks_after])),
        ("Project", view.project_name),
        ("Tags", listed([tag.name for tag in detail.tags])),
        ("File", f"{kind}{size}, {size_text(view.file_size)}"),
        (made, format_instant(view.created_at, user.timezone, now=utc_now())),
    ]
    return [(label, text) for label, text in found if text]


def show_making(detail: ProductDetail) -> None:
    """Prompt, parameters, and what the provider answered."""
    for label, text in (("Prompt", detail.prompt), ("Negative prompt", detail.negative_prompt)):
        if text:
            st.caption(label)
            st.code(text, language=None, wrap_lines=True)
    if not (detail.prompt or detail.parameters):
        st.caption("Nothing is known of how it was made.")
    if detail.parameters:
        st.table({"Parameter": list(detail.parameters), "Value": [_text(one) for one in detail.parameters.values()]})
    if detail.choices:
        with st.expander("What the words of the prompt became"):
            st.table({"Word": list(detail.choices), "Became": [_text(one) for one in detail.choices.values()]})
    if detail.returned:
        with st.expander("What the provider answered"):
            st.code(json.dumps(detail.returned, indent=2, ensure_ascii=False)[:20_000], language="json")


def _text(value: Any) -> str:
    return plain(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
