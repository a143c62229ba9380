"""The outside: making one call to a provider, and naming what went wrong."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import structlog

from core.clock import Clock
from core.errors import UnavailableError
from core.media.incoming import Incoming
from core.media.probe import DEFAULT_LIMITS, ProbeLimits
from core.media.storage import ObjectMissing, ObjectStore
from core.studio import tidying
from core.studio.execution.requests import request_of
from core.studio.execution.work import Work
from core.studio.hooks.preparing import prepare_input
from core.studio.hooks.protocol import Words
from core.studio.providers import (
    CallStatus,
    ErrorCategory,
    GenerationError,
    GenerationRequest,
    Handle,
    ImageProvider,
    InputFile,
    ProviderKind,
    ProviderTraits,
    Submitted,
)

log = structlog.get_logger(__name__)

# Protocols whose webhooks carry no signature.
UNSIGNED = frozenset({ProviderKind.CIVITAI})


class NeverCalled(GenerationError):
    """Something on our side stood in the way: the provider has not heard of it."""


@dataclass(frozen=True, slots=True)
class Calls:
    """Providers by their protocol. ``webhook_root`` is where they reach us, ``None`` when they cannot. ``limits`` are
    for what hooks make of pictures that go in."""

    providers: Mapping[ProviderKind, ImageProvider]
    store: ObjectStore
    incoming: Incoming
    clock: Clock
    webhook_root: str | None = None
    limits: ProbeLimits = DEFAULT_LIMITS

    def provider_of(self, work: Work) -> ImageProvider:
        provider = self.providers.get(work.kind)
        if provider is None:
            raise NeverCalled(
                f"Atelier cannot speak with “{work.kind.value}” here. Order it from another provider.",
                ErrorCategory.VALIDATION,
            )
        return provider

    def traits_of(self, work: Work) -> ProviderTraits:
        """What the protocol can do; nothing, when there is none."""
        provider = self.providers.get(work.kind)
        return provider.traits if provider else ProviderTraits()

    def submit(self, work: Work) -> Submitted:
        provider = self.provider_of(work)
        if work.has_lost_input:  # a model that takes none as well would make something else of the words alone
            raise NeverCalled(
                "A picture that was to go in was deleted. Order it again with another one.", ErrorCategory.VALIDATION
            )
        with self._request(work) as request, named(work, "submit", may_have_effect=True):
            return tidying.submitted(provider.submit(work.connection, request))

    def find(self, work: Work) -> Handle | None:
        provider = self.provider_of(work)
        with self._request(work) as request, named(work, "find"):
            found = provider.find(work.connection, request, since=work.attempt.opened_at)
            return None if found is None else tidying.handle(found)

    def poll(self, work: Work, handle: Handle) -> CallStatus:
        with named(work, "poll"):
            return tidying.status(self.provider_of(work).poll(work.connection, handle))

    def cancel(self, work: Work, handle: Handle) -> bool:
        with named(work, "cancel"):
            return self.provider_of(work).cancel(work.connection, handle)

    @contextmanager
    def _request(self, work: Work) -> Iterator[GenerationRequest]:
        """The request, with the pictures that go in lying on this machine."""
        with ExitStack() as stack:
            try:
                folder = stack.enter_context(self.incoming.room()) if work.inputs else Path()
                inputs = [
                    InputFile(one.parameter, self._on_disk(one.storage_key, folder / str(n)), one.mime_type, one.sha256)
                    for n, one in enumerate(work.inputs)
                ]
            except ObjectMissing as error:
                raise NeverCalled(
                    "A picture that goes in is no longer in the store. Restore it from a backup, or choose another.",
                    ErrorCategory.VALIDATION,
                ) from error
            except (UnavailableError, OSError) as error:
                raise NeverCalled(
                    "A picture that goes in could not be brought here. Check that this machine's disk has room.",
                    ErrorCategory.FILE_SYSTEM,
                ) from error
            if work.before and inputs:
                inputs = self._prepared(work, inputs, folder)
            yield request_of(work, inputs, self._webhook_url(work))

    def _prepared(self, work: Work, inputs: Sequence[InputFile], folder: Path) -> list[InputFile]:
        words = Words(work.prompt, work.negative_prompt, work.attempt.request.get("parameters", {}), work.specs)
        found = []
        for number, one in enumerate(inputs):
            file, skipped = prepare_input(one, work.before, words, folder / f"prepared-{number}", limits=self.limits)
            found.append(file)
            work.skipped.extend(skipped)
        return found

    def _on_disk(self, key: str, into: Path) -> Path:
        local = self.store.local_path(key)
        if local is not None and local.exists():
            return local
        self.store.download(key, into)
        return into

    def _webhook_url(self, work: Work) -> str | None:
        if self.webhook_root is None or not self.traits_of(work).has_webhooks:
            return None
        # Each call has an address of its own; where nothing is signed its end is the secret instead.
        tail = work.connection.settings.get("webhook_secret") if work.kind in UNSIGNED else work.attempt.key
        return f"{self.webhook_root}/hooks/providers/{work.provider_id}/{quote(tail, safe='')}" if tail else None


@contextmanager
def named(work: Work, step: str, *, may_have_effect: bool = False) -> Iterator[None]:
    """Give whatever goes wrong in the block its category."""
    try:
        yield
    except GenerationError as error:
        log.warning("A step of a generation failed.", item_id=work.id, step=step, provider=work.provider_id,
                    category=error.category.value, http_status=error.http_status)  # fmt: skip
        tidying.error(error)
        raise
    except Exception as caught:
        log.exception("A step of a generation failed unexpectedly.", item_id=work.id, step=step)
        raise GenerationError(
            "Something unexpected happened on our side. The sidecar's log has the details.",
            ErrorCategory.UNKNOWN,
            effect_possible=may_have_effect,
        ) from caught


def handle_of(stored: Mapping[str, Any]) -> Handle:
    """A stored handle as the adapter gave it."""
    return Handle(stored["request_id"], stored.get("details") or {})


def stored_handle(handle: Handle) -> dict[str, Any]:
    return {"request_id": handle.request_id, "details": dict(handle.details)}
