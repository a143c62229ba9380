"""Files callers upload as inputs; each belongs to its caller and ends after a day."""

import hashlib
import secrets
from dataclasses import dataclass

from core.sandbox.requestlog import iso
from core.sandbox.store import JsonDict

LIFETIME_SECONDS = 24 * 3600.0


@dataclass(frozen=True)
class Upload:
    """One file."""

    id: str
    caller: str
    name: str
    content_type: str
    content: bytes
    created_at: float

    def as_json(self, base_url: str) -> JsonDict:
        return {
            "id": self.id,
            "name": self.name,
            "content_type": self.content_type,
            "size": len(self.content),
            "etag": hashlib.md5(self.content, usedforsecurity=False).hexdigest(),
            "checksums": {"sha256": hashlib.sha256(self.content).hexdigest()},
            "metadata": {},
            "created_at": iso(self.created_at),
            "expires_at": iso(self.created_at + LIFETIME_SECONDS),
            "urls": {"get": f"{base_url}/v1/files/{self.id}"},
        }


class Files:
    """All of them, in memory."""

    def __init__(self) -> None:
        self._rows: dict[str, Upload] = {}

    def __len__(self) -> int:
        return len(self._rows)

    def add(self, caller: str, name: str, content_type: str, content: bytes, now: float) -> Upload:
        row = Upload(secrets.token_urlsafe(24), caller, name, content_type, content, now)
        self._rows[row.id] = row
        return row

    def find(self, file_id: str, caller: str, now: float) -> Upload | None:
        row = self._rows.get(file_id)
        if row is None or row.caller != caller or now >= row.created_at + LIFETIME_SECONDS:
            return None
        return row

    def delete(self, file_id: str) -> None:
        self._rows.pop(file_id, None)

    def clear(self) -> None:
        self._rows.clear()
