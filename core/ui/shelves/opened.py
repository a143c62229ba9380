"""Which dialog of the Collections screen is open, and what is done and said there."""

from dataclasses import dataclass
from typing import Literal

from core.ui.desk import Desk

Kind = Literal["collection", "smart", "project", "tag", "feature", "add", "delete-project"]


@dataclass(frozen=True, slots=True)
class Opened:
    """A dialog about ``subject_id``, or about something new; the keys of its fields begin with ``key``."""

    key: str
    kind: Kind
    subject_id: str | None = None


_DESK = Desk("shelves", "shelf", Opened)
SAID, act, while_there = _DESK.said, _DESK.act, _DESK.while_there
open_dialog, current, close, finish = _DESK.open_dialog, _DESK.current, _DESK.close, _DESK.finish
