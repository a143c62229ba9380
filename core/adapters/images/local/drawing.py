"""Drawing with edges: shapes go on a sheet of twice the size and are brought down smooth."""

import math
from collections.abc import Iterable, Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from core.adapters.images.local.canvas import Field
from core.adapters.images.local.colours import Colour

Point = tuple[float, float]
_SCALE = 2


class Sheet:
    """Paper to draw on, in the unit of the grid: 1 is the shorter side."""

    def __init__(self, width: int, height: int, paper: Colour | Field | None = None) -> None:
        """Without ``paper`` it is a mask, to be read by :meth:`cover`."""
        self._size = (width, height)
        self._unit = min(width, height) * _SCALE
        big = (width * _SCALE, height * _SCALE)
        if paper is None:
            self._image = Image.new("L", big, 0)
        elif isinstance(paper, np.ndarray):
            ground = Image.fromarray(np.clip(paper, 0, 255).astype(np.uint8))
            self._image = ground.resize(big, Image.Resampling.BILINEAR)
        else:
            self._image = Image.new("RGB", big, paper)
        self._draw = ImageDraw.Draw(self._image, None if paper is None else "RGBA")
        self._is_mask = paper is None

    def polygon(self, points: Iterable[Point], ink: Colour, alpha: float = 1.0) -> None:
        self._draw.polygon([self._at(point) for point in points], fill=self._ink(ink, alpha))

    def line(self, points: Sequence[Point], ink: Colour, width: float, alpha: float = 1.0) -> None:
        """A line with round joints; ``width`` in the grid's unit, never thinner than a hair."""
        wide = max(1, round(width * self._unit))
        self._draw.line([self._at(p) for p in points], self._ink(ink, alpha), wide, "curve" if wide > 3 else None)

    def circle(self, middle: Point, radius: float, ink: Colour, alpha: float = 1.0) -> None:
        self._draw.ellipse(self._box(middle, radius), fill=self._ink(ink, alpha))

    def ring(self, middle: Point, radius: float, ink: Colour, width: float, alpha: float = 1.0) -> None:
        wide = max(1, round(width * self._unit))
        self._draw.ellipse(self._box(middle, radius), outline=self._ink(ink, alpha), width=wide)

    def slice(self, middle: Point, radius: float, begin: float, end: float, ink: Colour, alpha: float = 1.0) -> None:
        """A piece of pie from ``begin`` to ``end`` degrees, clockwise from three o'clock."""
        self._draw.pieslice(self._box(middle, radius), begin, end, fill=self._ink(ink, alpha))

    def arc(self, middle: Point, radius: float, begin: float, end: float, ink: Colour, width: float) -> None:
        wide = max(1, round(width * self._unit))
        self._draw.arc(self._box(middle, radius), begin, end, fill=self._ink(ink, 1.0), width=wide)

    def box(self, corner: Point, other: Point, ink: Colour, alpha: float = 1.0) -> None:
        self._draw.rectangle((*self._at(corner), *self._at(other)), fill=self._ink(ink, alpha))

    def blur(self, reach: float) -> None:
        """Put what is drawn so far out of focus by ``reach``."""
        # Blurred at a quarter of the size: the eye cannot tell, the clock can.
        small = self._image.reduce(4).filter(ImageFilter.GaussianBlur(reach * self._unit / 4))
        self._image.paste(small.resize(self._image.size, Image.Resampling.BILINEAR))

    def pixels(self) -> Field:
        """The drawing; shape (height, width, 3)."""
        return np.asarray(self._image.reduce(_SCALE), dtype=np.float32)

    def cover(self) -> Field:
        """How much of each pixel is drawn on, 0 to 1; of a mask."""
        return np.asarray(self._image.reduce(_SCALE), dtype=np.float32) / np.float32(255)

    def _at(self, point: Point) -> Point:
        return point[0] * self._unit, point[1] * self._unit

    def _box(self, middle: Point, radius: float) -> tuple[float, float, float, float]:
        x, y = self._at(middle)
        reach = radius * self._unit
        return x - reach, y - reach, x + reach, y + reach

    def _ink(self, ink: Colour, alpha: float) -> int | tuple[int, int, int, int]:
        return round(255 * alpha) if self._is_mask else (*ink, round(255 * alpha))


def leaf(
    base: Point, turn: float, length: float, width: float, *, fullest: float = 0.8, blunt: float = 1.0, points: int = 10
) -> list[Point]:
    """The outline of a leaf or petal from ``base`` in the direction ``turn`` (radians).

    ``width`` is of its half; ``fullest`` below 1 moves its widest place to the foot; ``blunt`` below 1 rounds its tip.
    """
    along, across = (math.cos(turn), math.sin(turn)), (-math.sin(turn), math.cos(turn))
    edge = []
    for step in range(2 * points + 1):
        # Closer together at both ends, where the outline bends most.
        t = (1 - math.cos(math.pi * step / points)) / 2
        wide = width * max(0.0, math.sin(math.pi * t**fullest)) ** blunt * (1 if step <= points else -1)
        edge.append(
            (base[0] + along[0] * t * length + across[0] * wide, base[1] + along[1] * t * length + across[1] * wide)
        )
    return edge
