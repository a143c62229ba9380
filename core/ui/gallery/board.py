"""The board of pictures itself: a component of our own, told what to show, that says what was done to it.

What is made of a picture (likes, stars, rejections) it brings to the server by itself, see ``core.web.gallery``: the
screen need not run for it.
"""

import functools
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st

from core.identity.sessions import SignedIn
from core.ui.gallery import selection
from core.ui.gallery.query import Query
from core.ui.gallery.shown import Shown
from core.ui.gallery.tiles import tile

KEY = "gallery-board"
_FOLDER = Path(__file__).parent
_SCRIPTS = ("saving.js", "drawing.js", "zooming.js", "board.js")


def show_board(user: SignedIn, query: Query, shown: Shown, on_act: Callable[[], None], *, turned: int) -> None:
    """Draw the board; ``on_act`` is called when a person did something that the screen has to do.

    ``turned``: the page was turned by the board, 1 onwards, -1 back, so that it keeps the keys.
    """
    _component()(key=KEY, data=board_data(user, query, shown, turned=turned), on_act_change=on_act)


def board_data(user: SignedIn, query: Query, shown: Shown, *, turned: int = 0) -> dict[str, Any]:
    """Everything the board needs to draw itself. ``list`` changes when other pictures are meant."""
    known = f"{query!r} {','.join(shown.ids)} {selection.turn()}"
    return {
        "list": hashlib.sha256(known.encode()).hexdigest()[:16],
        "person": hashlib.sha256(user.user_id.encode()).hexdigest()[:16],
        "tiles": [tile(row) for row in shown.rows],
        "picked": list(selection.picked(shown.ids)),
        "before": shown.page.before is not None,
        "after": shown.page.after is not None,
        "turned": turned != 0,
        "last": turned < 0,
    }


@functools.cache
def _component() -> Any:
    """Registered once per process; its parts are sent along with it, so nothing is fetched from elsewhere."""
    html, css, *scripts = (
        (_FOLDER / name).read_text(encoding="utf-8") for name in ("board.html", "board.css", *_SCRIPTS)
    )
    return st.components.v2.component("atelier_gallery", html=html, css=css, js="\n".join(scripts))
