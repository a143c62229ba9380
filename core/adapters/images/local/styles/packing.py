"""Circles that fill a sheet, each as large as its neighbours allow."""

import math

import numpy as np

from core.adapters.images.local.canvas import Field, Rng, clouds, noise
from core.adapters.images.local.colours import Colour, shade
from core.adapters.images.local.drawing import Point, Sheet
from core.adapters.images.local.scene import Scene


def paint(scene: Scene) -> Field:
    """Plain discs, rings, halves and targets, coloured by where they lie."""
    rng = scene.rng
    wide, tall = scene.width / scene.short, scene.height / scene.short
    circles = _pack(rng, wide, tall, scene.count(300, 1300))
    region = noise(rng, 64, 64, 1.8)
    sheet = Sheet(scene.width, scene.height, scene.palette.paper)
    inks = scene.palette.inks
    for px, py, radius in circles:
        spot = region[int(np.clip(py / tall, 0, 0.99) * 64), int(np.clip(px / wide, 0, 0.99) * 64)]
        first = int(np.clip((spot + rng.normal(0, 0.13)) * 5, 0, 4.99))
        ink, other = inks[first], inks[(first + int(rng.integers(1, 4))) % 5]
        sheet.circle((px + radius * 0.05, py + radius * 0.07), radius, scene.palette.body[0], 0.16)
        _figure(rng, sheet, (px, py), radius, (ink, other, scene.palette.paper))
    fibres = clouds(scene.chance("paper"), *scene.size, 70, octaves=2)[..., None] - 0.5
    return sheet.pixels() + fibres * 10


def _pack(rng: Rng, wide: float, tall: float, most: int) -> list[tuple[float, float, float]]:
    """Places and radii; large ones are tried first."""
    found = np.empty((most, 3))
    number = 0
    for target in (0.15, 0.11, 0.085, 0.06, 0.042, 0.028, 0.019, 0.013, 0.009):
        for px, py in rng.uniform((0.0, 0.0), (wide, tall), (int(2.2 / target**1.3) + 6, 2)):
            if number == most:
                break
            others = found[:number]
            room = np.min(np.hypot(others[:, 0] - px, others[:, 1] - py) - others[:, 2]) if number else 1.0
            radius = min(target, room - 0.003)
            if radius >= target * 0.72:
                found[number] = px, py, radius
                number += 1
    return [(float(px), float(py), float(radius)) for px, py, radius in found[:number]]


def _figure(rng: Rng, sheet: Sheet, middle: Point, radius: float, inks: tuple[Colour, Colour, Colour]) -> None:
    ink, other, paper = inks
    sheet.circle(middle, radius, ink)
    kind = float(rng.random())
    if radius < 0.014 or kind < 0.30:
        return
    if kind < 0.50:
        begin = float(rng.uniform(0, 360))
        sheet.slice(middle, radius, begin, begin + 180, shade(ink, -0.08 if sum(ink) > 200 else 0.12))
    elif kind < 0.68:
        for share, colour in ((0.72, paper), (0.50, other), (0.22, paper)):
            sheet.circle(middle, radius * share, colour)
    elif kind < 0.82:
        sheet.circle(middle, radius * 0.84, paper)
        sheet.circle(middle, radius * 0.74, ink)
        sheet.circle((middle[0], middle[1] - radius * 0.2), radius * 0.34, other)
    else:
        spokes = int(rng.choice([8, 12, 16]))
        for spoke in range(spokes):
            begin = 360 * spoke / spokes
            sheet.slice(middle, radius * 0.88, begin, begin + 180 / spokes, other)
        sheet.circle(middle, radius * 0.30, paper)
        sheet.circle(middle, radius * 0.16 * math.sqrt(2), ink)
