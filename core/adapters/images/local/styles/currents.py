"""Ink lines that follow an invisible wind across paper."""

import numpy as np

from core.adapters.images.local.canvas import Field, clouds, mix, noise
from core.adapters.images.local.drawing import Sheet
from core.adapters.images.local.scene import Scene


def paint(scene: Scene) -> Field:
    """Thousands of strokes; none crosses another by much, because all follow one field."""
    rng = scene.rng
    wide, tall = scene.width / scene.short, scene.height / scene.short
    angle = _wind(scene)
    number, steps, stride = scene.count(900, 2700), 46, 0.009
    place = rng.uniform((-0.1, -0.1), (wide + 0.1, tall + 0.1), (number, 2))
    path = np.empty((steps, number, 2))
    for step in range(steps):
        path[step] = place
        rows = np.clip(place[:, 1] * angle.shape[0] / tall, 0, angle.shape[0] - 1).astype(int)
        columns = np.clip(place[:, 0] * angle.shape[1] / wide, 0, angle.shape[1] - 1).astype(int)
        turn = angle[rows, columns]
        place = place + stride * np.stack([np.cos(turn), np.sin(turn)], axis=-1)
    sheet = Sheet(scene.width, scene.height, scene.palette.paper)
    region = noise(rng, 96, 96, 2.0)
    inks = scene.palette.inks
    lengths, widths = rng.integers(14, steps + 1, number), rng.uniform(0.0011, 0.0052, number) ** 1.0
    whims, alphas = rng.normal(0, 0.16, number), rng.uniform(0.72, 1.0, number)
    for index in range(number):
        line = path[: lengths[index], index]
        spot = region[int(np.clip(line[0, 1] / tall, 0, 0.99) * 96), int(np.clip(line[0, 0] / wide, 0, 0.99) * 96)]
        ink = inks[int(np.clip((spot + whims[index]) * 5, 0, 4.99))]
        sheet.line([tuple(point) for point in line.tolist()], ink, float(widths[index]), float(alphas[index]))
    fibres = clouds(scene.chance("paper"), *scene.size, 60, octaves=2)
    return mix(sheet.pixels(), scene.palette.body[5 if not scene.palette.is_dark else 1], 0.10 * fibres)


def _wind(scene: Scene) -> Field:
    """The direction at every place (radians), on a coarse grid: a slow turn with eddies around a few points."""
    rng = scene.chance("wind")
    base = noise(rng, 200, 200, 2.0) * float(rng.uniform(3.5, 6.0))
    y, x = np.mgrid[0:200, 0:200] / 200
    for _ in range(int(rng.integers(1, 4))):
        px, py, spin = rng.uniform(0.15, 0.85), rng.uniform(0.15, 0.85), float(rng.choice([-1, 1]))
        away = np.hypot(x - px, y - py)
        round_ = np.arctan2(y - py, x - px) + spin * np.pi / 2
        share = np.exp(-((away / 0.20) ** 2))
        base = base + share * ((round_ - base + np.pi) % (2 * np.pi) - np.pi)
    result: Field = base.astype(np.float32)
    return result
