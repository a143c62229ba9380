"""What an imitated provider of pictures was made to do, so that doubled and lost work can be counted."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from core.sandbox.store import JsonDict


@dataclass(frozen=True)
class Begun:
    """One generation: the caller's own key where the protocol has one, and a digest of what was asked."""

    seq: int
    key: str | None
    content: str
    model: str
    images: int
    state: str = "completed"  # these providers answer with the result


class Ledger:
    """Every generation that was begun, refused ones left out."""

    def __init__(self) -> None:
        self._rows: list[Begun] = []

    def begin(self, *, key: str | None, asked: Mapping[str, Any], model: str, images: int) -> Begun:
        row = Begun(len(self._rows) + 1, key, digest(asked), model, images)
        self._rows.append(row)
        return row

    def clear(self) -> None:
        self._rows.clear()

    def report(self) -> JsonDict:
        return {
            "begun": len(self._rows),
            "images": sum(row.images for row in self._rows),
            "keys_begun_twice": repeated(row.key for row in self._rows),
            "generations": [vars(row) for row in self._rows],
        }


def repeated(names: Iterable[str | None]) -> int:
    """How many names stand there more than once, ``None`` being none."""
    return sum(1 for times in Counter(name for name in names if name is not None).values() if times > 1)


def digest(asked: Mapping[str, Any]) -> str:
    """The same for the same request, whatever order its fields came in."""
    return hashlib.sha256(json.dumps(asked, sort_keys=True, default=str).encode()).hexdigest()
