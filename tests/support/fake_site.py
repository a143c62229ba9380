"""A gallery site in memory, for tests that care about what is sent and what comes of it, not about HTTP."""

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from core.clock import Clock
from core.identity.providers import RemoteIdentity, TokenPair
from core.publishing.providers import ErrorCategory, GalleryFolder, ProviderError, Publication, Published, Submission


@dataclass
class Fault:
    """One answer that is not the good one. ``after``: the effect happens, then the error."""

    call: str  # submit, publish, newest
    error: ProviderError
    after: bool = False


@dataclass
class FakeSite:
    """Publishes each item once; ``faults`` are used up in order by the calls they name."""

    clock: Clock
    faults: list[Fault] = field(default_factory=list)
    submissions: list[Submission] = field(default_factory=list)
    publications: list[Publication] = field(default_factory=list)
    gallery: list[Published] = field(default_factory=list)
    tokens_seen: list[str] = field(default_factory=list)
    hidden: bool = False  # the gallery does not show yet what was published
    _titles: dict[str, str] = field(default_factory=dict)
    _published: dict[str, Published] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def fail(self, call: str, category: ErrorCategory, *, after: bool = False, times: int = 1, **details: Any) -> None:
        """Let the next ``times`` calls of ``call`` fail."""
        for _ in range(times):
            error = ProviderError(f"The site said {category.value}.", category, **details)
            self.faults.append(Fault(call, error, after))

    def forget_items(self) -> None:
        """Sta.sh lost everything that was not published."""
        self._titles.clear()

    def check_token(self, token: str) -> None:
        self.tokens_seen.append(token)

    def submit(self, token: str, submission: Submission) -> str:
        with self._lock, self._answering("submit", token):
            assert submission.path.read_bytes()
            item_id = submission.item_id or str(6_000_000_000 + len(self.submissions))
            if submission.item_id and item_id not in self._titles:
                raise ProviderError("No such item.", ErrorCategory.GONE, http_status=400)
            self.submissions.append(submission)
            self._titles[item_id] = submission.title
            return item_id

    def publish(self, token: str, publication: Publication) -> Published:
        with self._lock, self._answering("publish", token):
            self.publications.append(publication)
            if publication.item_id in self._published:
                raise ProviderError("Already published.", ErrorCategory.ALREADY_PUBLISHED, http_status=400)
            if publication.item_id not in self._titles:
                raise ProviderError("No such item.", ErrorCategory.GONE, http_status=400)
            number = len(self._published) + 1
            shown = Published(
                f"REMOTE-{number}", f"https://site.test/art/{number}", self._titles[publication.item_id], self.clock()
            )
            self._published[publication.item_id] = shown
            self.gallery.insert(0, shown)
            return shown

    def newest(self, token: str, *, limit: int = 48) -> Iterator[Published]:
        with self._answering("newest", token):
            return iter([] if self.hidden else list(self.gallery))

    def list_folders(self, token: str) -> list[GalleryFolder]:
        return []

    def edit(self, token: str, deviation_id: str, changes: dict[str, Any]) -> None:
        raise AssertionError("Publishing does not edit.")

    def deviation(self, token: str, deviation_id: str) -> dict[str, Any]:
        raise AssertionError("Publishing does not read single deviations.")

    def metadata(self, token: str, deviation_ids: Sequence[str]) -> list[dict[str, Any]]:
        raise AssertionError("Publishing does not read metadata.")

    def authorize_url(self, *, state: str, code_challenge: str, redirect_uri: str, with_extras: bool = True) -> str:
        raise AssertionError("Publishing does not connect.")

    def exchange(self, *, code: str, code_verifier: str, redirect_uri: str, now: datetime) -> TokenPair:
        raise AssertionError("Publishing does not connect.")

    def refresh(self, refresh_token: str, *, now: datetime) -> TokenPair:
        raise AssertionError("No test of publishing lets a token end.")

    def revoke(self, token: str) -> None:
        raise AssertionError("Publishing does not revoke.")

    def whoami(self, access_token: str) -> RemoteIdentity:
        raise AssertionError("Publishing does not ask who it is.")

    def _answering(self, call: str, token: str) -> "_Answer":
        self.tokens_seen.append(token)
        fault = next((fault for fault in self.faults if fault.call == call), None)
        if fault is not None:
            self.faults.remove(fault)
        return _Answer(fault)


@dataclass
class _Answer:
    fault: Fault | None

    def __enter__(self) -> None:
        if self.fault is not None and not self.fault.after:
            raise self.fault.error

    def __exit__(self, kind: object, *_: object) -> None:
        if self.fault is not None and self.fault.after and kind is None:
            raise self.fault.error
