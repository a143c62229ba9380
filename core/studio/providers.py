"""What the studio needs of a provider of pictures; adapters speak the provider's own protocol.

A call is made in three steps: :meth:`ImageProvider.submit` begins it and gives a :class:`Handle`, which is stored and
committed at once; :meth:`ImageProvider.poll` asks how it stands; :meth:`ImageProvider.fetch` brings a result here. A
provider that answers at once gives the outcome with the submission. After a crash a handle is polled on; a submission
whose answer was lost is looked up by :meth:`ImageProvider.find`, never repeated blindly.
"""

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from core.errors import UnavailableError
from core.metering.consumption import Consumption
from core.studio.parameters import ParameterSpecSet

__all__ = [
    "ADDRESS_SECRET_HEADER",
    "CallState",
    "CallStatus",
    "CatalogueModel",
    "CheckedConnection",
    "Connection",
    "Consumption",
    "ErrorCategory",
    "GenerationError",
    "GenerationRequest",
    "Handle",
    "ImageProvider",
    "InputFile",
    "Modality",
    "ModelRef",
    "Notice",
    "Outcome",
    "Output",
    "ProviderKind",
    "ProviderTraits",
    "QuotingProvider",
    "Submitted",
]


# Where a protocol signs nothing, the address of its webhooks ends in a secret. Whoever receives one hands that secret
# to ``ImageProvider.verify`` under this name among the headers, in place of what the sender put there.
ADDRESS_SECRET_HEADER = "x-atelier-address-secret"  # noqa: S105 - a name


class ProviderKind(enum.StrEnum):
    """Which protocol a provider speaks."""

    LOCAL = "local"
    COMFYUI = "comfyui"
    REPLICATE = "replicate"
    FAL = "fal"
    CIVITAI = "civitai"
    OPENAI = "openai"
    GEMINI = "gemini"
    OPENAI_COMPATIBLE = "openai_compatible"


class Modality(enum.StrEnum):
    """What goes in, and what comes out."""

    TEXT_TO_IMAGE = "text-to-image"
    IMAGE_TO_IMAGE = "image-to-image"
    TEXT_TO_VIDEO = "text-to-video"
    IMAGE_TO_VIDEO = "image-to-video"
    TEXT_TO_AUDIO = "text-to-audio"


class CommercialUse(enum.StrEnum):
    """Whether pictures of a model may be sold, by its terms; a person says so who has read them."""

    UNKNOWN = "unknown"
    ALLOWED = "allowed"
    CONDITIONAL = "conditional"
    FORBIDDEN = "forbidden"


class ErrorCategory(enum.StrEnum):
    """Why a call failed; decided from status and provider code, never from message text."""

    TRANSIENT = "transient"
    RATE_LIMITED = "rate_limited"
    PROVIDER_OUTAGE = "provider_outage"
    NETWORK = "network"
    FILE_SYSTEM = "file_system"
    AUTHENTICATION = "authentication"
    VALIDATION = "validation"
    CONTENT_POLICY = "content_policy"
    NO_IMAGE = "no_image"  # a good answer without a picture in it
    BAD_RESULT = "bad_result"  # corrupted, too large, or no picture at all
    EXPIRED = "expired"  # the result was there and is no longer
    SPEND_CAP = "spend_cap"  # our own limit for the day: nothing was called
    QUOTA = "quota"  # the provider wants money first
    UNKNOWN = "unknown"


class GenerationError(UnavailableError):
    """A call to a provider failed; ``str(error)`` is a sentence fit for a person, with what to do next.

    ``effect_possible`` is true when the provider may be working, and charging, although no good answer came back.
    ``retry_after`` is seconds, as the provider asked. ``provider_code`` is the provider's own name of the error.
    ``consumption`` is what the failed call used all the same: a refused picture can cost the words of its prompt.
    """

    def __init__(
        self,
        message: str,
        category: ErrorCategory,
        *,
        http_status: int | None = None,
        provider_code: str | None = None,
        retry_after: float | None = None,
        effect_possible: bool = False,
        consumption: Consumption | None = None,
    ) -> None:
        super().__init__(message)
        self.category = category
        self.http_status = http_status
        self.provider_code = provider_code
        self.retry_after = retry_after
        self.effect_possible = effect_possible
        self.consumption = consumption


@dataclass(frozen=True, slots=True)
class Connection:
    """A provider as configured in this house. ``base_url`` is its own root when empty."""

    provider_id: str
    kind: ProviderKind
    base_url: str | None = None
    api_key: str | None = field(default=None, repr=False)
    settings: Mapping[str, Any] = field(default_factory=dict, repr=False)  # secrets of webhooks among them


@dataclass(frozen=True, slots=True)
class ModelRef:
    """The model that is asked: the provider's own name for it, and what the catalogue keeps for the adapter."""

    model_id: str
    modality: Modality
    version: str | None = None
    # ComfyUI: {"workflow": {...API graph...}, "bindings": {parameter: [[node, input], ...]}, "outputs": [node, ...]}
    definition: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class InputFile:
    """A picture that goes in. ``parameter`` is the name of the model's parameter it stands for."""

    parameter: str
    path: Path
    mime_type: str
    sha256: str


