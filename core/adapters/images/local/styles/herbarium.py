"""Pressed stems with their leaves, on an old sheet."""

import math

import numpy as np

from core.adapters.images.local.canvas import Field, Rng, clouds
from core.adapters.images.local.colours import Colour, shade
from core.adapters.images.local.drawing import Point, Sheet, leaf
from core.adapters.images.local.scene import Scene


def paint(scene: Scene) -> Field:
    """Stems side by side, no two of one kind, stained by the years."""
    rng = scene.rng
    wide, tall = scene.width / scene.short, scene.height / scene.short
    sheet = Sheet(scene.width, scene.height, scene.palette.paper)
    stems = max(2, round(wide * 5.4))
    inks = _greens(scene)
    for number in range(stems):
        foot = (
            (number + 0.9 + float(rng.normal(0, 0.07))) / (stems + 0.8) * wide,
            tall * float(rng.uniform(0.90, 0.95)),
        )
        _stem(rng, sheet, foot, tall * float(rng.uniform(0.60, 0.82)), inks[number % len(inks)], scene)
    flat = sheet.pixels()
    sheet.blur(0.006)
    flat = flat * 0.88 + sheet.pixels() * 0.12
    if scene.brief.refuses("texture"):
        return flat
    stains = clouds(scene.chance("stains"), *scene.size, 2.5, octaves=5)[..., None]
    fibres = clouds(scene.chance("fibres"), *scene.size, 60, octaves=2)[..., None] - 0.5
    age = np.array([6, 14, 30], dtype=np.float32) * np.float32(0.4 if scene.palette.is_dark else 1)
    result: Field = flat - stains * age + fibres * 7
    return result


def _greens(scene: Scene) -> list[Colour]:
    inks = [*scene.palette.inks, scene.palette.body[2]]
    light = 0.06 if scene.palette.is_dark else -0.03
    return [shade(ink, light) for ink in inks]


def _stem(rng: Rng, sheet: Sheet, foot: Point, tall: float, ink: Colour, scene: Scene) -> None:
    lean, bend = float(rng.normal(0, 0.025)), float(rng.normal(0, 0.045))
    spine = [
        (foot[0] + tall * (lean * t + bend * math.sin(t * 2.4)), foot[1] - tall * t) for t in np.linspace(0, 1, 61)
    ]
    pairs = scene.count(7, 16) + int(rng.integers(0, 4))
    reach, narrow = float(rng.uniform(0.10, 0.155)) * tall, float(rng.uniform(0.10, 0.22))
    opens, turned = float(rng.uniform(0.7, 1.1)), bool(rng.random() < 0.4)
    sheet.line(spine, shade(ink, -0.06), 0.0045)
    for number in range(pairs):
        t = 0.14 + 0.84 * number / pairs
        size = reach * math.sin(math.pi * (0.16 + 0.78 * t)) * float(rng.uniform(0.85, 1.1))
        for side in (-1, 1):
            base = spine[min(60, round((t + (0.5 / pairs if turned and side > 0 else 0)) * 60))]
            _leaf(sheet, base, -math.pi / 2 + side * opens * float(rng.uniform(0.9, 1.1)), size, narrow,
                  shade(ink, float(rng.normal(0, 0.025))))  # fmt: skip
    if rng.random() < 0.45 and not scene.brief.refuses("petal"):
        _umbel(rng, sheet, spine[-1], tall * 0.11, scene.palette.inks[int(rng.integers(2, 5))], ink)
    else:
        _leaf(sheet, spine[-1], -math.pi / 2 + lean, reach * 0.5, narrow, ink)


def _leaf(sheet: Sheet, base: Point, turn: float, size: float, narrow: float, ink: Colour) -> None:
    sheet.polygon(leaf(base, turn, size, narrow * size), ink, 0.94)
    tip = (base[0] + math.cos(turn) * size * 0.92, base[1] + math.sin(turn) * size * 0.92)
    sheet.line([base, tip], shade(ink, -0.09), 0.0012, 0.8)
    for vein in (0.3, 0.5, 0.7):
        start = (base[0] + math.cos(turn) * size * vein, base[1] + math.sin(turn) * size * vein)
        for side in (-0.6, 0.6):
            reach = narrow * size * 0.8 * math.sin(math.pi * vein)
            end = (start[0] + math.cos(turn + side) * reach, start[1] + math.sin(turn + side) * reach)
            sheet.line([start, end], shade(ink, -0.07), 0.0007, 0.55)


def _umbel(rng: Rng, sheet: Sheet, base: Point, size: float, petal: Colour, stalk: Colour) -> None:
    """Small flowers on rays from one point."""
    rays = 13
    for ray in range(rays):
        turn = -math.pi / 2 + (ray / (rays - 1) - 0.5) * 2.3
        long = size * float(rng.uniform(0.8, 1.0))
        tip = (base[0] + math.cos(turn) * long, base[1] + math.sin(turn) * long)
        sheet.line([base, tip], stalk, 0.0014)
        for _ in range(6):
            spot = (tip[0] + float(rng.normal(0, size * 0.08)), tip[1] + float(rng.normal(0, size * 0.07)))
            sheet.circle(spot, size * float(rng.uniform(0.035, 0.06)), shade(petal, float(rng.normal(0, 0.04))), 0.9)
