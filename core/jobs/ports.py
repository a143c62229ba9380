"""What the jobs work with, put together once per process."""

import os
import secrets
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from core.clock import Clock
from core.db.engine import Database
from core.media.incoming import Incoming
from core.media.probe import ProbeLimits
from core.media.storage import ObjectStore
from core.publishing.execution.calls import Calls
from core.publishing.execution.results import Rhythm
from core.publishing.execution.runner import Runner
from core.publishing.site import Site
from core.settings import Settings
from core.studio.execution.calls import Calls as GenerationCalls
from core.studio.execution.keeping import Keeper
from core.studio.execution.runner import Runner as GenerationRunner
from core.studio.providers import ImageProvider, ProviderKind
from core.system.messengers import Messenger
from core.system.models import ChannelKind


@dataclass(frozen=True, slots=True)
class Ports:
    """Settings, database, store, sites, providers and clock of one process; ``worker`` is its name in leases and
    pulses."""

    settings: Settings
    database: Database
    store: ObjectStore
    sites: Mapping[str, Site]
    clock: Clock
    worker: str
    messengers: Mapping[ChannelKind, Messenger] = field(default_factory=dict)
    image_providers: Mapping[ProviderKind, ImageProvider] = field(default_factory=dict)

    def runner(self, stopping: Callable[[], bool]) -> Runner:
        calls = Calls(self.database, self.store, self.sites, self.worker, self.clock)
        settings = self.settings
        rhythm = Rhythm(settings.call_gap_seconds, settings.longest_call_gap_seconds, settings.unknown_wait_seconds)
        return Runner(self.database, calls, self.clock, stopping, rhythm)

    def generator(self, stopping: Callable[[], bool], wake: Callable[[], None]) -> GenerationRunner:
        """What carries items of orders; ``wake`` is called when a provider has room again."""
        settings = self.settings
        incoming = Incoming.of(settings.data_dir)
        limits = ProbeLimits(
            max_bytes=settings.max_file_mb * 1024 * 1024, max_pixels=settings.max_megapixels * 1_000_000
        )
        root = settings.provider_webhook_root
        calls = GenerationCalls(self.image_providers, self.store, incoming, self.clock, root, limits)
        keeper = Keeper(self.store, incoming, limits)
        return GenerationRunner(self.database, calls, keeper, self.clock, stopping, settings.unknown_wait_seconds, wake)


def worker_name() -> str:
    """Unlike any other process's, on any machine, before or after."""
    return f"{socket.gethostname()[:30]}:{os.getpid()}:{secrets.token_hex(4)}"
