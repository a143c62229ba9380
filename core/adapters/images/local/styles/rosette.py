"""Circles on circles: the flower of life, star polygons and their rings, drawn as with compasses."""

import math

import numpy as np

from core.adapters.images.local.canvas import Field, clouds, glow, mix, ramp
from core.adapters.images.local.colours import Colour
from core.adapters.images.local.drawing import Point, Sheet
from core.adapters.images.local.scene import Scene


def paint(scene: Scene) -> Field:
    """Fine lines in metal on a dark ground, or in ink on paper when the palette is a light one by the words."""
    x, y = scene.grid()
    middle = (float(x.max()) / 2, float(y.max()) / 2)
    on_paper = "paper" in scene.brief.wanted or scene.rng.random() < 0.35
    away = np.hypot(x - middle[0], y - middle[1])
    body = scene.palette.body
    if on_paper:
        ground = ramp(
            np.clip(away * 1.3, 0, 1),
            (scene.palette.paper, scene.palette.paper, body[1 if scene.palette.is_dark else 5]),
        )
    else:
        ground = ramp(np.clip(away * 1.25, 0, 1), (body[2], body[1], body[0], body[0]))
    ground = ground + (clouds(scene.chance("paper"), *scene.size, 6, octaves=5)[..., None] - 0.5) * 12
    fine, bold = Sheet(*scene.size), Sheet(*scene.size)
    _figure(scene, fine, bold, middle)
    thin, thick = fine.cover(), bold.cover()
    if on_paper:
        return mix(mix(ground, scene.palette.inks[0], 0.9 * thin), scene.palette.inks[2], 0.95 * thick)
    metal = ramp(np.clip(0.5 + 0.5 * np.sin(3 * (x + y) + 1), 0, 1), (body[4], body[6], body[5]))
    picture = glow(ground, scene.palette.lamp, 0.26 * np.exp(-((away / 0.30) ** 2)))
    bold.blur(0.012)
    picture = glow(picture, body[5], 0.35 * bold.cover())
    return mix(mix(picture, metal, 0.78 * thin), metal, thick)


def _figure(scene: Scene, fine: Sheet, bold: Sheet, middle: Point) -> None:
    rng = scene.rng
    fold = int(rng.choice([6, 8, 9, 10, 12, 16]))
    white: Colour = (255, 255, 255)
    outer, hair = 0.44, 0.0016
    bold.ring(middle, outer, white, 0.0036)
    fine.ring(middle, outer * 0.975, white, hair)
    unit = outer * float(rng.uniform(0.26, 0.36))
    for ring in range(1, 3 + scene.count(0, 2)):
        for spoke in range(fold):
            turn = math.tau * (spoke + 0.5 * (ring % 2)) / fold
            away = unit * ring * 0.72
            if away + unit < outer * 1.02:
                fine.ring(_around(middle, away, turn), unit, white, hair)
    for skip in range(2, 2 + scene.count(2, 4)):
        if skip * 2 <= fold:
            _star(fine if skip % 2 else bold, middle, outer * 0.94, fold, skip, hair * (1 if skip % 2 else 1.5))
    for spoke in range(fold):
        tip = _around(middle, outer, math.tau * spoke / fold)
        bold.circle(tip, 0.0085, white)
        fine.ring(tip, 0.016, white, hair)
        fine.line([_around(middle, unit * 0.32, math.tau * spoke / fold), tip], white, hair * 0.8, 0.6)
    for dot in range(fold * 6):
        bold.circle(_around(middle, outer * 1.045, math.tau * dot / (fold * 6)), 0.0022, white, 0.9)
    for share in (0.32, 0.20, 0.09):
        bold.ring(middle, unit * share, white, 0.0026)


def _star(sheet: Sheet, middle: Point, radius: float, fold: int, skip: int, width: float) -> None:
    for spoke in range(fold):
        begin, end = (math.tau * place / fold for place in (spoke, spoke + skip))
        sheet.line([_around(middle, radius, begin), _around(middle, radius, end)], (255, 255, 255), width, 0.85)


def _around(middle: Point, away: float, turn: float) -> Point:
    """The place ``away`` from the middle; turn 0 is up."""
    return middle[0] + away * math.sin(turn), middle[1] - away * math.cos(turn)
