"""What a picture looks like in 64 bits: pictures that look alike differ in few of them.

The perceptual hash ("pHash"): grey, 32 × 32, the 64 lowest frequencies of its cosine transform, one bit for
each that is clearly above nothing. Scaling, another format and a trimmed edge change few bits. See
C. Zauner, *Implementation and Benchmarking of Perceptual Image Hash Functions*, 2010, §3.2.1.
"""

import math

import numpy as np
import numpy.typing as npt
import pyvips

from core.media.vips import VIPS_ERRORS

# Of a picture that has nothing to compare by, as a blank page; a real hash has half of its bits set.
FEATURELESS = 0
BITS = 64

_SIDE = 32
_KEPT = 8
# How far grey levels (0 to 255) stray from the frequencies' own mean before they count as a picture.
_FAINTEST = 2.0
_MARGIN = 0.15
# A plain ramp from dark to light is made of a handful of frequencies, and so is every other.
_FEWEST_BITS = 10

Bits = npt.NDArray[np.int64]


def perceptual_hash(picture: pyvips.Image) -> int:
    """The hash of a decoded picture as a signed 64-bit number; ``FEATURELESS`` when it shows nothing.

    Raises one of ``VIPS_ERRORS`` when the pixels cannot be read.
    """
    transformed = _LOWEST @ _grey(picture) @ _LOWEST.T
    frequencies = transformed.flatten()[1:]  # the first is the mean brightness
    if math.sqrt(float(np.square(frequencies).sum())) / _SIDE < _FAINTEST:
        return FEATURELESS
    # A symmetric picture lacks half of the frequencies: what is next to nothing must not be settled by noise.
    bits = transformed.flatten() > _MARGIN * math.sqrt(float(np.square(frequencies).mean()))
    if bits.sum() < _FEWEST_BITS:
        return FEATURELESS
    return int.from_bytes(np.packbits(bits).tobytes(), "big", signed=True)


def hash_encoded(picture: bytes) -> int | None:
    """The hash of a thumbnail as it is stored; ``None`` when it cannot be read."""
    try:
        return perceptual_hash(pyvips.Image.webpload_buffer(picture))
    except VIPS_ERRORS:
        return None


def distances(known: Bits, wanted: int) -> npt.NDArray[np.uint8]:
    """In how many of the 64 bits each of ``known`` (n) differs from ``wanted`` (n)."""
    return np.bitwise_count((known ^ np.int64(wanted)).view(np.uint64))


def _grey(picture: pyvips.Image) -> npt.NDArray[np.float64]:
    """32 × 32 grey levels; what is transparent counts as white, as a browser's page shows it."""
    if picture.hasalpha():
        picture = picture.flatten(background=255)
    small = picture.colourspace("b-w").thumbnail_image(_SIDE, height=_SIDE, size="force").cast("uchar")
    pixels = np.frombuffer(small.extract_band(0).write_to_memory(), dtype=np.uint8)
    return pixels.reshape(_SIDE, _SIDE).astype(np.float64)


def _cosines() -> npt.NDArray[np.float64]:
    """The first rows of the orthonormal cosine transform (DCT-II): (8, 32)."""
    row, column = np.arange(_KEPT)[:, None], np.arange(_SIDE)[None, :]
    wave = np.cos(math.pi * (2 * column + 1) * row / (2 * _SIDE)) * math.sqrt(2 / _SIDE)
    wave[0] /= math.sqrt(2)
    return wave


_LOWEST = _cosines()
