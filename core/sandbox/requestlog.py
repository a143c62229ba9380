"""What reached the sandbox, in the order it came."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from core.sandbox.store import JsonDict, RecordStore

KEPT = 50_000


@dataclass
class LoggedRequest:
    """One request; ``status`` is what the client was told, ``None`` when it was told nothing."""

    seq: int
    method: str
    path: str
    endpoint: str
    received_at: float
    status: int | None = None
    effect_status: int | None = None  # what the protocol itself answered, when a fault hid it
    username: str | None = None
    faults: tuple[str, ...] = ()
    duration_ms: float | None = None

    def as_json(self) -> JsonDict:
        return {**vars(self), "faults": list(self.faults), "received_at": iso(self.received_at)}


def iso(instant: float | None) -> str | None:
    """A Unix instant as ISO 8601 in UTC, with microseconds."""
    return None if instant is None else datetime.fromtimestamp(instant, UTC).isoformat(timespec="microseconds")


class RequestLog:
    """The last 50,000 requests; an unfinished one is in memory only."""

    def __init__(self, store: RecordStore) -> None:
        self._store = store
        rows = (LoggedRequest(**{**body, "faults": tuple(body["faults"])}) for _, body in store.load("request"))
        self._rows: deque[LoggedRequest] = deque(sorted(rows, key=lambda row: row.seq))
        self._next_seq = self._rows[-1].seq + 1 if self._rows else 1

    def __iter__(self) -> Iterator[LoggedRequest]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    def open(self, method: str, path: str, endpoint: str, received_at: float) -> LoggedRequest:
        """Note a request that has arrived and is not answered yet."""
        row = LoggedRequest(self._next_seq, method, path, endpoint, received_at)
        self._next_seq += 1
        self._rows.append(row)
        if len(self._rows) > KEPT:
            self._store.delete("request", str(self._rows.popleft().seq))
        return row

    def finish(self, row: LoggedRequest) -> None:
        """Write an answered request through."""
        self._store.put("request", str(row.seq), vars(row))

    def clear(self) -> None:
        for row in self._rows:
            self._store.delete("request", str(row.seq))
        self._rows.clear()
