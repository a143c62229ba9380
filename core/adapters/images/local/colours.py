"""Colours as the eye orders them: OKLab (Björn Ottosson, 2020), where equal steps look equal."""

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

Colour = tuple[int, int, int]
Lab = npt.NDArray[np.floating[Any]]

_TO_CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)
_FROM_LAB, _FROM_CONES = np.linalg.inv(_TO_LAB), np.linalg.inv(_TO_CONES)
_NEUTRAL = 0.045  # below this chroma a colour has no hue worth following


def hexes(text: str) -> tuple[Colour, ...]:
    """``"#ffffff #000000"`` as colours."""
    return tuple((int(code[1:3], 16), int(code[3:5], 16), int(code[5:7], 16)) for code in text.split())


def to_lab(colours: Sequence[Colour]) -> Lab:
    """OKLab of sRGB colours; shape (n, 3): lightness 0 to 1, then the two colour axes."""
    part = np.asarray(colours, dtype=np.float64).reshape(-1, 3) / 255
    linear = np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)
    found: Lab = np.cbrt(linear @ _TO_CONES.T) @ _TO_LAB.T
    return found


def to_rgb(lab: Lab) -> Lab:
    """sRGB from 0 to 255 of OKLab colours; what a screen cannot show is cut off."""
    linear = np.clip(((lab @ _FROM_LAB.T) ** 3) @ _FROM_CONES.T, 0, 1)
    part = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
    return np.asarray(part * 255, dtype=np.float64)


def to_colours(lab: Lab) -> tuple[Colour, ...]:
    """Whole-numbered colours of OKLab values."""
    return tuple((int(red), int(green), int(blue)) for red, green, blue in np.rint(to_rgb(lab)))


@lru_cache(maxsize=256)
def _gradient(colours: tuple[Colour, ...], steps: int) -> npt.NDArray[np.float32]:
    lab = to_lab(colours)
    stops, places = np.linspace(0, 1, len(colours)), np.linspace(0, 1, steps)
    between = np.stack([np.interp(places, stops, lab[:, axis]) for axis in range(3)], axis=-1)
    table = to_rgb(between).astype(np.float32)
    table.flags.writeable = False
    return table


def gradient(colours: Sequence[Colour], steps: int) -> npt.NDArray[np.float32]:
    """``steps`` colours from the first to the last; shape (steps, 3), not to be written to."""
    return _gradient(tuple(colours), steps)


def blend(one: Sequence[Colour], other: Sequence[Colour], share: float) -> tuple[Colour, ...]:
    """Each colour of ``one``, moved towards its partner in ``other`` by ``share``."""
    first, second = to_lab(one), to_lab(other)
    return to_colours(first + (second - first) * share)


def shade(colour: Colour, change: float) -> Colour:
    """The same colour, lighter (to 1) or darker (to -1)."""
    lab = to_lab([colour])
    lab[:, 0] = np.clip(lab[:, 0] + change, 0, 1)
    return to_colours(lab)[0]


def turn(colours: Sequence[Colour], angle: float) -> tuple[Colour, ...]:
    """All hues turned by ``angle`` (radians)."""
    lab = to_lab(colours)
    cosine, sine = math.cos(angle), math.sin(angle)
    a, b = lab[:, 1].copy(), lab[:, 2].copy()
    lab[:, 1], lab[:, 2] = a * cosine - b * sine, a * sine + b * cosine
    return to_colours(lab)


def pull(colours: Sequence[Colour], towards: Sequence[Colour], share: float) -> tuple[Colour, ...]:
    """Each colour given its partner's hue by ``share``, light and dark left where they are.

    A partner without a hue (black, grey, white) takes colour away and moves the lightness instead.
    """
    lab, wanted = to_lab(colours), to_lab(towards)
    chroma, hue = np.hypot(lab[:, 1], lab[:, 2]), np.arctan2(lab[:, 2], lab[:, 1])
    rich, target = np.hypot(wanted[:, 1], wanted[:, 2]), np.arctan2(wanted[:, 2], wanted[:, 1])
    has_hue = rich > _NEUTRAL
    away = (hue - target + np.pi) % (2 * np.pi) - np.pi
    # Very dark and very light colours hold little chroma; forcing more on them looks like a fault.
    room = np.clip(4.4 * lab[:, 0] * (1 - lab[:, 0]), 0, 1)
    new_chroma = np.where(
        has_hue, chroma + share * (np.maximum(chroma, 0.85 * rich * room) - chroma), chroma * (1 - 0.9 * share)
    )
    new_hue = np.where(has_hue, target + np.clip(away * (1 - share), share - 1.2, 1.2 - share), hue)
    # Dark yellow turns olive; painters lean it towards orange, and so does this.
    is_yellow = has_hue & (new_hue > 1.05) & (new_hue < 2.10)
    new_hue = new_hue - np.where(is_yellow, share * 0.55 * np.clip(0.72 - lab[:, 0], 0, 0.6), 0)
    lightness = np.where(has_hue, 0.16, 0.42) * share * (wanted[:, 0] - lab[:, 0])
    moved = np.stack([lab[:, 0] + lightness, new_chroma * np.cos(new_hue), new_chroma * np.sin(new_hue)], axis=-1)
    return to_colours(moved)


def drain(colours: Sequence[Colour], unwanted: Sequence[Colour], share: float) -> tuple[Colour, ...]:
    """The colours, those of an unwanted hue turned grey by ``share``."""
    lab = to_lab(colours)
    hue = np.arctan2(lab[:, 2], lab[:, 1])
    for bad in to_lab(unwanted):
        if math.hypot(bad[1], bad[2]) <= _NEUTRAL:
            continue
        away = np.abs((hue - math.atan2(bad[2], bad[1]) + np.pi) % (2 * np.pi) - np.pi)
        lab[:, 1:] *= (1 - share * np.clip(1.6 - away / 0.6, 0, 1))[:, None]
    return to_colours(lab)
