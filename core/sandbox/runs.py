"""Generations that take a while at an imitated provider: how they stand now, what comes out, when that ends.

A word in the prompt chooses how one ends: ``sandbox:blocked``, ``sandbox:failed``, ``sandbox:memory``,
``sandbox:empty``, ``sandbox:truncated``, ``sandbox:rubbish``, ``sandbox:endless``.
"""

import asyncio
import hashlib
import hmac
import math
import re
import secrets
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse

from core.sandbox.ledger import digest, repeated
from core.sandbox.pictures import MEDIA_TYPES, paint
from core.sandbox.store import JsonDict

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_SIGNING_KEY = secrets.token_bytes(32)
_CHUNK = b"\x89PNG\r\n\x1a\n" + bytes(65_528)


class Behaviour(BaseModel):
    """How a provider is set; durations in seconds."""

    model_config = ConfigDict(extra="forbid")

    seconds: float = Field(0.3, ge=0, le=3600)  # a run takes this long
    queue_seconds: float = Field(0.0, ge=0, le=3600)  # before it starts
    output_seconds: float = Field(3600, ge=0)  # how long results can be fetched; 0 ends those there are as well
    sends_webhooks: bool = True
    webhook_tries: int = Field(3, ge=1, le=20)
    forgets_runs: bool = False  # what was begun is unknown from now on
    page_size: int = Field(100, ge=1)  # of lists


class Ending(StrEnum):
    """How a run ends; the last three are addresses of pictures with something else behind them."""

    GOOD = "good"
    BLOCKED = "blocked"
    FAILED = "failed"
    MEMORY = "memory"
    EMPTY = "empty"
    TRUNCATED = "truncated"
    RUBBISH = "rubbish"
    ENDLESS = "endless"


_MARK = re.compile(r"sandbox:(blocked|failed|memory|empty|truncated|rubbish|endless)\b")


def ending_of(prompt: str) -> Ending:
    """What the prompt asks for; a good one mostly."""
    found = _MARK.search(prompt)
    return Ending(found[1]) if found else Ending.GOOD


class Standing(StrEnum):
    """Where a run is."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"


@dataclass
class Run:
    """One generation. ``asked`` is what was sent; ``base_url`` is where the caller reached the provider."""

    id: str
    model: str
    asked: JsonDict
    prompt: str
    seed: int
    width: int
    height: int
    images: int
    caller: str
    created_at: float
    starts_at: float
    ends_at: float
    base_url: str
    key: str | None = None  # the caller's own name for it, where the protocol has a place for one
    kind: str = "PNG"
    cancelled_at: float | None = None
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def ending(self) -> Ending:
        return ending_of(self.prompt)

    def standing(self, now: float) -> Standing:
        if self.cancelled_at is not None and self.cancelled_at <= now:
            return Standing.CANCELLED
        if now >= self.ends_at:
            return Standing.DONE
        return Standing.RUNNING if now >= self.starts_at else Standing.QUEUED

    def cancel(self, now: float) -> bool:
        """Stop it; whether it was still going."""
        is_going = self.standing(now) in {Standing.QUEUED, Standing.RUNNING}
        if is_going:
            self.cancelled_at = now
        return is_going

    def over_at(self) -> float:
        return self.cancelled_at if self.cancelled_at is not None else self.ends_at

    def progress(self, now: float) -> float:
        """From 0 to 1."""
        span = self.ends_at - self.starts_at
        return min(max((now - self.starts_at) / span, 0.0), 1.0) if span > 0 else 1.0

    def picture(self, index: int) -> bytes:
        return paint(self.prompt, seed=self.seed + index, width=self.width, height=self.height, kind=self.kind)


class Runs:
    """Every run of one provider, oldest first."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.clock = clock
        self._rows: dict[str, Run] = {}

    def __iter__(self) -> Iterator[Run]:
        return iter(self._rows.values())

    def add(self, run: Run) -> Run:
        self._rows[run.id] = run
        return run

    def find(self, run_id: str, caller: str) -> Run | None:
        """A caller's own run; somebody else's is not there."""
        run = self._rows.get(run_id)
        return run if run is not None and run.caller == caller else None

    def by_id(self, run_id: str) -> Run | None:
        return self._rows.get(run_id)

    def of(self, caller: str) -> list[Run]:
        """Newest first."""
        return [run for run in reversed(self._rows.values()) if run.caller == caller]

    def clear(self) -> None:
        self._rows.clear()

    async def until_started(self, run: Run) -> None:
        """Wait until it has left the queue."""
        while run.standing(self.clock()) is Standing.QUEUED:
            await asyncio.sleep(min(max(run.starts_at - self.clock(), 0.005), 0.05))

    async def until_over(self, run: Run, *, at_most: float | None = None) -> None:
        """Wait until it has ended in whatever way, or for so many seconds."""
        patience = math.inf if at_most is None else self.clock() + at_most
        while run.standing(self.clock()) in {Standing.QUEUED, Standing.RUNNING} and self.clock() < patience:
            await asyncio.sleep(min(max(run.ends_at - self.clock(), 0.005), 0.05))

    def report(self) -> JsonDict:
        now = self.clock()
        rows = [_row(run, now) for run in self]
        return {
            "begun": len(rows),
            "images": sum(run.images for run in self),
            "keys_begun_twice": repeated(row["key"] for row in rows),
            "contents_begun_twice": repeated(row["content"] for row in rows),
            "generations": rows,
        }


def _row(run: Run, now: float) -> JsonDict:
    return {
        "id": run.id,
        "key": run.key,
        "content": digest({"model": run.model, **run.asked}),
        "model": run.model,
        "images": run.images,
        "ending": run.ending.value,
        "state": run.standing(now).value,
    }


def key_in(webhook: str | None) -> str | None:
    """The caller's own name for a call, if the address of its webhook ends in one."""
    tail = urlsplit(webhook or "").path.rpartition("/")[2]
    return tail if _UUID.fullmatch(tail) else None


def is_since(run: Run, text: str | None) -> bool:
    """Whether it began at or after an instant in ISO 8601; an instant that is none limits nothing."""
    try:
        return not text or run.created_at >= datetime.fromisoformat(text).timestamp()
    except ValueError:
        return True


def signature(path: str, expires: int) -> str:
    """What an address of a result is signed with."""
    return hmac.new(_SIGNING_KEY, f"{path}:{expires}".encode(), hashlib.sha256).hexdigest()[:32]


def is_signed(path: str, expires: str, sig: str, now: float) -> bool:
    """Whether an address is genuine and has not ended."""
    if not expires.isdecimal() or len(expires) > 12:
        return False
    return hmac.compare_digest(sig.encode(), signature(path, int(expires)).encode()) and int(expires) > now


async def result(run: Run, index: int) -> Response:
    """The bytes behind the address of a result."""
    media_type = MEDIA_TYPES[run.kind]
    if run.ending is Ending.ENDLESS:
        return StreamingResponse(_endless(), media_type=media_type)
    if run.ending is Ending.RUBBISH:
        return Response(b"This is not the picture you are looking for.\n" * 40, media_type=media_type)
    content = await run_in_threadpool(run.picture, index)
    if run.ending is Ending.TRUNCATED:
        content = content[: len(content) // 2]
    return Response(content, media_type=media_type)


async def _endless() -> AsyncIterator[bytes]:
    while True:
        yield _CHUNK
        await asyncio.sleep(0)
