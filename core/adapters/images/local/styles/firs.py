"""Firs: a far wood as a rising line, near trees one by one."""

import numpy as np

from core.adapters.images.local.canvas import Field, Rng, outline
from core.adapters.images.local.drawing import Point, Sheet
from core.adapters.images.local.scene import Scene


def far_wood(scene: Scene, rng: Rng, tall: float) -> Field:
    """How far a wood rises above its ground, for each column; ``tall`` is its highest tree."""
    x = scene.grid()[0][0]
    rise = np.zeros(scene.width, dtype=np.float32)
    thick = outline(rng, *scene.size, 3, octaves=3)
    for place in rng.uniform(-0.02, float(x.max()) + 0.02, int(float(x.max()) * 3.2 / tall)):
        column = min(scene.width - 1, max(0, int(place * scene.short)))
        high = tall * float(rng.uniform(0.45, 1.0)) * float(np.clip(thick[column] * 1.8 - 0.35, 0, 1))
        half = max(1.5, high * 0.17 * scene.short)
        reach = slice(max(0, int(column - half)), min(scene.width, int(column + half) + 2))
        away = np.abs(np.arange(reach.start, reach.stop) - column) / half
        np.maximum(rise[reach], high * np.clip(1 - away, 0, 1), out=rise[reach])
    return rise


def near_wood(scene: Scene, rng: Rng, ground: Field, tall: float, density: Field | None = None) -> Field:
    """Where near trees stand, 0 to 1 for each pixel; ``ground`` and ``density`` (0 to 1) are for each column."""
    sheet = Sheet(*scene.size)
    wide = scene.width / scene.short
    thick = outline(rng, *scene.size, 2.2, octaves=3) if density is None else density
    for place in rng.uniform(-0.03, wide + 0.03, int(wide * 3.2 / tall)):
        column = min(scene.width - 1, max(0, int(place * scene.short)))
        share = float(np.clip(thick[column] * 1.7 - 0.3, 0, 1))
        if share > 0.12:
            high = tall * float(rng.uniform(0.5, 1.0)) * share**0.7
            sheet.polygon(_fir(rng, (float(place), float(ground[column]) + 0.01), high), (255, 255, 255))
    return sheet.cover()


def _fir(rng: Rng, foot: Point, tall: float) -> list[Point]:
    """One tree's outline: tiers of hanging branches, wider towards the ground, no two sides alike."""
    tiers = 11
    sides: list[list[Point]] = []
    for way in (-1, 1):
        side = []
        for tier in range(1, tiers + 1):
            share = tier / tiers
            half = 0.185 * tall * share**0.85 * float(rng.uniform(0.72, 1.12))
            low = foot[1] - tall * (1 - share * 0.93)
            side += [(foot[0] + way * half, low + 0.018 * tall), (foot[0] + way * half * 0.42, low - 0.004 * tall)]
        sides.append(side)
    trunk = 0.014 * tall
    return [
        (foot[0], foot[1] - tall),
        *sides[0],
        (foot[0] - trunk, foot[1]),
        (foot[0] + trunk, foot[1]),
        *sides[1][::-1],
    ]
