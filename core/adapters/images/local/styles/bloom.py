"""Flowers seen from above, their petals set by the golden angle."""

import math

import numpy as np

from core.adapters.images.local.canvas import Field, Rng, clouds, ramp
from core.adapters.images.local.colours import Colour, gradient, shade
from core.adapters.images.local.drawing import Point, Sheet, leaf
from core.adapters.images.local.scene import Scene

_GOLDEN = math.pi * (3 - math.sqrt(5))


def paint(scene: Scene) -> Field:
    """One great flower and a few companions, with leaves beneath, on a quiet ground."""
    rng = scene.rng
    wide, tall = scene.width / scene.short, scene.height / scene.short
    ground = ramp(
        clouds(rng, *scene.size, 1.1, octaves=4), (scene.palette.body[0], scene.palette.body[1], scene.palette.body[0])
    )
    back = Sheet(*scene.size, ground)
    main = (wide * float(rng.uniform(0.40, 0.60)), tall * float(rng.uniform(0.42, 0.56)))
    others = _companions(rng, main, wide, tall)
    for middle, radius in [*others, (main, 0.36)]:
        _leaves(rng, back, middle, radius, scene)
    back.blur(0.0035)
    sheet = Sheet(*scene.size, back.pixels())
    for number, (middle, radius) in enumerate([*others, (main, 0.36)]):
        _flower(rng, sheet, middle, radius, _colours(scene, number), scene)
    return sheet.pixels()


def _companions(rng: Rng, main: Point, wide: float, tall: float) -> list[tuple[Point, float]]:
    found: list[tuple[Point, float]] = []
    for _ in range(60):
        radius = float(rng.uniform(0.10, 0.22))
        spot = (float(rng.uniform(0, wide)), float(rng.uniform(0, tall)))
        free = math.dist(spot, main) > 0.30 + radius * 0.8
        if free and all(math.dist(spot, other) > (radius + size) * 0.85 for other, size in found):
            found.append((spot, radius))
    return sorted(found[:7], key=lambda each: each[1])


def _leaves(rng: Rng, sheet: Sheet, middle: Point, radius: float, scene: Scene) -> None:
    if scene.brief.refuses("leaf"):
        return
    green = scene.palette.body[2]
    for _ in range(7):
        turn = float(rng.uniform(0, math.tau))
        tone = shade(green, float(rng.normal(-0.02, 0.05)))
        base = (middle[0] + math.cos(turn) * radius * 0.4, middle[1] + math.sin(turn) * radius * 0.4)
        size = radius * float(rng.uniform(0.9, 1.35))
        sheet.polygon(leaf(base, turn, size, size * 0.20, points=16), tone)
        tip = (base[0] + math.cos(turn) * size * 0.95, base[1] + math.sin(turn) * size * 0.95)
        sheet.line([base, tip], shade(tone, 0.07), 0.0022, 0.7)


def _colours(scene: Scene, number: int) -> list[Colour]:
    """From the outer petals to the heart."""
    body, inks = scene.palette.body, scene.palette.inks
    ways = (
        (body[3], body[4], body[5], body[6]),
        (inks[2], body[4], body[5], inks[3]),
        (body[2], body[3], body[4], body[5]),
    )
    first = int(scene.chance("bloom colours").integers(3))
    return list(ways[(first + number) % 3])


def _flower(rng: Rng, sheet: Sheet, middle: Point, radius: float, colours: list[Colour], scene: Scene) -> None:
    """Petals from the outside in: each row is smaller, lighter and lies on the one before."""
    number = max(40, int(scene.count(110, 330) * min(1.0, radius / 0.30)))
    tones = np.rint(gradient(colours, number)).astype(int)
    slim, full = float(rng.uniform(0.17, 0.27)), float(rng.uniform(0.9, 1.2))
    start = float(rng.uniform(0, math.tau))
    dark = scene.palette.body[0]
    for petal in range(number, 0, -1):
        share = math.sqrt(petal / number)
        turn = start + petal * _GOLDEN
        away = radius * share * 0.62
        size = radius * (0.14 + 0.36 * share)
        base = (middle[0] + math.cos(turn) * (away - size * 0.3), middle[1] + math.sin(turn) * (away - size * 0.3))
        tone = tones[number - petal]
        ink = (int(tone[0]), int(tone[1]), int(tone[2]))
        shape = leaf(base, turn, size, size * slim, fullest=full, blunt=0.62, points=9)
        sheet.polygon([(px + 0.002, py + 0.003) for px, py in shape], dark, 0.30)
        sheet.polygon(shape, shade(ink, -0.035))
        sheet.polygon(leaf(base, turn, size * 0.93, size * slim * 0.66, fullest=full, blunt=0.62, points=9), ink, 0.9)
    for seed in range(scene.count(50, 110)):
        away = radius * 0.155 * math.sqrt(seed / 110)
        spot = (middle[0] + math.cos(seed * _GOLDEN) * away, middle[1] + math.sin(seed * _GOLDEN) * away)
        sheet.circle(spot, radius * 0.011, shade(colours[0] if seed % 3 else colours[3], -0.12))
