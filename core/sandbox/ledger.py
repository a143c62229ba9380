"""What an imitated provider of pictures was made to do, so that doubled and lost work can be counted."""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
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
        keys = Counter(row.key for row in self._rows if row.key is not None)
        return {
            "begun": len(self._rows),
            "images": sum(row.images for row in self._rows),
            "keys_begun_twice": sum(1 for times in keys.values() if times > 1),
            "generations": [vars(row) for row in self._rows],
        }


def digest(asked: Mapping[str, Any]) -> str:
    """The same for the same request, whatever order its fields came in."""
    return hashlib.sha256(json.dumps(asked, sort_keys=True, default=str).encode()).hexdigest()
