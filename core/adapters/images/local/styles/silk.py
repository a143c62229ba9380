"""Cloth of light: smooth folds with a sheen."""

import numpy as np

from core.adapters.images.local.canvas import Field, glow, ramp, stretch, swirls
from core.adapters.images.local.scene import Scene


def paint(scene: Scene) -> Field:
    """Long folds, lit from one side, from dark valleys to bright ridges."""
    x, y = scene.grid()
    rng = scene.rng
    first = swirls(rng, *scene.size, 0.7, octaves=2, steepness=3.2)
    second = swirls(rng, *scene.size, 1.2, octaves=2, steepness=3.2)
    lean = float(rng.uniform(0.15, 0.85)) * np.pi
    across = x * np.float32(np.cos(lean)) + y * np.float32(np.sin(lean))
    busy = float(rng.uniform(3.2, 5.2)) + 1.2 * scene.detail
    phase = busy * np.pi * (across + 0.85 * first) + 2.6 * second
    fold = np.sin(phase) + 0.32 * np.sin(2 * phase + 6 * first) + 0.12 * scene.detail * np.sin(5 * phase + 9 * second)
    down, right = np.gradient(fold)
    steep = 0.028 * scene.short
    light = (-right * np.float32(0.75) - down * np.float32(0.66)) * np.float32(steep)
    height = stretch(fold)
    tone = np.clip(0.16 + 0.46 * height + 0.26 * np.tanh(light * 0.9) + 0.20 * (first - 0.5), 0, 1)
    picture = ramp(tone, scene.palette.body[:6])
    sheen = np.exp(-(((light - 0.95) / 0.42) ** 2)) * np.clip(height * 1.4 - 0.2, 0, 1)
    picture = glow(picture, scene.palette.body[6], 0.50 * sheen)
    hem = np.clip(second * 2.0 - 1.0, 0, 1) * np.clip(1 - height, 0, 1)
    picture = glow(picture, scene.palette.inks[2], 0.30 * hem)
    # Threads that run along the folds, faint enough to be felt rather than seen.
    threads = np.sin(phase * np.float32(34)) * np.clip(1.2 - np.abs(light) * 0.5, 0, 1)
    result: Field = picture + (threads * 2.2)[..., None]
    return result
