"""What the demo's painters share: noise, colour ramps and paper."""

from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

Field = npt.NDArray[np.floating[Any]]
Rng = np.random.Generator
Colour = tuple[int, int, int]


def hexes(text: str) -> list[Colour]:
    """``"#fff #000"`` as colours."""
    return [(int(code[1:3], 16), int(code[3:5], 16), int(code[5:7], 16)) for code in text.split()]


def grid(width: int, height: int) -> tuple[Field, Field]:
    """x and y of every pixel, both 0 to 1 along the shorter side; shape (height, width)."""
    short = min(width, height)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32) / short
    return x, y


def noise(rng: Rng, width: int, height: int, cells: float) -> Field:
    """Smooth value noise, 0 to 1, with about ``cells`` bumps along the shorter side."""
    short = min(width, height)
    shape = (max(2, round(cells * height / short)) + 3, max(2, round(cells * width / short)) + 3)
    coarse = Image.fromarray(rng.random(shape, dtype=np.float32))
    return np.asarray(coarse.resize((width, height), Image.Resampling.BICUBIC), dtype=np.float32)


def clouds(rng: Rng, width: int, height: int, cells: float, *, octaves: int = 5, roughness: float = 0.5) -> Field:
    """Noise on noise, 0 to 1: each octave has twice the bumps and ``roughness`` times the weight."""
    total = np.zeros((height, width), dtype=np.float32)
    weight = 1.0
    for octave in range(octaves):
        total += weight * noise(rng, width, height, cells * 2**octave)
        weight *= roughness
    return stretch(total)


def outline(rng: Rng, width: int, height: int, bumps: float, *, octaves: int = 6, roughness: float = 0.5) -> Field:
    """A line across the picture, one value from 0 to 1 for each column: ``bumps`` along the shorter side."""
    total = np.zeros(width, dtype=np.float32)
    for octave in range(octaves):
        points = max(2, round(bumps * 2**octave * width / min(width, height))) + 3
        coarse = Image.fromarray(rng.random((1, points), dtype=np.float32))
        line = np.asarray(coarse.resize((width, 1), Image.Resampling.BICUBIC), dtype=np.float32)[0]
        total += roughness**octave * line
    return stretch(total)


def stretch(field: Field) -> Field:
    """The same field, its lowest value 0 and its highest 1."""
    low, high = float(field.min()), float(field.max())
    return ((field - low) / max(high - low, 1e-9)).astype(np.float32)


def ramp(field: Field, colours: list[Colour]) -> Field:
    """Colours for values from 0 to 1; shape (height, width, 3)."""
    stops = np.linspace(0, 1, len(colours))
    channels = [np.interp(field, stops, [colour[channel] for colour in colours]) for channel in range(3)]
    return np.stack(channels, axis=-1).astype(np.float32)


def mix(below: Field, above: Any, share: Any) -> Field:
    """``above`` over ``below``, covering it by ``share`` (0 to 1; per pixel or for all)."""
    cover = np.asarray(share, dtype=np.float32)[..., None] if isinstance(share, np.ndarray) else np.float32(share)
    result: Field = below + (np.asarray(above, dtype=np.float32) - below) * np.clip(cover, 0, 1)
    return result


def finish(rng: Rng, picture: Field, *, grain: float = 3.0, vignette: float = 0.12) -> Image.Image:
    """The picture with a little grain and darker corners."""
    height, width = picture.shape[:2]
    x, y = grid(width, height)
    away = np.hypot(x - x.max() / 2, y - y.max() / 2)
    shade = 1 - vignette * stretch(away) ** 2
    dust = rng.normal(0, grain, (height, width, 1)).astype(np.float32)
    return Image.fromarray(np.clip(picture * shade[..., None] + dust, 0, 255).astype(np.uint8))
