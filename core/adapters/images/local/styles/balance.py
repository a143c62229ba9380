"""Discs, bars and arcs, weighed against each other on paper, after the constructivists."""

import math

from core.adapters.images.local.canvas import Field, Rng, clouds
from core.adapters.images.local.colours import Colour
from core.adapters.images.local.drawing import Sheet
from core.adapters.images.local.scene import Scene


def paint(scene: Scene) -> Field:
    """One large disc carries the sheet; everything else leans on one diagonal and its cross."""
    rng, inks = scene.rng, scene.palette.inks
    wide, tall = scene.width / scene.short, scene.height / scene.short
    sheet = Sheet(scene.width, scene.height, scene.palette.paper)
    turn = math.radians(float(rng.uniform(-52, -22)) * float(rng.choice([-1, 1])))
    middle = (wide * float(rng.uniform(0.34, 0.66)), tall * float(rng.uniform(0.34, 0.62)))
    radius = float(rng.uniform(0.22, 0.31))
    sheet.circle((middle[0] + 0.012, middle[1] + 0.016), radius, scene.palette.body[0], 0.12)
    sheet.circle(middle, radius, inks[2], 0.97)
    for number in range(scene.count(6, 15)):
        _bar(rng, sheet, wide, tall, turn + (math.pi / 2 if number % 3 == 2 else 0), inks[number % 5])
    for size in (0.13, 0.085, 0.055, 0.035, 0.02):
        away, side = float(rng.uniform(0.9, 1.5)) * radius, float(rng.uniform(0, math.tau))
        place = (middle[0] + away * math.cos(side), middle[1] + away * math.sin(side))
        ink = inks[int(rng.integers(5))]
        if rng.random() < 0.3:
            sheet.ring(place, size, ink, 0.008)
        else:
            sheet.circle(place, size, ink, 0.92)
    begin = float(rng.uniform(0, 360))
    sheet.arc(middle, radius * 1.28, begin, begin + 130, inks[0], 0.010)
    sheet.arc(middle, radius * 1.36, begin + 20, begin + 96, inks[3], 0.0035)
    fibres = clouds(scene.chance("paper"), *scene.size, 60, octaves=2)[..., None] * 14 - 7
    return sheet.pixels() + (0 if scene.brief.refuses("texture") else fibres)


def _bar(rng: Rng, sheet: Sheet, wide: float, tall: float, turn: float, ink: Colour) -> None:
    long, thick = float(rng.uniform(0.08, 0.44)), float(rng.choice([0.003, 0.006, 0.012, 0.026]))
    px, py = float(rng.uniform(0.16, 0.84)) * wide, float(rng.uniform(0.16, 0.84)) * tall
    along = (math.cos(turn) * long, math.sin(turn) * long)
    across = (-math.sin(turn) * thick, math.cos(turn) * thick)
    corners = ((1, 1), (1, -1), (-1, -1), (-1, 1))
    sheet.polygon(
        [(px + a * along[0] + b * across[0], py + a * along[1] + b * across[1]) for a, b in corners], ink, 0.93
    )
