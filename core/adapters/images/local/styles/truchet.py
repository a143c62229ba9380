"""Truchet's tiles: quarter arcs that, turned at random, join into endless bands."""

import numpy as np

from core.adapters.images.local.canvas import Field, clouds, mix, noise, ramp
from core.adapters.images.local.scene import Scene


def paint(scene: Scene) -> Field:
    """Bands of several stripes that pass over and under one another."""
    rng = scene.rng
    x, y = scene.grid()
    tiles = scene.count(4, 9)
    u, v = x * tiles + float(rng.random()), y * tiles + float(rng.random())
    column, row = np.floor(u), np.floor(v)
    turned = rng.random((int(row.max()) + 1, int(column.max()) + 1)) < 0.5
    flip = turned[row.astype(np.int32), column.astype(np.int32)]
    right, low = u - column, v - row
    right = np.where(flip, 1 - right, right)
    low = np.broadcast_to(low, right.shape)
    # Distance to the nearer of the two corners that carry an arc.
    away = np.minimum(np.hypot(right, low), np.hypot(1 - right, 1 - low))
    off = np.abs(away - 0.5)
    soft = scene.pixel * tiles
    width = float(rng.choice([0.18, 0.22, 0.26]))
    ground = ramp(noise(rng, *scene.size, 1.2), (scene.palette.body[5], scene.palette.paper, scene.palette.body[6]))
    if scene.palette.is_dark:
        ground = ramp(noise(rng, *scene.size, 1.2), (scene.palette.body[0], scene.palette.body[1]))
    hue = noise(rng, *scene.size, 1.6)
    inks = scene.palette.inks
    band = ramp(hue, (inks[0], inks[1], inks[2], inks[3]))
    shadow = np.clip((width + 0.07 - off) / 0.07, 0, 1) ** 2 * 0.34
    picture = ground * (1 - shadow)[..., None]
    picture = mix(picture, band, np.clip((width - off) / soft + 0.5, 0, 1))
    inner = ramp(1 - hue, (inks[3], scene.palette.paper, inks[4]))
    picture = mix(picture, inner, np.clip((width * 0.62 - off) / soft + 0.5, 0, 1))
    picture = mix(picture, band, np.clip((width * 0.36 - off) / soft + 0.5, 0, 1))
    picture = mix(picture, scene.palette.paper, 0.9 * np.clip((width * 0.08 - off) / soft + 0.5, 0, 1))
    # A band is round: light on its crown, shade at its sides.
    picture = picture * (1 + 0.10 * np.clip((width * 0.5 - off) / width, -0.5, 0.5) * (off < width))[..., None]
    fibres = clouds(scene.chance("paper"), *scene.size, 60, octaves=2)[..., None] - 0.5
    result: Field = picture + fibres * 9
    return result
