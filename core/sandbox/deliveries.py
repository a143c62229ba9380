"""Webhooks of imitated providers: posted when a run is over, to addresses on this machine alone."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx

from core.sandbox.store import JsonDict

TIMEOUT_SECONDS = 15.0
PAUSE_SECONDS = 0.1  # before the next try; the real ones take minutes


@dataclass(frozen=True)
class Message:
    """One webhook as it is posted."""

    url: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Delivery:
    """What became of one: ``statuses`` are the answers, ``None`` for no answer; addresses are left out."""

    run_id: str
    event: str
    statuses: list[int | None]
    is_refused: bool = False  # the address leads away from this machine


class Deliveries:
    """Everything posted by one provider."""

    def __init__(self) -> None:
        self._rows: list[Delivery] = []
        self._tasks: set[asyncio.Task[None]] = set()

    def post(
        self,
        run_id: str,
        event: str,
        *,
        after: Callable[[], Awaitable[None]],
        make: Callable[[], Message | None],
        tries: int,
    ) -> None:
        """Wait for ``after``, then post what ``make`` gives, ``None`` being nothing, until it is taken."""
        task = asyncio.create_task(self._deliver(run_id, event, after, make, tries))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def clear(self) -> None:
        for task in self._tasks:
            task.cancel()
        self._rows.clear()

    def report(self) -> list[JsonDict]:
        return [vars(row) for row in self._rows]

    async def _deliver(
        self,
        run_id: str,
        event: str,
        after: Callable[[], Awaitable[None]],
        make: Callable[[], Message | None],
        tries: int,
    ) -> None:
        await after()
        message = make()
        if message is None:
            return
        row = Delivery(run_id, event, [], is_refused=not _is_here(message.url))
        self._rows.append(row)
        if row.is_refused:
            return
        async with httpx.AsyncClient(timeout=TIMEOUT_SECONDS, trust_env=False) as client:
            for _ in range(tries):
                row.statuses.append(await _post(client, message))
                if row.statuses[-1] is not None and row.statuses[-1] < 300:
                    return
                await asyncio.sleep(PAUSE_SECONDS)


async def _post(client: httpx.AsyncClient, message: Message) -> int | None:
    try:
        answer = await client.post(message.url, headers=message.headers, content=message.body)
    except httpx.HTTPError:
        return None
    return answer.status_code


def _is_here(url: str) -> bool:
    return urlsplit(url).hostname in {"127.0.0.1", "localhost", "::1"}
