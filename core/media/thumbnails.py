"""Small pictures of a file: WebP of at most 800, 400 and 150 pixels a side, each made from the one before."""

from dataclasses import dataclass
from pathlib import Path

import pyvips

from core.media.films import read_film
from core.media.probe import DEFAULT_LIMITS, ProbedFile, ProbeLimits, inspect
from core.media.stills import STILL_PIXELS, read_picture_still

THUMBNAIL_SIZES = (STILL_PIXELS, 400, 150)
THUMBNAIL_MIME = "image/webp"

# Effort 2 of 6 takes half the time of the default 4 and makes files some per cent larger.
_WEBP = {"Q": 80, "effort": 2, "keep": "none"}


@dataclass(frozen=True)
class Examined:
    """Everything an import needs to know: the probe, and thumbnails by their longest side in pixels."""

    probed: ProbedFile
    thumbnails: dict[int, bytes]


def examine(path: Path, *, limits: ProbeLimits = DEFAULT_LIMITS, name: str | None = None) -> Examined:
    """Probe a file and make its thumbnails from a single decode.

    Safe to call from many threads; the pixel work runs outside the interpreter's lock, so a pool as
    large as the machine has cores keeps them all busy. Raises what ``probe`` raises.
    """
    inspected = inspect(path, limits=limits, name=name)
    return Examined(inspected.probed, cascade(inspected.still))


def make_thumbnails(path: Path, probed: ProbedFile, *, limits: ProbeLimits = DEFAULT_LIMITS) -> dict[int, bytes]:
    """Thumbnails of a file probed before, by longest side in pixels; a smaller picture keeps its size.

    Animations show their first frame, films one from about a tenth in. Raises ``DamagedFile``.
    """
    media_type = probed.media_type
    if media_type.is_film:
        return cascade(read_film(path, media_type, max_pixels=limits.max_film_pixels, name=path.name).still)
    still = read_picture_still(path, media_type, width=probed.width, height=probed.height, name=path.name)
    return cascade(still.image)


def cascade(still: pyvips.Image) -> dict[int, bytes]:
    """WebP bytes for each of ``THUMBNAIL_SIZES`` from a picture in memory."""
    thumbnails: dict[int, bytes] = {}
    picture, encoded = still, b""
    for size in THUMBNAIL_SIZES:
        if max(picture.width, picture.height) > size:
            picture, encoded = picture.thumbnail_image(size, height=size, size="down").copy_memory(), b""
        encoded = encoded or picture.webpsave_buffer(**_WEBP)
        thumbnails[size] = encoded
    return thumbnails
