"""Where a sandbox keeps its records and files: in memory, or in a SQLite file with a folder beside it."""

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from core.sandbox.errors import StateInUse

JsonDict = dict[str, Any]


class RecordStore(Protocol):
    """JSON documents by kind and key, written through at once."""

    def load(self, kind: str) -> list[tuple[str, JsonDict]]:
        """Every document of a kind with its key, in the order they were first written."""

    def put(self, kind: str, key: str, body: Mapping[str, Any]) -> None:
        """Write or replace one document."""

    def delete(self, kind: str, key: str) -> None:
        """Forget one document; a missing one is fine."""

    def transaction(self) -> AbstractContextManager[None]:
        """Everything written inside survives together or not at all."""

    def close(self) -> None:
        """Release the file."""


class MemoryStore:
    """Keeps nothing: the records in memory are all there is."""

    def load(self, kind: str) -> list[tuple[str, JsonDict]]:
        return []

    def put(self, kind: str, key: str, body: Mapping[str, Any]) -> None:
        pass

    def delete(self, kind: str, key: str) -> None:
        pass

    def transaction(self) -> AbstractContextManager[None]:
        return nullcontext()

    def close(self) -> None:
        pass


class SqliteStore:
    """One table in one file; used from the event loop's thread only."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=0.5)
        try:
            self._prepare()
        except sqlite3.OperationalError as error:
            self._connection.close()
            raise StateInUse(
                f"{path.name} is used by another sandbox. Stop that one, or choose another file."
            ) from error

    def _prepare(self) -> None:
        self._connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        self._connection.execute("PRAGMA journal_mode = WAL")
        # A killed process loses nothing this way; only a power cut could, and this is a stand-in.
        self._connection.execute("PRAGMA synchronous = OFF")
        self._connection.execute(
            "CREATE TABLE IF NOT EXISTS records (kind TEXT, key TEXT, body TEXT NOT NULL, PRIMARY KEY (kind, key))"
        )

    def load(self, kind: str) -> list[tuple[str, JsonDict]]:
        rows = self._connection.execute("SELECT key, body FROM records WHERE kind = ? ORDER BY rowid", (kind,))
        return [(key, json.loads(body)) for key, body in rows]

    def put(self, kind: str, key: str, body: Mapping[str, Any]) -> None:
        self._connection.execute(
            "INSERT INTO records (kind, key, body) VALUES (?, ?, ?)"
            " ON CONFLICT (kind, key) DO UPDATE SET body = excluded.body",
            (kind, key, json.dumps(body)),
        )

    def delete(self, kind: str, key: str) -> None:
        self._connection.execute("DELETE FROM records WHERE kind = ? AND key = ?", (kind, key))

    @contextmanager
    def transaction(self) -> Iterator[None]:
        self._connection.execute("BEGIN")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def close(self) -> None:
        self._connection.close()


class Record(Protocol):
    """A plain dataclass that knows the key it is kept under."""

    @property
    def key(self) -> str:
        """Unique among the records of its kind."""


R = TypeVar("R", bound=Record)


class Shelf(Generic[R]):
    """The records of one kind, held in memory and written through to the store."""

    def __init__(self, store: RecordStore, kind: str, record_type: type[R]) -> None:
        self._store = store
        self._kind = kind
        self._rows: dict[str, R] = {key: record_type(**body) for key, body in store.load(kind)}

    def __iter__(self) -> Iterator[R]:
        return iter(self._rows.values())

    def __len__(self) -> int:
        return len(self._rows)

    def find(self, key: str) -> R | None:
        return self._rows.get(key)

    def put(self, record: R) -> R:
        self._rows[record.key] = record
        self._store.put(self._kind, record.key, vars(record))
        return record

    def delete(self, key: str) -> None:
        if self._rows.pop(key, None) is not None:
            self._store.delete(self._kind, key)

    def clear(self) -> None:
        for key in list(self._rows):
            self.delete(key)


class Vault(Protocol):
    """File contents by SHA-256."""

    def put(self, sha256: str, content: bytes) -> None:
        """Keep one file; the same content again changes nothing."""

    def find(self, sha256: str) -> bytes | None:
        """The content, or ``None``."""


class MemoryVault:
    """Files held in memory."""

    def __init__(self) -> None:
        self._files: dict[str, bytes] = {}

    def put(self, sha256: str, content: bytes) -> None:
        self._files.setdefault(sha256, content)

    def find(self, sha256: str) -> bytes | None:
        return self._files.get(sha256)


class FolderVault:
    """Files in a folder, named by their digest."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder

    def put(self, sha256: str, content: bytes) -> None:
        target = self._folder / sha256
        if target.exists():
            return
        partial = target.with_suffix(".partial")
        partial.write_bytes(content)
        partial.replace(target)

    def find(self, sha256: str) -> bytes | None:
        target = self._folder / sha256
        return target.read_bytes() if target.is_file() else None
