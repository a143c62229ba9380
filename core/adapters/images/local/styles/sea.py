"""An open sea with the light's road on it."""

import numpy as np

from core.adapters.images.local.canvas import Field, clouds, enlarge, glow, mix, noise, outline, ramp
from core.adapters.images.local.drawing import Sheet
from core.adapters.images.local.scene import Scene
from core.adapters.images.local.styles import heavens


def paint(scene: Scene) -> Field:
    """Water to the horizon under sun or moon; islands, a sail and birds when words or chance say so."""
    _, y = scene.grid()
    tall = float(y.max())
    horizon = float(scene.rng.uniform(0.42, 0.56)) * tall
    picture, light = heavens.sky(scene, horizon)
    if scene.shows("island", 0.45):
        picture = _islands(scene, picture, horizon)
    row = int(horizon * scene.short)
    picture[row:] = _water(scene, y[row:], horizon, tall, light)
    soft = np.exp(-(((y - horizon) / 0.012) ** 2)) * np.float32(0.45)
    picture = mix(picture, scene.palette.sky[3], np.broadcast_to(soft, picture.shape[:2]))
    if scene.shows("boat", 0.25):
        picture = _sail(scene, picture, horizon)
    if scene.shows("bird", 0.35):
        picture = heavens.birds(scene, picture, light)
    return picture


def _water(scene: Scene, y: Field, horizon: float, tall: float, light: heavens.Light) -> Field:
    rng = scene.chance("water")
    x, _ = scene.grid()
    rows = y.shape[0]
    depth = np.clip((y - horizon) / (tall - horizon), 1e-3, 1)
    swell = np.sin(14 / (depth + 0.06) + 6 * noise(rng, scene.width, rows, 4) + x * 3) * 0.5 + 0.5
    # Waves look longer across than deep, and larger close by: two textures, one for afar, one for near.
    far = enlarge(clouds(rng, max(4, scene.width // 9), rows, 40, octaves=2), scene.width, rows)
    near = enlarge(clouds(rng, max(4, scene.width // 4), rows, 12, octaves=2 + scene.count(0, 2)), scene.width, rows)
    chop = far + (near - far) * depth
    colours = (scene.palette.sky[2], scene.palette.land[0], scene.palette.land[1], scene.palette.land[2])
    water = np.broadcast_to(ramp(depth**0.8, colours), (rows, scene.width, 3))
    water = mix(water, scene.palette.land[3], 0.42 * np.clip(1.15 - chop * 2, 0, 1) * (0.25 + 0.75 * depth))
    water = mix(water, scene.palette.sky[3], 0.34 * np.clip(swell * chop * 2.2 - 0.62, 0, 1))
    if not light.strength:
        return water
    away = (x - light.middle[0]) / (light.radius * 0.8 + 0.30 * depth)
    road = np.exp(-(away**2)) * np.clip(chop * 3.2 - 1.35 + 0.5 * swell, 0, 1)
    return glow(water, scene.palette.lamp, 0.92 * road)


def _islands(scene: Scene, picture: Field, horizon: float) -> Field:
    rng = scene.chance("islands")
    x, y = scene.grid()
    for layer in range(3):
        hump = outline(rng, *scene.size, 1.3, octaves=8, roughness=0.44)
        middle, wide = float(rng.uniform(0, x.max())), float(rng.uniform(0.25, 0.5))
        shape = np.exp(-(((x[0] - middle) / wide) ** 2)) * (hump * 0.9 + 0.1)
        line = horizon + 0.012 - (0.16 - 0.03 * layer) * np.clip(shape - 0.12, 0, 1)
        inside = np.clip((y - line[None]) / scene.pixel + 0.5, 0, 1)
        tone = mix(np.asarray(scene.palette.land[layer], np.float32), scene.palette.sky[3], 0.45 - 0.15 * layer)
        mist = 0.55 * np.clip((y - horizon + 0.10) / 0.10, 0, 1)
        body = mix(np.broadcast_to(tone, (scene.height, 1, 3)), scene.palette.sky[3], mist)
        picture = mix(picture, body, inside)
    return picture


def _sail(scene: Scene, picture: Field, horizon: float) -> Field:
    rng = scene.chance("boat")
    size = float(rng.uniform(0.028, 0.055))
    px = float(rng.choice([rng.uniform(0.18, 0.42), rng.uniform(0.58, 0.82)])) * scene.width / scene.short
    py = horizon + size * float(rng.uniform(0.35, 0.9))
    lean = size * float(rng.uniform(-0.06, 0.06))
    dark, pale = scene.palette.land[3], scene.palette.lamp
    sheet = Sheet(scene.width, scene.height, picture)
    sheet.polygon([(px - size * 0.42, py), (px + size * 0.48, py - size * 0.03), (px + size * 0.30, py + size * 0.13),
                   (px - size * 0.28, py + size * 0.13)], dark)  # fmt: skip
    mast = (px + lean, py - size * 1.35)
    sheet.polygon([mast, (px + size * 0.03, py - size * 0.08), (px + size * 0.46, py - size * 0.12)], pale, 0.95)
    sheet.polygon([(mast[0] - size * 0.03, mast[1] + size * 0.12), (px - size * 0.04, py - size * 0.08),
                   (px - size * 0.36, py - size * 0.10)], pale, 0.80)  # fmt: skip
    for step in range(7):
        low, half = py + size * (0.22 + 0.16 * step), size * (0.34 - 0.03 * step) * float(rng.uniform(0.5, 1))
        sheet.line([(px - half, low), (px + half, low)], dark, size * 0.03, 0.30 - 0.035 * step)
    return sheet.pixels()
