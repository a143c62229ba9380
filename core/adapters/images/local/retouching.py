"""Image to image: a start picture recoloured, bent and painted over."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyvips

from core.adapters.images.local.canvas import Field, clouds, mix, ramp
from core.adapters.images.local.commission import MAX_SIDE, refusal
from core.adapters.images.local.scene import Scene
from core.media.sniff import HEAD_BYTES, MediaType, sniff
from core.media.vips import VIPS_ERRORS, open_picture

Source = npt.NDArray[np.uint8]
_MAX_PIXELS = 100_000_000


def read_source(path: Path) -> Source:
    """The start picture, upright, at most 2048 pixels a side. Raises ``GenerationError`` (``VALIDATION``)."""
    try:
        with path.open("rb") as file:
            media_type = sniff(file.read(HEAD_BYTES))
    except OSError as error:
        raise refusal("The picture to start from is not there any more. Choose it again.") from error
    if media_type is None or media_type.is_film:
        raise refusal("The picture to start from is no JPEG, PNG, GIF or WebP. Choose another one.")
    try:
        return _decode(path, media_type)
    except VIPS_ERRORS as error:
        raise refusal("The picture to start from is damaged. Choose another one.") from error


def _decode(path: Path, media_type: MediaType) -> Source:
    header = open_picture(path, media_type, fail_on="error")
    if header.width * header.height > _MAX_PIXELS:
        raise refusal("The picture to start from has more than 100 megapixels. Make it smaller first.")
    image = header.thumbnail_image(MAX_SIDE, height=MAX_SIDE, size="down")
    if image.interpretation != "srgb":
        image = image.colourspace("srgb")
    if image.hasalpha():
        image = image.flatten(background=[255, 255, 255])
    if image.width < 16 or image.height < 16:
        raise refusal("The picture to start from is smaller than 16 pixels a side. Choose a larger one.")
    return np.asarray(image.cast("uchar").numpy(), dtype=np.uint8)


def retouch(scene: Scene, painting: Field, source: Source, strength: float) -> Field:
    """The start picture in the painting's colours, its lines bent, its matter showing through; 0 leaves it alone."""
    if strength <= 0:
        return source.astype(np.float32)
    picture = _bent(scene, source, strength)
    light = picture @ np.array([0.299, 0.587, 0.114], dtype=np.float32) / 255
    toned = ramp(light, scene.palette.body)
    picture = mix(picture, toned, min(0.85, 1.1 * strength))
    # The painting lends its light and dark first (soft light), its colours only when asked for strongly.
    matter = painting @ np.array([0.299, 0.587, 0.114], dtype=np.float32) / 255
    lifted = picture + (matter - matter.mean())[..., None] * np.float32(150 * strength * (1 - 0.4 * strength))
    cover = max(0.0, strength - 0.35) * 0.95
    return mix(lifted, painting, cover * (0.7 + 0.3 * np.abs(matter - light)))


def _bent(scene: Scene, source: Source, strength: float) -> Field:
    """The start picture with every line moved a little, by noise."""
    rng = scene.chance("bend")
    reach = np.float32(0.035 * strength * scene.short)
    columns, rows = np.meshgrid(np.arange(scene.width, dtype=np.float32), np.arange(scene.height, dtype=np.float32))
    columns += (clouds(rng, *scene.size, 3.5, octaves=3) - 0.5) * reach
    rows += (clouds(rng, *scene.size, 3.5, octaves=3) - 0.5) * reach
    places = np.stack([np.clip(columns, 0, scene.width - 1), np.clip(rows, 0, scene.height - 1)], axis=-1)
    moved = pyvips.Image.new_from_array(source).mapim(pyvips.Image.new_from_array(places), extend="copy")
    return np.asarray(moved.numpy(), dtype=np.float32)
