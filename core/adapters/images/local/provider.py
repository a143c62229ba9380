"""The provider that lives in the house: it paints by rule, on this machine, for nothing, and needs no network."""

import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from core.adapters.images.local import catalogue
from core.adapters.images.local.commission import Commission
from core.adapters.images.local.painting import Painted, paint
from core.adapters.images.local.words import split
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

_MAX_WAIT_SECONDS = 600.0


class LocalProvider:
    """Paints within :meth:`submit`. It keeps nothing between calls, so any number of threads may share one.

    Two settings of a connection serve demonstrations: ``seconds`` makes every call take at least so long, ``refuse``
    (a word, or a list of them) makes prompts that hold it be refused as by a moderator.
    """

    kind = ProviderKind.LOCAL
    # A lost call need not be looked up: it cost nothing and left nothing, and repeated it makes the same bytes.
    traits = ProviderTraits(answers_at_once=True, finds_lost_calls=True, needs_key=False)

    def check(self, connection: Connection) -> CheckedConnection:
        """Always good; a wrong setting is told."""
        _seconds(connection)
        _refused_words(connection)
        return CheckedConnection(
            None, "The painters of the house are ready. Nothing is sent anywhere, nothing is charged."
        )

    def models(self, connection: Connection) -> Sequence[CatalogueModel]:
        return catalogue.models()

    def submit(self, connection: Connection, request: GenerationRequest) -> Submitted:
        """Paint all pictures of the call, one after the other."""
        begun = time.monotonic()
        commission = Commission.read(request)
        _refuse(connection, commission)
        at_least = _seconds(connection)
        painted = [paint(commission, index) for index in range(commission.images)]
        worked = time.monotonic() - begun
        time.sleep(max(0.0, at_least - worked))
        return Submitted(Handle(request.key), _outcome(commission, painted, worked))

    def find(self, connection: Connection, request: GenerationRequest, *, since: datetime) -> Handle | None:
        """Never one: a call that did not answer left nothing behind, and may be made again."""
        return None

    def poll(self, connection: Connection, handle: Handle) -> CallStatus:
        """Nothing is kept of a call: one that was cut short is to be made again."""
        return CallStatus(CallState.LOST)

    def cancel(self, connection: Connection, handle: Handle) -> bool:
        return False

    def fetch(self, connection: Connection, output: Output, into: Path, *, max_bytes: int) -> None:
        if output.data is None:
            raise GenerationError("This result holds no picture. Order it again.", ErrorCategory.NO_IMAGE)
        if len(output.data) > max_bytes:
            raise GenerationError(
                f"The picture has {len(output.data):,} bytes; at most {max_bytes:,} are taken. Order a smaller size.",
                ErrorCategory.BAD_RESULT,
            )
        try:
            into.write_bytes(output.data)
        except OSError as error:
            raise GenerationError(
                "The picture could not be written. Make room on the disk and try again.", ErrorCategory.FILE_SYSTEM
            ) from error

    def verify(self, connection: Connection, headers: Mapping[str, str], body: bytes, *, now: datetime) -> Notice:
        raise GenerationError(
            "The painters of the house send no webhooks: this one is forged.", ErrorCategory.AUTHENTICATION
        )

    def close(self) -> None:
        """Nothing is open."""


def _outcome(commission: Commission, painted: Sequence[Painted], worked: float) -> Outcome:
    pixels = sum(picture.width * picture.height for picture in painted)
    first = painted[0]
    return Outcome(
        outputs=tuple(
            Output(data=picture.data, seed=str(picture.seed), details={"style": picture.style, "width": picture.width,
                   "height": picture.height}) for picture in painted
        ),
        returned={
            "seed": str(first.seed),
            "style": first.style,
            "palette": commission.palette,
            "width": first.width,
            "height": first.height,
            "steps": commission.steps,
            "guidance": commission.guidance,
        },
        consumption=Consumption(
            images=len(painted),
            megapixels=(Decimal(pixels) / 1_000_000).quantize(Decimal("0.000001")),
            seconds=Decimal(f"{worked:.3f}"),
            reported_cost=Decimal(0),
            size=f"{first.width}x{first.height}",
        ),
        model_answered=commission.model,
    )  # fmt: skip


def _seconds(connection: Connection) -> float:
    value = connection.settings.get("seconds", 0)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= _MAX_WAIT_SECONDS:
        raise GenerationError(
            f"The setting “seconds” must be a number from 0 to {_MAX_WAIT_SECONDS:g}.", ErrorCategory.VALIDATION
        )
    return float(value)


def _refused_words(connection: Connection) -> frozenset[str]:
    value = connection.settings.get("refuse") or ()
    words = [value] if isinstance(value, str) else value
    if not isinstance(words, list | tuple) or not all(isinstance(word, str) for word in words):
        raise GenerationError("The setting “refuse” must be a word or a list of words.", ErrorCategory.VALIDATION)
    return frozenset(part for word in words for part in split(word))


def _refuse(connection: Connection, commission: Commission) -> None:
    if _refused_words(connection) & frozenset(split(commission.prompt)):
        raise GenerationError(
            "The prompt holds a word that this connection refuses. Change the prompt and order again.",
            ErrorCategory.CONTENT_POLICY,
            provider_code="refused_word",
        )
