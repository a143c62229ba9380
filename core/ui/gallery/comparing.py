"""Two to four pictures side by side, with what makes the difference."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from core.errors import AtelierError
from core.identity.sessions import SignedIn
from core.runtime import get_runtime
from core.studio.products.comparing import Comparison, Piece, PieceKind, compare
from core.ui.errors import show
from core.ui.gallery.product_actions import show_marks
from core.ui.gallery.query import COMPARE, Query
from core.ui.gallery.tiles import cost_text
from core.ui.page import blob_url
from core.ui.words import plain


def show_comparison(user: SignedIn, query: Query) -> None:
    """In place of the gallery, until somebody goes back to it."""
    st.button(
        "Back to the gallery", icon=":material/arrow_back:", on_click=_leave, key="compare-back", shortcut="Escape"
    )
    try:
        with get_runtime().database.read() as session:
            found = compare(session, user.actor, query.compared)
    except AtelierError as error:
        show(error)
        return
    _show_pictures(user, found)
    _show_differences(found)


def _show_pictures(user: SignedIn, found: Comparison) -> None:
    for place, (column, product) in enumerate(zip(st.columns(len(found.products)), found.products, strict=True), 1):
        view = product.view
        with column:
            alt = escape(f"{place}: {view.name}", quote=True)
            st.html(f'<img class="atl-beside" alt="{alt}" src="{blob_url(view.blob_id, 800)}">')
            st.markdown(f"**{place} · {plain(view.name)}**  \n:gray[{plain(cost_text(view))}]")
            show_marks(user, view, key=f"compare-{view.id}", shortcut=str(place))


def _show_differences(found: Comparison) -> None:
    st.header("What differs", anchor=False)
    if not found.differing:
        st.caption("Every parameter is the same.")
    else:
        st.table({"": [line.name for line in found.differing], **_columns(found)})
    for heading, prompts in (("Prompt", found.prompts), ("Negative prompt", found.negative_prompts)):
        if any(prompts):
            st.header(heading, anchor=False)
            for column, pieces in zip(st.columns(len(prompts)), prompts, strict=True):
                column.html(f'<p class="atl-prompt">{_marked(pieces) or "None"}</p>')
    if found.shared:
        told = ", ".join(f"{line.name} {line.values[0]}" for line in found.shared if line.values[0] is not None)
        st.caption(f"The same for all: {plain(told)}.")


def _columns(found: Comparison) -> dict[str, list[str]]:
    return {
        str(place + 1): [
            "–" if line.values[place] is None else plain(str(line.values[place])) for line in found.differing
        ]
        for place in range(len(found.products))
    }


def _marked(pieces: Sequence[Piece]) -> str:
    return " ".join(
        f"<mark>{escape(piece.text)}</mark>" if piece.kind is PieceKind.OWN else escape(piece.text) for piece in pieces
    )


def _leave() -> None:
    st.query_params.pop(COMPARE, None)
