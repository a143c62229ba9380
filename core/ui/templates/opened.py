"""Which dialog of the Templates screen is open."""

from dataclasses import dataclass
from typing import Literal

from core.ui.desk import Desk

Action = Literal["new", "edit", "copy"]


@dataclass(frozen=True, slots=True)
class Opened:
    """A dialog about a template, or about a new one; the keys of its fields begin with ``key``."""

    key: str
    action: Action
    template_id: str | None = None


_DESK = Desk("templates", "template", Opened)
open_dialog, current, close = _DESK.open_dialog, _DESK.current, _DESK.close
