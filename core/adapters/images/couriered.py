"""A provider that answers at once, called through a courier: what it answers survives whoever ordered it.

Without a courier the calling process carries the call itself, by the same steps, so that what it wrote down can be read
after its end. A call whose carrier died in the middle is lost, and nobody can tell what became of it.
"""

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from core.adapters.images.courier.carrying import carry
from core.adapters.images.courier.letters import Answer, Errand
from core.adapters.images.courier.presence import Presence, Role
from core.adapters.images.courier.spool import FOLDER, Reason, Spool, Stage, Standing
from core.clock import Clock, utc_now
from core.studio.providers import (
    CallState,
    CallStatus,
    CatalogueModel,
    CheckedConnection,
    Connection,
    ErrorCategory,
    GenerationError,
    GenerationRequest,
    Handle,
    ImageProvider,
    Notice,
    Output,
    ProviderKind,
    Submitted,
)

log = structlog.get_logger(__name__)

# So long a call waits for a courier when none is there: it is being started again.
COURIER_SECONDS = 60.0
# So long other machines are asked whether they know a call that this one does not.
ELSEWHERE = timedelta(minutes=15)
# So long an answer on another machine is waited for: as long as anybody asks about a call at all.
PATIENCE = timedelta(hours=24)
# Answers that a process without a courier keeps: longer than they can be asked for.
KEPT_SECONDS = 26 * 3600.0
SWEEP_EVERY_SECONDS = 600.0


