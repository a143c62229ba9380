"""Mountains behind mountains, paler with distance."""

import numpy as np

from core.adapters.images.local.canvas import Field, clouds, enlarge, glow, mix, outline, ramp
from core.adapters.images.local.scene import Scene
from core.adapters.images.local.styles import heavens


def paint(scene: Scene) -> Field:
    """Ridges under a low sun or moon, with mist between; a lake, firs and birds when words or chance say so."""
    _, y = scene.grid()
    horizon = float(scene.rng.uniform(0.50, 0.60)) * float(y.max())
    picture, light = heavens.sky(scene, horizon)
    far, near = horizon - 0.03, float(y.max()) * 1.02
    layers = 4 + scene.count(1, 4)
    tones = ramp(np.linspace(0, 1, layers, dtype=np.float32)[None], scene.palette.land)[0]
    haze = np.asarray(scene.palette.sky[3], dtype=np.float32)
    misty = 0.55 if scene.shows("mist", 0.75) else 0.12
    for layer, tone in enumerate(tones):
        depth = layer / (layers - 1)
        foot = far + (near - far) * depth**1.15
        picture = _ridge(scene, picture, layer, depth, foot, tone, haze, misty)
    if scene.shows("lake", 0.25):
        picture = _lake(scene, picture, horizon, light)
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
        line = line - firs(scene, rng, 0.018 + 0.05 * (depth - 0.55), depth)
    top = max(0, int(line.min() * scene.short) - 2)
    if top >= scene.height:
        return picture
    part, below = picture[top:], y[top:] - line[None]
    inside = np.clip(below / scene.pixel + 0.5, 0, 1)
    fog = np.clip(below / (0.10 + 0.16 * (1 - depth)), 0, 1) * misty * (1 - 0.75 * depth)
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
    shade = enlarge(folds, scene.width, rows) * 2 - 1 + np.clip(slope, -1, 1)[None] * np.exp(-np.clip(below, 0, 1) * 9)
    result: Field = np.clip(shade, -1, 1)
    return result


def firs(scene: Scene, rng: np.random.Generator, tall: float, depth: float) -> Field:
    """How far a wood of firs rises above its ground, for each column."""
    x = scene.grid()[0][0]
    rise = np.zeros(scene.width, dtype=np.float32)
    wood = outline(rng, scene.width, scene.height, 3, octaves=3)
    for place in np.sort(rng.uniform(-0.02, float(x.max()) + 0.02, int(float(x.max()) * 2.6 / tall))):
        column = min(scene.width - 1, max(0, int(place * scene.short)))
        high = tall * float(rng.uniform(0.45, 1.0)) * float(np.clip(wood[column] * 1.8 - 0.35, 0, 1))
        if high < tall * 0.12:
            continue
        half = max(2, int(high * 0.24 * scene.short))
        reach = slice(max(0, column - half), min(scene.width, column + half + 1))
        away = np.abs(np.arange(reach.start, reach.stop) - column) / half
        branches = 0.14 * np.abs(np.sin(away * 3 * np.pi)) * (1 - away)
        np.maximum(rise[reach], high * (1 - away**0.8 - branches), out=rise[reach])
    return rise


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
