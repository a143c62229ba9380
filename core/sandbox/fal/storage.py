"""Files callers upload as inputs: a place is asked for, then filled by a PUT without a key."""

import json
import secrets
from dataclasses import dataclass

from core.sandbox.fal.errors import ApiError
from core.sandbox.store import JsonDict

LIFECYCLE = "x-fal-object-lifecycle-preference"


@dataclass
class Place:
    """Somewhere to put a file; ``content`` is ``None`` until it came."""

    id: str
    name: str
    content_type: str
    expires_at: float | None
    content: bytes | None = None


class Storage:
    """All of them, in memory."""

    def __init__(self) -> None:
        self._rows: dict[str, Place] = {}

    def __len__(self) -> int:
        return sum(row.content is not None for row in self._rows.values())

    def initiate(self, body: object, lifecycle: str | None, now: float) -> Place:
        """A new place; raises the 422 the provider answers otherwise."""
        name = body.get("file_name") if isinstance(body, dict) else None
        content_type = body.get("content_type") if isinstance(body, dict) else None
        if not isinstance(name, str) or not isinstance(content_type, str):
            raise ApiError(422, [{"loc": ["body"], "msg": "Field required", "type": "missing"}])
        place = Place(secrets.token_hex(16), name, content_type, _ends_at(lifecycle, now))
        self._rows[place.id] = place
        return place

    def find(self, place_id: str, now: float) -> Place | None:
        place = self._rows.get(place_id)
        return None if place is None or (place.expires_at is not None and place.expires_at <= now) else place

    def clear(self) -> None:
        self._rows.clear()


def places(base_url: str, place: Place) -> JsonDict:
    """Where to put it, and where it will be."""
    return {
        "upload_url": f"{base_url}/-/upload/{place.id}",
        "file_url": f"{base_url}/-/media/uploads/{place.id}/{place.name}",
    }


def _ends_at(lifecycle: str | None, now: float) -> float | None:
    if not lifecycle:
        return None
    try:
        seconds = json.loads(lifecycle)["expiration_duration_seconds"]
    except (ValueError, KeyError, TypeError) as error:
        raise ApiError(422, "The lifecycle preference cannot be read.") from error
    return now + float(seconds)