@dataclass(frozen=True, slots=True)
class GenerationRequest:
    """One call. ``key`` is ours, unlike any other call's (a lower-case UUID), and sent along wherever the protocol has
    a place for it. ``parameters`` are in the model's own names; ``images`` is how many pictures the call is to make.
    """

    key: str
    model: ModelRef
    parameters: Mapping[str, Any]
    images: int = 1
    inputs: Sequence[InputFile] = ()
    webhook_url: str | None = None


@dataclass(frozen=True, slots=True)
class Handle:
    """What finds a call again, stored as JSON. ``details`` are addresses and such that the provider gave with it."""

    request_id: str
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Output:
    """One result: an address to fetch from, or the bytes themselves. The type is sniffed later, never believed."""

    url: str | None = field(default=None, repr=False)
    data: bytes | None = field(default=None, repr=False)
    seed: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outcome:
    """A call that ended well. ``returned`` is what the provider says it used: seed, version, timings."""

    outputs: Sequence[Output]
    returned: Mapping[str, Any] = field(default_factory=dict)
    consumption: Consumption = field(default_factory=Consumption)
    model_answered: str | None = None


class CallState(enum.StrEnum):
    """How a call stands at the provider."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    LOST = "lost"  # the provider does not know it (any more)


@dataclass(frozen=True, slots=True)
class CallStatus:
    """An answer to :meth:`ImageProvider.poll`. ``outcome`` with ``DONE``, ``error`` with ``FAILED``.

    ``progress`` is from 0 to 1; ``consumption`` is what a failed or cancelled call cost all the same. ``was_begun`` is
    false when the provider turned the call down or never heard of it. ``error`` may say why a call is ``LOST``.
    """

    state: CallState
    progress: float | None = None
    queue_position: int | None = None
    outcome: Outcome | None = None
    error: GenerationError | None = None
    consumption: Consumption | None = None
    was_begun: bool = True


@dataclass(frozen=True, slots=True)
class Submitted:
    """A call that began. ``outcome`` is set when the provider answered with the result itself."""

    handle: Handle
    outcome: Outcome | None = None


@dataclass(frozen=True, slots=True)
class CheckedConnection:
    """What “Test connection” found: whose account it is, and a sentence about it."""

    account: str | None
    message: str


@dataclass(frozen=True, slots=True)
class CatalogueModel:
    """A model as the catalogue holds it. ``pricing`` is for people to read; sums come from the price table."""

    model_id: str
    name: str
    family: str | None
    modality: Modality
    parameters: ParameterSpecSet
    version: str | None = None
    # images_per_call, modalities, accepts_negative_prompt, sizes …
    capabilities: Mapping[str, Any] = field(default_factory=dict)
    pricing: Mapping[str, Any] = field(default_factory=dict)
    definition: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ProviderTraits:
    """What a protocol can do. ``answers_at_once``: the submission holds the result. ``finds_lost_calls``: a submission
    whose answer was lost can be looked up by its key or content."""

    answers_at_once: bool = False
    finds_lost_calls: bool = False
    can_cancel: bool = False
    has_webhooks: bool = False
    needs_key: bool = True


@dataclass(frozen=True, slots=True)
class Notice:
    """A webhook whose signature was verified. It is a hint: the call is polled, the body not believed."""

    delivery_id: str
    request_id: str


class ImageProvider(Protocol):
    """One protocol, for any number of connections and threads. All raise :class:`GenerationError`."""

    kind: ProviderKind
    traits: ProviderTraits

    def check(self, connection: Connection) -> CheckedConnection:
        """Whether the address and key are good; makes nothing and costs nothing."""

    def models(self, connection: Connection) -> Sequence[CatalogueModel]:
        """The models this connection offers: a bundled list, or what the provider says."""

    def submit(self, connection: Connection, request: GenerationRequest) -> Submitted:
        """Begin a call. Makes the request once: repeating is the caller's business."""

    def find(self, connection: Connection, request: GenerationRequest, *, since: datetime) -> Handle | None:
        """The call that ``request`` began after ``since`` although its answer was lost; ``None`` when there is none."""

    def poll(self, connection: Connection, handle: Handle) -> CallStatus:
        """How a call stands. Safe to repeat."""

    def cancel(self, connection: Connection, handle: Handle) -> bool:
        """Ask the provider to stop; whether it will."""

    def fetch(self, connection: Connection, output: Output, into: Path, *, max_bytes: int) -> None:
        """Write a result to ``into``; stops reading beyond ``max_bytes`` whatever the provider announced."""

    def verify(self, connection: Connection, headers: Mapping[str, str], body: bytes, *, now: datetime) -> Notice:
        """Check a webhook's signature and age; raises with ``AUTHENTICATION`` when it is forged or stale.

        The secret is ``connection.settings["webhook_secret"]`` where the protocol does not publish one itself.
        """

    def close(self) -> None:
        """Hang up."""


@runtime_checkable
class QuotingProvider(Protocol):
    """A provider that says what a call would cost; not every protocol has words for that."""

    def estimate(self, connection: Connection, request: GenerationRequest) -> Consumption:
        """What the call would use, ``reported_cost`` among it; nothing is made. Raises :class:`GenerationError`."""
