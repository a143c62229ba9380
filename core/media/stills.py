"""One picture to show for a file, decoded once: upright, sRGB, at most 800 pixels a side, in memory."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pyvips

from core.media.errors import DamagedFile
from core.media.sniff import MediaType
from core.media.vips import VIPS_ERRORS, open_picture

STILL_PIXELS = 800

# Formats that cannot be read line by line need all pixels at once; one such giant at a time is enough.
_GIANT_PIXELS = 50_000_000
_giants = threading.Lock()


@dataclass(frozen=True)
class Still:
    """The decoded picture; ``has_faults`` when the decoder complained but could show all of it."""

    image: pyvips.Image
    has_faults: bool = False


def read_picture_still(path: Path, media_type: MediaType, *, width: int, height: int, name: str) -> Still:
    """Decode the first frame; the decoding is also the proof that the picture is whole.

    ``width`` and ``height`` are the file's pixels. Raises ``DamagedFile``.
    """
    options = _shrink_on_load(media_type, max(width, height))
    with _one_giant_at_a_time(width * height):
        try:
            return Still(_decode(path, media_type, "warning", options))
        except VIPS_ERRORS:
            # Many cameras and editors leave marks a strict reader objects to; all pixels are there.
            try:
                return Still(_decode(path, media_type, "error", options), has_faults=True)
            except VIPS_ERRORS as error:
                raise DamagedFile.named(name) from error


def _decode(path: Path, media_type: MediaType, fail_on: str, options: dict[str, object]) -> pyvips.Image:
    # thumbnail_source and thumbnail_buffer of libvips 8.18 drop fail_on for JPEG and PNG: a file cut
    # short would pass. So the loader is opened here, with the shrinking that thumbnail would choose.
    picture = open_picture(path, media_type, fail_on=fail_on, **options)
    # Print colours need a profile to be shrunk at all; on others it would double the time of a photograph.
    profile = {"output_profile": "srgb"} if picture.interpretation == "cmyk" else {}
    shrunk = picture.thumbnail_image(STILL_PIXELS, height=STILL_PIXELS, size="down", **profile).copy_memory()
    return shrunk if profile else _as_srgb(shrunk)


def _as_srgb(picture: pyvips.Image) -> pyvips.Image:
    """Colours by the picture's own profile, when it has one that makes sense."""
    if not picture.get_typeof("icc-profile-data"):
        return picture
    try:
        return picture.icc_transform("srgb", embedded=True, depth=8).copy_memory()
    except VIPS_ERRORS:
        return picture


def _shrink_on_load(media_type: MediaType, longest: int) -> dict[str, object]:
    """Loader options that decode to no less than twice the still, the margin libvips keeps for sharpness."""
    spare = longest / (2 * STILL_PIXELS)
    if media_type is MediaType.JPEG:
        return {"shrink": next((shrink for shrink in (8, 4, 2) if spare >= shrink), 1)}
    if media_type is MediaType.WEBP and spare > 1:
        return {"scale": 1 / spare}
    return {}


@contextmanager
def _one_giant_at_a_time(pixels: int) -> Iterator[None]:
    if pixels < _GIANT_PIXELS:
        yield
        return
    with _giants:
        yield
