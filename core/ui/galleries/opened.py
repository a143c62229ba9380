"""Which dialog of the Galleries screen is open."""

from dataclasses import dataclass
from typing import Literal

from core.ui.desk import Desk

Action = Literal["new", "edit", "move", "remove", "add", "transfer", "drafts"]


@dataclass(frozen=True, slots=True)
class Opened:
    """A dialog about a folder; ``posts`` are those it is about. The keys of its fields begin with ``key``."""

    key: str
    action: Action
    folder_id: str | None = None
    posts: tuple[str, ...] = ()


_DESK = Desk("galleries", "gallery", Opened)
open_dialog, current, close = _DESK.open_dialog, _DESK.current, _DESK.close
