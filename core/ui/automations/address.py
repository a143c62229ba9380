"""What the Automations screen shows, as its address says it: ``automations?open=aut_…&part=preview``."""

import enum
from dataclasses import dataclass

import streamlit as st

NEW = "new"
_OWN = ("view", "open", "part", "starter", "page", "days")


class View(enum.StrEnum):
    AUTOMATIONS = "automations"
    LIMITS = "limits"


class Part(enum.StrEnum):
    """The parts of an open automation, in their order."""

    ABOUT = "about"
    RULES = "rules"
    SOURCE = "source"
    DEFAULTS = "defaults"
    SELLING = "selling"
    MANNERS = "manners"
    PREVIEW = "preview"
    LOG = "log"

    @property
    def heading(self) -> str:
        return self.value.capitalize()


@dataclass(frozen=True, slots=True)
class Place:
    """Where the person is: ``opened`` is an automation's id, ``new``, or nothing for the list."""

    view: View
    opened: str | None
    part: Part
    starter: str | None


def current_place() -> Place:
    """Read off the address; what cannot be understood counts as not said."""
    said = st.query_params
    opened = said.get("open") or None
    part = said.get("part", "")
    return Place(
        view=View.LIMITS if said.get("view") == View.LIMITS and opened is None else View.AUTOMATIONS,
        opened=opened,
        part=Part(part) if part in set(Part) else Part.RULES,
        starter=said.get("starter") or None,
    )


def show_list(view: View = View.AUTOMATIONS) -> None:
    """Go to the list, or to the limits."""
    _clear()
    if view is not View.AUTOMATIONS:
        st.query_params["view"] = view.value


def open_one(automation_id: str, part: Part | None = None) -> None:
    """Go to one automation."""
    _clear()
    st.query_params["open"] = automation_id
    if part is not None:
        st.query_params["part"] = part.value


def open_new(starter: str) -> None:
    """Begin a new automation from a starter."""
    open_one(NEW, Part.ABOUT)
    st.query_params["starter"] = starter


def show_part(part: Part) -> None:
    """Go to another part of the one that is open."""
    for name in ("page", "days"):
        st.query_params.pop(name, None)
    st.query_params["part"] = part.value


def page_number() -> int:
    """The page of the list in the open part, from 1."""
    text = st.query_params.get("page", "")
    return int(text) if text.isascii() and text.isdigit() and 0 < len(text) < 7 else 1


def turn_to(number: int) -> None:
    """Go to another page."""
    if number <= 1:
        st.query_params.pop("page", None)
    else:
        st.query_params["page"] = str(number)


def _clear() -> None:
    for name in _OWN:
        st.query_params.pop(name, None)
