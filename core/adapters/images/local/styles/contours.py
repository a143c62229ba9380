"""Contour lines of a land that was never surveyed."""

import numpy as np

from core.adapters.images.local.canvas import Field, mix, ramp, stretch, swirls
from core.adapters.images.local.scene import Scene


def paint(scene: Scene) -> Field:
    """Layers of height, lit from the north-west, every fifth line stronger."""
    rng = scene.rng
    land = swirls(rng, *scene.size, float(rng.uniform(0.8, 1.4)), octaves=2 + scene.count(1, 2), steepness=2.7)
    levels = scene.count(12, 30)
    level = land * levels
    # Terraces of paper: each layer is flat, and throws a soft shadow on the one below.
    down, right = (np.asarray(slope, dtype=np.float32) for slope in np.gradient(land))
    flat = np.floor(level) / levels
    steep = np.clip(np.hypot(right, down) * levels, 1e-4, None)
    light = np.clip((down + right) * scene.short * 0.16, -0.5, 0.5)
    body = ramp(stretch(flat * 0.75 + land * 0.25), _colours(scene))
    body = body * (1 - 0.26 * light)[..., None]
    into = level - np.floor(level)
    cast = np.exp(-into / np.maximum(steep * 5 * scene.short / 768, 1e-3)) * np.clip(steep * 30, 0, 1)
    body = body * (1 - 0.22 * cast)[..., None]
    if scene.brief.refuses("line"):
        return np.asarray(body, dtype=np.float32)
    away = np.abs(level - np.round(level)) / steep
    strong = np.round(level) % 5 == 0
    line = np.clip(np.where(strong, 1.25, 0.75) * scene.short / 768 + 0.4 - away, 0, 1)
    return mix(body, scene.palette.body[0], line * np.where(strong, np.float32(0.75), np.float32(0.42)))


def _colours(scene: Scene) -> tuple[tuple[int, int, int], ...]:
    body, inks = scene.palette.body, scene.palette.inks
    return (body[1], body[2], body[3], body[5], inks[3], inks[2], body[1])