class Couriered:
    """``ImageProvider`` around one that answers at once. ``is_shared``: every process of the house sees this spool."""

    def __init__(
        self, inner: ImageProvider, spool: Spool, *, is_shared: bool, clock: Clock = utc_now,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:  # fmt: skip
        self.kind = inner.kind
        self.traits = replace(inner.traits, answers_at_once=False, finds_lost_calls=True, can_cancel=True)
        self._inner = inner
        self._spool = spool
        self._is_shared = is_shared
        self._clock = clock
        self._sleep = sleep
        self._lock = threading.Lock()
        self._presence: Presence | None = None
        self._swept_at = time.monotonic()

    def check(self, connection: Connection) -> CheckedConnection:
        return self._inner.check(connection)

    def models(self, connection: Connection) -> Sequence[CatalogueModel]:
        return self._inner.models(connection)

    def submit(self, connection: Connection, request: GenerationRequest) -> Submitted:
        errand, presence = Errand(connection.provider_id, request), None
        try:
            handle = self._handle(request.key, self._clock())
            if not self._spool.carriers.any_takes():
                presence = self._enter()
            self._spool.hand_over(errand)
            if presence is None or not self._spool.take(request.key, presence):
                return Submitted(handle)
        except OSError as error:
            raise self._no_room(request.key) from error
        answer = carry(self._spool, errand, presence, self._inner, connection, sleep=self._sleep)
        self._sweep()
        if answer.error is not None:
            raise answer.error
        return Submitted(handle, answer.outcome)

    def find(self, connection: Connection, request: GenerationRequest, *, since: datetime) -> Handle | None:
        key = request.key
        with _readable():
            # A folder that is younger than the call is no witness: the other may have been lost with its machine.
            if self._is_shared and self._spool.born_at <= since and self._spool.void(key):
                return None
            standing = self._spool.look(key)
            handle = self._handle(key, since)
        if standing is None:
            raise _not_here(is_early=self._clock() - since < ELSEWHERE)
        return None if standing.reason is Reason.VOID else handle

    def poll(self, connection: Connection, handle: Handle) -> CallStatus:
        with _readable():
            standing = self._spool.look(handle.request_id)
            return self._elsewhere(handle) if standing is None else self._told(handle.request_id, standing)

    def cancel(self, connection: Connection, handle: Handle) -> bool:
        with _readable():
            if not self._is_here(handle):
                raise GenerationError("The call is on another machine, which is asked next.", ErrorCategory.TRANSIENT)
            return self._spool.withdraw(handle.request_id, Reason.CANCELLED)

    def fetch(self, connection: Connection, output: Output, into: Path, *, max_bytes: int) -> None:
        self._inner.fetch(connection, output, into, max_bytes=max_bytes)

    def verify(self, connection: Connection, headers: Mapping[str, str], body: bytes, *, now: datetime) -> Notice:
        return self._inner.verify(connection, headers, body, now=now)

    def close(self) -> None:
        if self._presence is not None:
            self._presence.leave()
            self._presence = None
        self._inner.close()

    def _told(self, key: str, standing: Standing) -> CallStatus:
        match standing.stage:
            case Stage.WAITING:
                return self._waits(key, standing)
            case Stage.TAKEN if self._spool.carriers.is_alive(standing.carrier):
                return CallStatus(CallState.RUNNING)
            case Stage.WITHDRAWN:
                return _withdrawn(standing.reason)
        answer = self._spool.answer_of(key)  # also of one that died right after it had answered
        return CallStatus(CallState.LOST, error=_died()) if answer is None else _status(answer)

    def _no_room(self, key: str) -> GenerationError:
        return GenerationError(
            "The call could not be handed to the courier. Check that the disk of the data folder has room.",
            ErrorCategory.FILE_SYSTEM,
            effect_possible=self._spool.look(key) is not None,  # it got there in spite of all: then it is found
        )

    def _enter(self) -> Presence:
        """This process as one that carries its own calls."""
        with self._lock:
            if self._presence is None:
                log.warning("No courier runs: calls are made by this process itself, and are lost with it.",
                            provider=self.kind.value)  # fmt: skip
                self._presence = self._spool.enter(Role.ALONE)
            return self._presence

    def _sweep(self) -> None:
        if time.monotonic() - self._swept_at > SWEEP_EVERY_SECONDS:
            self._swept_at = time.monotonic()
            self._spool.sweep(older_than=KEPT_SECONDS)

    def _handle(self, key: str, at: datetime) -> Handle:
        return Handle(key, {"spool": self._spool.id, "handed_at": at.isoformat()})

    def _is_here(self, handle: Handle) -> bool:
        return handle.details.get("spool") == self._spool.id

    def _elsewhere(self, handle: Handle) -> CallStatus:
        """A call that this spool does not know: another machine's, or one whose files were removed."""
        handed = handle.details.get("handed_at")
        if self._is_here(handle) or handed is None or self._clock() - datetime.fromisoformat(handed) > PATIENCE:
            return CallStatus(CallState.LOST, error=_died())
        return CallStatus(CallState.RUNNING)

    def _waits(self, key: str, standing: Standing) -> CallStatus:
        if standing.seconds <= COURIER_SECONDS or self._spool.carriers.any_takes():
            return CallStatus(CallState.QUEUED)
        if self._spool.withdraw(key, Reason.LEFT):
            log.warning("No courier came for a call; it is made again without one.", call=key)
            return _withdrawn(Reason.LEFT)
        return CallStatus(CallState.RUNNING)


@contextmanager
def _readable() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise GenerationError(
            "The courier's folder cannot be used. Check that the disk of the data folder has room.",
            ErrorCategory.FILE_SYSTEM,
        ) from error


def _status(answer: Answer) -> CallStatus:
    error = answer.error
    if error is None:
        return CallStatus(CallState.DONE, outcome=answer.outcome)
    if error.effect_possible:
        return CallStatus(CallState.LOST, error=error)
    return CallStatus(CallState.FAILED, error=error, was_begun=False)


def _withdrawn(reason: Reason | None) -> CallStatus:
    match reason:
        case Reason.CANCELLED:
            return CallStatus(CallState.CANCELLED, was_begun=False)
        case Reason.NO_ROOM:
            return CallStatus(CallState.LOST, error=_not_kept())
    error = GenerationError("No courier made this call. It is made again.", ErrorCategory.TRANSIENT)
    return CallStatus(CallState.FAILED, error=error, was_begun=False)


def _died() -> GenerationError:
    return GenerationError(
        "The process that made this call ended before the answer was there: the picture may have been made and "
        "charged. Look in your account at the provider, then retry if you want it made again.",
        ErrorCategory.UNKNOWN,
        effect_possible=True,
    )


def _not_kept() -> GenerationError:
    return GenerationError(
        "The call was made, and may be charged, but its answer could not be kept. See that the disk has room, then "
        "retry.",
        ErrorCategory.FILE_SYSTEM,
        effect_possible=True,
    )


def _not_here(*, is_early: bool) -> GenerationError:
    if is_early:
        return GenerationError("Another machine may have made this call; it is asked.", ErrorCategory.TRANSIENT)
    return _died()


def couriered(
    providers: Mapping[ProviderKind, ImageProvider], data_dir: Path, *, is_shared: bool
) -> dict[ProviderKind, ImageProvider]:
    """The same, with a courier in front of those that answer at once and charge for it."""
    spool = Spool(data_dir / FOLDER)
    log.debug("Calls that are answered at once go through a spool.", spool=spool.id)  # which makes it, before any call
    return {
        kind: Couriered(one, spool, is_shared=is_shared) if is_for_couriers(one) else one
        for kind, one in providers.items()
    }


def is_for_couriers(provider: ImageProvider) -> bool:
    """Whether an answer of this provider exists once and cannot be asked for again."""
    return (
        provider.traits.answers_at_once
        and not provider.traits.finds_lost_calls
        and provider.kind is not ProviderKind.LOCAL
    )
