"""What providers have in common that answer a call with its result: nothing to poll, to stop or to look up."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from core.adapters.images.calls import base_of
from core.adapters.images.http import Line
from core.adapters.images.refusals import cannot_tell
from core.studio.providers import (
    CallState,
    CallStatus,
    Connection,
    ErrorCategory,
    GenerationError,
    GenerationRequest,
    Handle,
    Notice,
    Output,
    ProviderTraits,
)

LONGEST_CALL_SECONDS = 300.0  # pictures of high quality take more than a minute
ANSWER_BYTES = 384 * 1024**2  # ten large pictures in base64


class AnswersAtOnce:
    """The part of ``ImageProvider`` that is the same for all of them.

    ``root`` is used where a connection has none; an answer is waited for ``call_seconds``.
    """

    traits = ProviderTraits(answers_at_once=True)

    def __init__(self, line: Line, root: str, *, call_seconds: float = LONGEST_CALL_SECONDS) -> None:
        self._line = line
        self._root = root
        self._call_seconds = call_seconds

    def root_of(self, connection: Connection) -> str:
        """Where this connection's provider is."""
        return base_of(connection, self._root)

    def find(self, connection: Connection, request: GenerationRequest, *, since: datetime) -> Handle | None:
        raise cannot_tell(self._line.dialect)

    def poll(self, connection: Connection, handle: Handle) -> CallStatus:
        return CallStatus(CallState.LOST)

    def cancel(self, connection: Connection, handle: Handle) -> bool:
        return False

    def fetch(self, connection: Connection, output: Output, into: Path, *, max_bytes: int) -> None:
        # Without the key: whoever has the address has the picture, and it may lie with somebody else.
        self._line.download(output.url or "", into, home=self.root_of(connection), max_bytes=max_bytes)

    def verify(self, connection: Connection, headers: Mapping[str, str], body: bytes, *, now: datetime) -> Notice:
        raise no_webhooks(self._line.dialect.name)

    def close(self) -> None:
        self._line.close()


def no_webhooks(name: str) -> GenerationError:
    """For whoever claims to call back in the name of a provider that does not."""
    return GenerationError(f"{name} sends no webhooks.", ErrorCategory.AUTHENTICATION)
