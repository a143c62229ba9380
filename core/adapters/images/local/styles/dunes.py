"""Sand in low light: each crest has a bright side and a blue one."""

import numpy as np

from core.adapters.images.local.canvas import Field, clouds, mix, noise, outline, ramp
from core.adapters.images.local.scene import Scene
from core.adapters.images.local.styles import heavens


def paint(scene: Scene) -> Field:
    """Dunes one behind the other, rippled by the wind."""
    _, y = scene.grid()
    tall = float(y.max())
    horizon = float(scene.rng.uniform(0.36, 0.46)) * tall
    picture, light = heavens.sky(scene, horizon)
    layers = 4 + scene.count(1, 3)
    for layer in range(layers):
        depth = layer / (layers - 1)
        picture = _dune(scene, picture, layer, depth, horizon + (tall - horizon) * (0.02 + 0.66 * depth**1.25), light)
    if scene.shows("bird", 0.2):
        picture = heavens.birds(scene, picture, light)
    return picture


def _dune(scene: Scene, picture: Field, layer: int, depth: float, foot: float, light: heavens.Light) -> Field:
    rng = scene.chance(f"dune {layer}")
    x, y = scene.grid()
    crest = outline(rng, *scene.size, 0.55 + 0.5 * (1 - depth), octaves=2, roughness=0.22)
    line = foot - (0.07 + 0.10 * depth) * crest
    top = max(0, int(line.min() * scene.short) - 2)
    if top >= scene.height:
        return picture
    below = y[top:] - line[None]
    # The ridge of a dune wanders: one side of it faces the light, the other lies in its own shadow.
    wander = outline(rng, *scene.size, 0.8, octaves=3, roughness=0.3)
    blade = (0.03 + 0.20 * depth) * wander[None] ** 1.5 * (0.25 + 0.75 * crest[None])
    lit = 1 / (1 + np.exp(np.clip((below - blade) * (60 - 34 * depth), -30, 30)))
    rows = y.shape[0] - top
    swell = noise(rng, scene.width, rows, 1.6)
    close = 190 - 110 * depth
    ripples = np.sin(below * close + swell * (9 + 5 * depth) + x * 4) * np.clip(below * 14, 0, 1)
    grainy = clouds(rng, scene.width, rows, 40, octaves=2) - 0.5
    bright, shadow = scene.palette.body[5], scene.palette.body[1]
    sides = ramp(1 - lit, (bright, scene.palette.body[4], scene.palette.body[3], scene.palette.body[2], shadow))
    air = np.asarray(scene.palette.sky[3], dtype=np.float32)
    sand = mix(sides, air, 0.55 * (1 - depth) ** 1.4)
    sand = sand + (ripples * (2 + 6 * depth) * (0.35 + 0.65 * lit) + grainy * 7)[..., None]
    rim = np.exp(-np.clip(below, 0, 1) * 160) * 0.35
    sand = mix(sand, scene.palette.lamp, rim)
    picture[top:] = mix(picture[top:], sand, np.clip(below / scene.pixel + 0.5, 0, 1))
    return picture
