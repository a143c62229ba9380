"""A gallery site in memory for what happens after publication: counts, an existing gallery, its pictures."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from core.publishing.providers import ErrorCategory, ProviderError
from core.publishing.statistics.providers import COUNTED_AT_ONCE, WorkCounts
from core.publishing.takeover.providers import DESCRIBED_AT_ONCE, GalleryPage, GalleryWork, WorkDescription
from tests.support.fake_site import FakeSite


@dataclass
class GallerySite(FakeSite):
    """``works`` is the gallery, newest first; ``calls`` names every call that was made, in order."""

    counted: dict[str, WorkCounts] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    works: list[GalleryWork] = field(default_factory=list)
    described: dict[str, WorkDescription] = field(default_factory=dict)
    pictures: dict[str, bytes] = field(default_factory=dict)
    page_size: int = 3
    calls: list[str] = field(default_factory=list)

    def counts(self, token: str, deviation_ids: Sequence[str]) -> list[WorkCounts]:
        assert 0 < len(deviation_ids) <= COUNTED_AT_ONCE
        self.calls.append("counts")
        with self._answering("counts", token):
            return [self.counted[one] for one in deviation_ids if one in self.counted]

    def is_gone(self, token: str, deviation_id: str) -> bool:
        self.calls.append("is_gone")
        with self._answering("is_gone", token):
            return deviation_id in self.gone

    def gallery_page(self, token: str, *, offset: int) -> GalleryPage:
        self.calls.append(f"page {offset}")
        with self._answering("gallery_page", token):
            end = offset + self.page_size
            return GalleryPage(self.works[offset:end], end if end < len(self.works) else None)

    def descriptions(self, token: str, deviation_ids: Sequence[str]) -> list[WorkDescription]:
        assert 0 < len(deviation_ids) <= DESCRIBED_AT_ONCE
        self.calls.append("descriptions")
        with self._answering("descriptions", token):
            return [self.described[one] for one in deviation_ids if one in self.described]

    def picture(self, url: str, *, max_bytes: int) -> bytes:
        self.calls.append(f"picture {url}")
        with self._answering("picture", ""):
            if url not in self.pictures:
                raise ProviderError("DeviantArt does not hand out this picture.", ErrorCategory.GONE, http_status=403)
            return self.pictures[url]
