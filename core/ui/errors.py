"""How a screen says that something went wrong: in a sentence, never with a traceback.

::

    with guarded():
        with runtime.database.session() as session:
            uploads.schedule(session, user.actor, ...)
        st.rerun()  # outside the transaction: a rerun inside would roll the write back
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st
import structlog

from core.errors import AtelierError, ConflictError, InvalidInputError, NotFoundError, UnavailableError
from core.ui.words import plain

log = structlog.get_logger(__name__)

_ICONS: dict[type[AtelierError], str] = {
    NotFoundError: ":material/search_off:",
    InvalidInputError: ":material/edit_note:",
    ConflictError: ":material/sync_problem:",
    UnavailableError: ":material/cloud_off:",
}


@contextmanager
def guarded() -> Iterator[None]:
    """Show an error of the block where it happened, and go on after it."""
    try:
        yield
    except AtelierError as error:
        show(error)
    except Exception as error:  # an edge: a page must say something, whatever happened
        show_unexpected(error)


def show(error: AtelierError) -> None:
    """Show an expected error; the titles and names in it are shown as they are."""
    st.error(plain(str(error)), icon=icon_of(error))


def show_unexpected(error: Exception) -> None:
    """Log a surprise and show the reference it was logged under."""
    reference = secrets.token_hex(3).upper()
    log.error("A screen failed.", reference=reference, exc_info=error)
    st.error(
        f"Something went wrong. Nothing you had saved is lost. Try again; if it stays, give reference **{reference}** "
        "to whoever looks after this Atelier.",
        icon=":material/error:",
    )


def on_script_error(error: Exception) -> bool:
    """What ``st.App`` calls for an exception nobody caught; ``True``: it has been shown."""
    if isinstance(error, AtelierError):
        show(error)
    else:
        show_unexpected(error)
    return True


def icon_of(error: AtelierError) -> str:
    """The Material icon for an error's kind."""
    for kind, icon in _ICONS.items():
        if isinstance(error, kind):
            return icon
    return ":material/error:"
