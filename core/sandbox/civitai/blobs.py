"""Blobs: pictures that came out of workflows, and those uploaded to go in."""

import secrets
from dataclasses import dataclass

from core.sandbox.pictures import size_of
from core.sandbox.requestlog import iso
from core.sandbox.runs import signature
from core.sandbox.store import JsonDict

UPLOAD_SECONDS = 900
KEPT_SECONDS = 30 * 24 * 3600.0


@dataclass(frozen=True)
class Blob:
    """An upload."""

    id: str
    content: bytes
    created_at: float


class Blobs:
    """All uploads, in memory."""

    def __init__(self) -> None:
        self._rows: dict[str, Blob] = {}

    def __len__(self) -> int:
        return len(self._rows)

    def add(self, content: bytes, now: float) -> Blob:
        blob = Blob(f"blob_{secrets.token_hex(13).upper()}", content, now)
        self._rows[blob.id] = blob
        return blob

    def find(self, blob_id: str) -> Blob | None:
        return self._rows.get(blob_id)

    def clear(self) -> None:
        self._rows.clear()


def signed(base_url: str, blob_id: str, expires: int) -> str:
    """The address of a blob that needs no key until it ends."""
    return address(base_url, f"/v2/consumer/blobs/{blob_id}", expires)


def address(base_url: str, path: str, expires: int) -> str:
    """A path as an address that is the right to it until it ends."""
    return f"{base_url}{path}?exp={expires}&sig={signature(path, expires)}"


def upload_json(blob: Blob, base_url: str) -> JsonDict:
    """An upload as the API shows it."""
    expires = int(blob.created_at + KEPT_SECONDS)
    width, height = size_of(blob.content) or (None, None)
    return {
        "type": "image",
        "id": blob.id,
        "available": True,
        "url": signed(base_url, blob.id, expires),
        "urlExpiresAt": iso(expires),
        "width": width,
        "height": height,
        "nsfwLevel": "pg",
        "blockedReason": None,
    }
