"""Mountains behind mountains, paler with distance."""

import numpy as np

from core.adapters.images.local.canvas import Field, clouds, enlarge, glow, mix, outline, ramp
from core.adapters.images.local.scene import Scene
from core.adapters.images.local.styles import firs, heavens


def paint(scene: Scene) -> Field:
    """Ridges under a low sun or moon, with mist between; a lake, firs and birds when words or chance say so."""
    _, y = scene.grid()
    horizon = float(scene.rng.uniform(0.50, 0.60)) * float(y.max())
    picture, light = heavens.sky(scene, horizon)
    far, near = horizon - 0.03, float(y.max()) * 1.02
    layers = 4 + scene.count(1, 4)
    tones = ramp(np.linspace(0, 1, layers, dtype=np.float32)[None], scene.palette.land)[0]
    haze = np.asarray(scene.palette.sky[3], dtype=np.float32)
    misty = 0.78 if scene.shows("mist", 0.75) else 0.05
    for layer, tone in enumerate(tones):
        depth = layer / (layers - 1)
        foot = far + (near - far) * depth**1.15
        picture = _ridge(scene, picture, layer, depth, foot, tone, haze, misty)
    if scene.shows("lake", 0.25):
        picture = _lake(scene, picture, horizon, light)
    if scene.brief.wants("tree"):
        picture = _bank(scene, picture)
    if scene.shows("bird", 0.3):
        picture = heavens.birds(scene, picture, light)
    return picture


def _ridge(
    scene: Scene, picture: Field, layer: int, depth: float, foot: float, tone: Field, haze: Field, misty: float
) -> Field:
    _, y = scene.grid()
    rng = scene.chance(f"ridge {layer}")
    octaves = 4 + scene.count(1, 4)
    crest = outline(rng, scene.width, scene.height, 1.5 + 0.5 * layer, octaves=octaves, roughness=0.50)
    tall = (0.34 - 0.17 * depth) * float(rng.uniform(0.75, 1.15))
    line = foot - tall * crest**1.1 + 0.05 * depth
    if depth > 0.6 and scene.shows("tree", 0.65):
        line = line - firs.far_wood(scene, rng, 0.020 + 0.05 * (depth - 0.55))
    top = max(0, int(line.min() * scene.short) - 2)
    if top >= scene.height:
        return picture
    part, below = picture[top:], y[top:] - line[None]
    inside = np.clip(below / scene.pixel + 0.5, 0, 1)
    fog = np.clip(below / (0.10 + 0.16 * (1 - depth)), 0, 1) * misty * (1 - 0.60 * depth)
    relief = _relief(scene, rng, part.shape[0], crest, below) * (5 + 12 * depth) * (1 - 0.6 * misty * (1 - depth))
    body = tone + relief[..., None]
    if scene.shows("snow") and depth < 0.75:
        height = np.clip(1 - below / (tall * 0.55), 0, 1) * np.clip(crest * 2.2 - 0.7, 0, 1)[None]
        body = mix(body, (244, 247, 250), 0.75 * height * np.clip(0.5 + relief / 14, 0, 1))
    picture[top:] = mix(part, mix(body, haze, fog), inside)
    return picture


def _relief(scene: Scene, rng: np.random.Generator, rows: int, crest: Field, below: Field) -> Field:
    """Light and shade on a slope, -1 to 1: furrows that run down from the crest."""
    small = (max(2, scene.width // 3), max(2, rows // 3))
    folds = clouds(rng, *small, 7, octaves=3, roughness=0.6)
    slope = np.gradient(crest).astype(np.float32) * scene.short * 0.12
    shade = (
        enlarge(folds, scene.width, rows) * 2
        - 1
        + 0.6 * np.clip(slope, -1, 1)[None] * np.exp(-np.clip(below, 0, 1) * 13)
    )
    result: Field = np.clip(shade, -1, 1)
    return result


def _lake(scene: Scene, picture: Field, horizon: float, light: heavens.Light) -> Field:
    """The lower part, as still water that shows the upper part upside down."""
    shore = int((horizon + 0.20 * (scene.height / scene.short - horizon) / 0.45) * scene.short)
    shore = min(shore, int(scene.height * 0.80))
    rows = scene.height - shore
    rng = scene.chance("lake")
    y = np.linspace(0, 1, rows, dtype=np.float32)
    wobble = (outline(rng, rows, rows, 30, octaves=3) - 0.5) * (2 + 26 * y) * rows / 400
    mirrored = np.clip(shore - 1 - np.arange(rows) * 1.15 + wobble, 0, shore - 1).astype(int)
    water = picture[mirrored]
    soft = enlarge(clouds(rng, max(4, scene.width // 9), rows, 22, octaves=2), scene.width, rows)
    water = mix(water, scene.palette.land[2], 0.10 + 0.25 * y[:, None])
    water = glow(water, scene.palette.sky[3], 0.16 * np.clip(soft * 2.4 - 1.2, 0, 1) * (0.3 + 0.7 * y[:, None]))
    picture[shore:] = water
    edge = np.exp(-np.abs(np.arange(scene.height) - shore) / (0.004 * scene.short)).astype(np.float32)[:, None]
    return glow(picture, scene.palette.sky[3], 0.22 * np.broadcast_to(edge, picture.shape[:2]))


def _bank(scene: Scene, picture: Field) -> Field:
    """A wooded bank close by, high at one side of the picture."""
    rng = scene.chance("bank")
    x, y = scene.grid()
    tall, wide = float(y.max()), float(x.max())
    side = x[0] / wide if rng.random() < 0.5 else 1 - x[0] / wide
    slope = np.exp(-((side / 0.5) ** 2))
    ground = tall * (1.02 - 0.13 * slope) - 0.02 * outline(rng, *scene.size, 3, octaves=5)
    inside = np.clip((y - ground[None]) / scene.pixel + 0.5, 0, 1)
    trees = firs.near_wood(scene, rng, ground, 0.26, slope * (0.5 + 0.7 * outline(rng, *scene.size, 4, octaves=2)))
    return mix(picture, scene.palette.land[3], np.maximum(inside, trees))
