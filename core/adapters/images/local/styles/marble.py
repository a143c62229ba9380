"""Colours that ran into each other and dried, with gold in the seams."""

import numpy as np

from core.adapters.images.local.canvas import Field, clouds, mix, ramp, stretch, swirls
from core.adapters.images.local.scene import Scene


def paint(scene: Scene) -> Field:
    """Noise bent by noise, twice; a thin seam of gold unless the negative takes it away."""
    x, y = scene.grid()
    rng = scene.rng
    warp = swirls(rng, *scene.size, 1.0, octaves=3)
    fold = swirls(rng, *scene.size, 1.6, octaves=3 + scene.count(0, 3), steepness=2.2)
    lean, busy = float(rng.uniform(0, np.pi)), float(rng.uniform(7, 13))
    across = x * np.float32(np.cos(lean)) + y * np.float32(np.sin(lean))
    veins = np.sin(busy * across + (busy + 3) * warp + 8 * fold) * 0.5 + 0.5
    body = ramp(stretch(veins * 0.62 + fold * 0.55), scene.palette.journey)
    # Where the field is steep the paint lies thick: a little light from the left gives it a body.
    light = np.clip((np.roll(veins, 2, axis=1) - veins) * scene.short / 768 * 9, -1, 1)
    body = body + (light * 9)[..., None]
    if not scene.brief.refuses("gilding"):
        seam = np.exp(-(((veins - 0.52) / 0.026) ** 2)) * np.clip(warp * 3 - 0.9, 0, 1)
        fleck = clouds(scene.chance("fleck"), *scene.size, 90, octaves=1)
        body = mix(body, _metal(scene), seam * np.clip(0.55 + fleck, 0, 1))
    return body


def _metal(scene: Scene) -> tuple[int, int, int]:
    return (236, 198, 116) if not scene.palette.is_dark else (250, 214, 140)
