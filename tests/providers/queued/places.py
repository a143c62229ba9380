"""What differs between the three, as far as these tests care."""

from dataclasses import dataclass, replace
from typing import Any

from core.studio.providers import (
    CallState,
    CallStatus,
    Connection,
    GenerationError,
    GenerationRequest,
    ImageProvider,
    Outcome,
    ProviderKind,
)
from tests.providers.support import model_named, request_for


@dataclass(frozen=True)
class Place:
    """One provider: a key its stand-in takes, a small picture of a cheap model, and the call that begins one."""

    kind: ProviderKind
    key: str
    model_id: str
    small: tuple[tuple[str, Any], ...]
    submission: str

    def connection(self, sandbox_url: str, **changed: Any) -> Connection:
        url = f"{sandbox_url}/{self.kind.value}"
        return replace(Connection(f"prv_{self.kind.value}", self.kind, url, self.key), **changed)

    def request(
        self, provider: ImageProvider, connection: Connection, *, images: int = 1, **changed: Any
    ) -> GenerationRequest:
        model = model_named(provider, connection, self.model_id)
        return request_for(model, images=images, **{**dict(self.small), **changed})


PLACES = [
    Place(
        ProviderKind.REPLICATE,
        "r8_sandbox_alice",
        "black-forest-labs/flux-schnell",
        (("megapixels", "0.25"),),
        "/v1/models/*/predictions",
    ),
    Place(ProviderKind.FAL, "fal_sandbox_alice", "fal-ai/flux/schnell", (("width", 256), ("height", 256)), "/fal-ai/*"),
    Place(
        ProviderKind.CIVITAI,
        "civitai_sandbox_alice",
        "urn:air:sd1:checkpoint:civitai:4384@128713",
        (("width", 256), ("height", 256)),
        "/v2/consumer/workflows",
    ),
]


def ended(provider: ImageProvider, connection: Connection, request: GenerationRequest) -> CallStatus:
    """Begin a call and ask how it ended."""
    return provider.poll(connection, provider.submit(connection, request).handle)


def outcome_of(status: CallStatus) -> Outcome:
    assert status.state is CallState.DONE, status
    assert status.outcome is not None
    return status.outcome


def failure_of(status: CallStatus) -> GenerationError:
    assert status.state is CallState.FAILED, status
    assert status.error is not None
    return status.error
