"""A provider in memory that answers as a test says, and counts what it was asked."""

import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from core.studio.providers import (
    CallState,
    CallStatus,
    CatalogueModel,
    CheckedConnection,
    Connection,
    Consumption,
    ErrorCategory,
    GenerationError,
    GenerationRequest,
    Handle,
    Notice,
    Outcome,
    Output,
    ProviderKind,
    ProviderTraits,
    Submitted,
)
from tests.media.samples import make_png


def picture(number: int = 0) -> bytes:
    """A small picture unlike those of other numbers."""
    return make_png(8, 8, texts={"Comment": f"result {number}"})


def outcome_of(*pictures: bytes, **fields: Any) -> Outcome:
    return Outcome([Output(data=one) for one in pictures], **fields)


class Scripted:
    """Answers ``submit``, ``poll``, ``find``, ``cancel`` and ``fetch`` in the order of the lists a test fills.

    An entry is what to return, an error to raise, or a function of the arguments. Without entries: a submission gives
    a handle, a poll says done with one picture.
    """

    def __init__(self, kind: ProviderKind = ProviderKind.REPLICATE, **traits: Any) -> None:
        self.kind = kind
        self.traits = ProviderTraits(**{"finds_lost_calls": True, "can_cancel": True} | traits)
        self.answers: dict[str, list[Any]] = {name: [] for name in ("submit", "poll", "find", "cancel", "fetch")}
        self.requests: list[GenerationRequest] = []
        self.asked: list[str] = []
        self._lock = threading.Lock()

    def script(self, step: str, *answers: Any) -> "Scripted":
        self.answers[step] += answers
        return self

    def count(self, step: str) -> int:
        return self.asked.count(step)

    def check(self, connection: Connection) -> CheckedConnection:
        return CheckedConnection(None, "It answers.")

    def models(self, connection: Connection) -> Sequence[CatalogueModel]:
        return []

    def submit(self, connection: Connection, request: GenerationRequest) -> Submitted:
        with self._lock:
            self.requests.append(request)
            number = len(self.requests)
        default = Submitted(
            Handle(f"call-{number}"), outcome_of(picture(number)) if self.traits.answers_at_once else None
        )
        answer: Submitted = self._next("submit", default, connection, request)
        return answer

    def find(self, connection: Connection, request: GenerationRequest, *, since: datetime) -> Handle | None:
        found: Handle | None = self._next("find", None, request)
        return found

    def poll(self, connection: Connection, handle: Handle) -> CallStatus:
        number = int(handle.request_id.rpartition("-")[2])
        done = CallStatus(CallState.DONE, outcome=outcome_of(picture(number), consumption=Consumption(images=1)))
        status: CallStatus = self._next("poll", done, handle)
        return status

    def cancel(self, connection: Connection, handle: Handle) -> bool:
        answer: bool = self._next("cancel", True, handle)
        return answer

    def fetch(self, connection: Connection, output: Output, into: Path, *, max_bytes: int) -> None:
        into.write_bytes(self._next("fetch", picture(), output, max_bytes))

    def verify(self, connection: Connection, headers: Mapping[str, str], body: bytes, *, now: datetime) -> Notice:
        if headers.get("signature") != "good":
            raise GenerationError("The signature does not match.", ErrorCategory.AUTHENTICATION)
        return Notice(headers["delivery"], body.decode())

    def close(self) -> None:
        pass

    def _next(self, step: str, default: Any, *args: Any) -> Any:
        with self._lock:
            self.asked.append(step)
            answer = self.answers[step].pop(0) if self.answers[step] else default
        if isinstance(answer, BaseException):
            raise answer
        return answer(*args) if isinstance(answer, Callable) else answer  # type: ignore[arg-type]  # a protocol of typing
