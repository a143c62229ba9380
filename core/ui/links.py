"""Links from one screen to another that keep the session: the page changes without loading anew."""

from typing import Any, Literal
from urllib.parse import parse_qsl, urlsplit

import streamlit as st

from core.ui.navigation import ROOT, SCREENS, Screen


def find_screen(address: str) -> Screen | None:
    """The screen at an address such as ``content``; ``None`` when there is none (any more)."""
    wanted = address.strip("/")
    for screens in SCREENS.values():
        for screen in screens:
            if screen.address == wanted and (ROOT / screen.script).exists():
                return screen
    return None


def screen_link(label: str, link: str, *, icon: str | None = None, help: str | None = None) -> None:  # noqa: A002 - Streamlit's word
    """A link to ``content?open=dev_…``, as notifications carry it; plain text when no such screen is open here."""
    screen, query = _target(link)
    if screen is None:
        st.markdown(label)
        return
    st.page_link(ROOT / screen.script, label=label, icon=icon, help=help, query_params=query)


def site_link(label: str, address: str, **more: Any) -> None:
    """A button that opens a page of a site; nothing for an address that is none of the web.

    Addresses come from the site itself, and one such as ``javascript:…`` would act on this page.
    """
    if is_of_the_web(address):
        st.link_button(label, address, icon=":material/open_in_new:", **more)


def is_of_the_web(address: str) -> bool:
    """Whether following ``address`` can do no more than open a page elsewhere."""
    return address.startswith(("https://", "http://"))


def screen_button(
    label: str,
    link: str,
    *,
    key: str,
    icon: str | None = None,
    type: Literal["primary", "secondary"] = "secondary",  # noqa: A002 - Streamlit's word
) -> None:
    """A button that goes to ``link``, for the one thing to do next; nothing when there is no such screen here."""
    if _target(link)[0] is not None and st.button(label, key=key, icon=icon, type=type):
        go_to(link)


def go_to(link: str) -> None:
    """Leave for ``link``, as after a button was pressed."""
    screen, query = _target(link)
    if screen is not None:
        st.switch_page(ROOT / screen.script, query_params=query)


def show_address() -> None:
    """Let the browser's bar say what this run was asked for; at the head of screens that link to themselves.

    Such a link changes what the script reads, not the bar, and the next click or a reload would send what stands there.
    """
    st.query_params.update({})


def _target(link: str) -> tuple[Screen | None, dict[str, str]]:
    parts = urlsplit(link)
    return find_screen(parts.path), dict(parse_qsl(parts.query))
