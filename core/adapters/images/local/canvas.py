"""What painters share: noise, gradients, layers and the last varnish. Colours are 0 to 255, fields float32."""

from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from core.adapters.images.local.colours import Colour, gradient

Field = npt.NDArray[np.floating[Any]]
Rng = np.random.Generator


def grid(width: int, height: int) -> tuple[Field, Field]:
    """x and y of every pixel, both 0 to 1 along the shorter side; shapes (1, width) and (height, 1)."""
    short = min(width, height)
    x = np.arange(width, dtype=np.float32)[None] / short
    y = np.arange(height, dtype=np.float32)[:, None] / short
    return x, y


def enlarge(field: Field, width: int, height: int) -> Field:
    """The field at another size, smoothly."""
    image = Image.fromarray(np.ascontiguousarray(field, dtype=np.float32))
    return np.asarray(image.resize((width, height), Image.Resampling.BICUBIC), dtype=np.float32)


def noise(rng: Rng, width: int, height: int, cells: float) -> Field:
    """Smooth value noise, 0 to 1, with about ``cells`` bumps along the shorter side."""
    short = min(width, height)
    shape = (max(2, round(cells * height / short)) + 3, max(2, round(cells * width / short)) + 3)
    return enlarge(rng.random(shape, dtype=np.float32), width, height)


def clouds(rng: Rng, width: int, height: int, cells: float, *, octaves: int = 5, roughness: float = 0.5) -> Field:
    """Noise on noise, 0 to 1: each octave has twice the bumps and ``roughness`` times the weight.

    Octaves that a smaller picture can hold are added up there: four times fewer pixels to fill.
    """
    total: Field | None = None
    for octave in range(octaves):
        bumps, weight = cells * 2**octave, np.float32(roughness**octave)
        shrink = max(1, int(min(width, height) / (bumps * 10)))
        size = (-(-width // shrink), -(-height // shrink))
        layer = noise(rng, *size, bumps) * weight
        if total is not None:
            layer += total if total.shape == layer.shape else enlarge(total, *size)
        total = layer
    assert total is not None
    return stretch(total if total.shape == (height, width) else enlarge(total, width, height))


def swirls(rng: Rng, width: int, height: int, cells: float, *, steepness: float = 2.6, octaves: int = 3) -> Field:
    """Noise without a grain of its own, 0 to 1: made of waves in all directions, about ``cells`` along the shorter
    side and up to ``octaves`` finer, each ``steepness`` times weaker per doubling of its number in power.
    """
    fine = cells * 2.0**octaves
    shrink = max(1, int(min(width, height) / (fine * 6)))
    # Half as large again, and cut: waves close in on themselves, and opposite edges would be alike.
    small = tuple(max(8, int(side / shrink * 1.5)) for side in (height, width))
    short = min(width, height) / shrink
    down, across = np.fft.fftfreq(small[0])[:, None] * short, np.fft.rfftfreq(small[1])[None] * short
    waves = np.hypot(down, across)
    power = (waves > 0.25 * cells) * np.maximum(waves, cells) ** -steepness * np.exp(-((waves / fine) ** 2))
    phases = rng.standard_normal((2, *power.shape), dtype=np.float32)
    field = np.fft.irfft2((phases[0] + 1j * phases[1]) * power.astype(np.float32), s=small).astype(np.float32)
    wanted = (-(-height // shrink) + 1, -(-width // shrink) + 1)
    cut = field[: wanted[0], : wanted[1]]
    return stretch(cut if cut.shape == (height, width) else enlarge(cut, width, height))


def outline(rng: Rng, width: int, height: int, bumps: float, *, octaves: int = 6, roughness: float = 0.5) -> Field:
    """A line across the picture, one value from 0 to 1 for each column: ``bumps`` along the shorter side."""
    total = np.zeros(width, dtype=np.float32)
    for octave in range(octaves):
        points = max(2, round(bumps * 2**octave * width / min(width, height))) + 3
        total += roughness**octave * enlarge(rng.random((1, points), dtype=np.float32), width, 1)[0]
    return stretch(total)


def stretch(field: Field) -> Field:
    """The same field, its lowest value 0 and its highest 1."""
    low, high = float(field.min()), float(field.max())
    return ((field - np.float32(low)) / np.float32(max(high - low, 1e-9))).astype(np.float32, copy=False)


def ramp(field: Field, colours: tuple[Colour, ...] | list[Colour]) -> Field:
    """Colours for values from 0 to 1, even to the eye between the stops; shape (height, width, 3)."""
    table = gradient(colours, 2048)
    places = np.clip(field * np.float32(2047), 0, 2047).astype(np.int32)
    colours_of: Field = table[places]
    return colours_of


def mix(below: Field, above: Any, share: Any) -> Field:
    """``above`` over ``below``, covering it by ``share`` (0 to 1; per pixel or for all)."""
    cover = np.clip(np.asarray(share, dtype=np.float32), 0, 1)
    if cover.ndim:
        cover = cover[..., None]
    result: Field = below + (np.asarray(above, dtype=np.float32) - below) * cover
    return result


def glow(picture: Field, colour: Colour, light: Field) -> Field:
    """Light added as light is: it brightens and never burns out. ``light`` is 0 to 1 for each pixel."""
    shine = np.asarray(colour, dtype=np.float32) / np.float32(255) * np.clip(light, 0, 1)[..., None]
    result: Field = picture + (np.float32(255) - picture) * shine
    return result


def disc(x: Field, y: Field, middle: tuple[float, float], radius: float, pixel: float) -> Field:
    """A round area with a smooth edge: 1 inside, 0 outside. ``pixel`` is the size of one in the grid's unit."""
    away: Field = np.hypot(x - np.float32(middle[0]), y - np.float32(middle[1]))
    inside: Field = np.clip((np.float32(radius) - away) / np.float32(pixel) + 0.5, 0, 1)
    return inside


def varnish(rng: Rng, picture: Field, *, grain: float = 3.0, vignette: float = 0.12) -> npt.NDArray[np.uint8]:
    """The finished pixels: darker corners, and grain, which also keeps smooth skies from showing steps."""
    height, width = picture.shape[:2]
    x = np.linspace(-1, 1, width, dtype=np.float32)[None] ** 2
    y = np.linspace(-1, 1, height, dtype=np.float32)[:, None] ** 2
    shade = 1 - np.float32(vignette) * (x + y) / 2
    dust = rng.standard_normal((height, width), dtype=np.float32)
    dust *= np.float32(max(grain, 0.5))
    finished = picture * shade[..., None]
    finished += dust[..., None]
    finished += np.float32(0.5)
    np.clip(finished, 0, 255, out=finished)
    return finished.astype(np.uint8)
