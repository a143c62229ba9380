"""Pictures of works, from the site into the store; what is withheld is told, not raised."""

import secrets
import tempfile
from dataclasses import dataclass
from pathlib import Path

import structlog

from core.db.engine import Database
from core.media.imports import IncomingFile, Intake, Known, NotTaken, Stored
from core.media.probe import ProbeLimits
from core.media.storage import ObjectStore
from core.publishing.providers import ProviderError
from core.publishing.takeover.providers import GalleryWork, TakeoverSite

log = structlog.get_logger(__name__)

NO_PICTURE = "DeviantArt did not hand out its picture. Take the gallery over again to try once more."
# ``None``: a work without a picture, as a text is.
Picture = Stored | Known | NotTaken | None


@dataclass(frozen=True, slots=True)
class Fetcher:
    """Brings pictures of one person's works into the store."""

    database: Database
    store: ObjectStore
    site: TakeoverSite
    owner_id: str
    limits: ProbeLimits

    def fetch(self, work: GalleryWork) -> Picture:
        """One work's picture: looked at and stored as an upload would be. Makes a call; no transaction may be open."""
        if work.picture_url is None:
            return None
        try:
            content = self.site.picture(work.picture_url, max_bytes=self.limits.max_bytes)
        except ProviderError as error:
            log.info("A picture was not handed out.", category=error.category.value, status=error.http_status)
            return NotTaken(NO_PICTURE, retryable=True)
        with tempfile.TemporaryDirectory(prefix="atelier-") as folder:
            path = Path(folder) / secrets.token_hex(8)
            path.write_bytes(content)
            # Each its own intake: what one remembers as begun may have come to nothing.
            intake = Intake(self.database, self.store, self.owner_id, self.limits)
            return intake.take(IncomingFile(work.title or "picture", path))
