"""Doing something on the Lookups & templates screen, and saying so; and which dialog is open there."""

from dataclasses import dataclass
from typing import Literal

from core.ui.desk import Desk

Kind = Literal["lookup", "take-lookups", "template", "fit", "take-templates"]


@dataclass(frozen=True, slots=True)
class Opened:
    """A dialog about ``subject_id``, or about something new; the keys of its fields begin with ``key``."""

    key: str
    kind: Kind
    subject_id: str | None = None


_DESK = Desk("wording", "wording", Opened)
SAID, act, while_there = _DESK.said, _DESK.act, _DESK.while_there
open_dialog, current, close, finish = _DESK.open_dialog, _DESK.current, _DESK.close, _DESK.finish
