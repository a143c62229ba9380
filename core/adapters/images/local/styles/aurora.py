"""Northern lights above a line of firs."""

import numpy as np

from core.adapters.images.local.canvas import Field, glow, mix, outline, ramp
from core.adapters.images.local.colours import Colour, shade
from core.adapters.images.local.scene import Scene
from core.adapters.images.local.styles import firs, heavens


def paint(scene: Scene) -> Field:
    """Curtains of light in a night sky, whatever the palette: its brightest colours burn, its darkest is the night."""
    _, y = scene.grid()
    tall = float(y.max())
    night = _night(scene)
    picture = np.broadcast_to(ramp(y / tall, night), (scene.height, scene.width, 3)).astype(np.float32)
    if scene.shows("star", 0.95):
        picture = heavens.stars(scene, picture, tall * 0.9)
    for band in range(2 + scene.count(1, 2)):
        picture = _curtain(scene, picture, band, tall)
    return _ground(scene, picture, tall)


def _night(scene: Scene) -> tuple[Colour, ...]:
    body = scene.palette.body
    return shade(body[0], -0.04), shade(body[0], 0.01), shade(body[1], -0.06), shade(body[1], 0.0)


def _curtain(scene: Scene, picture: Field, band: int, tall: float) -> Field:
    rng = scene.chance(f"curtain {band}")
    _, y = scene.grid()
    swing = outline(rng, *scene.size, 0.9, octaves=3, roughness=0.40)
    foot = tall * (0.70 - 0.14 * band) - 0.20 * (1 - swing) * float(rng.uniform(0.7, 1.2))
    rays = 0.35 * outline(rng, *scene.size, 3, octaves=3) + 0.65 * outline(
        rng, *scene.size, 12, octaves=4, roughness=0.7
    )
    strength = np.clip(outline(rng, *scene.size, 1.1, octaves=2) * 1.7 - 0.25, 0, 1)
    up = foot[None] - y
    reach = 0.05 + 0.26 * rays[None]
    light = np.where(up > 0, np.exp(-np.clip(up, 0, 9) / reach), np.exp(np.clip(up, -9, 0) / 0.016))
    light = (light * (0.25 + 0.75 * rays[None]) * strength[None]).astype(np.float32)
    first, second, third = _flames(scene, band)
    tint = ramp(np.clip(up * 2.3, 0, 1), (first, second, third))
    share = np.clip(light * (0.95 - 0.14 * band), 0, 1)[..., None]
    result: Field = picture + (255 - picture) * share * tint / 255
    return result


def _flames(scene: Scene, band: int) -> list[Colour]:
    """Three colours of one curtain, from its foot up."""
    body, inks = scene.palette.body, scene.palette.inks
    return [shade(body[5 - band % 2], -0.05), inks[(1 + band) % 5], inks[3 + band % 2]]


def _ground(scene: Scene, picture: Field, tall: float) -> Field:
    _, y = scene.grid()
    has_firs = scene.shows("tree", 0.9)
    for layer in range(3):
        rng = scene.chance(f"ground {layer}")
        hill = outline(rng, *scene.size, 1.2 + layer, octaves=7, roughness=0.42)
        line = tall * (0.80 + 0.085 * layer) - (0.13 - 0.035 * layer) * hill
        inside = np.clip((y - line[None]) / scene.pixel + 0.5, 0, 1)
        if has_firs and layer:
            inside = np.maximum(inside, firs.near_wood(scene, rng, line, 0.06 + 0.11 * (layer - 1)))
        tone = shade(scene.palette.body[1], -0.05 - 0.07 * layer)
        mist = np.clip((y - line[None]) / 0.16, 0, 1) * (0.35 - 0.15 * layer)
        body = mix(np.broadcast_to(np.asarray(tone, np.float32), picture.shape), scene.palette.body[2], mist)
        picture = mix(picture, body, inside)
    lit = np.broadcast_to(np.exp(-(((y - tall * 0.76) / 0.10) ** 2)), picture.shape[:2])
    return glow(picture, _flames(scene, 0)[1], 0.10 * lit)
