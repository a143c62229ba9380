"""A leaded window: panes around scattered points, lit from behind."""

import numpy as np
import numpy.typing as npt

from core.adapters.images.local.canvas import Field, clouds, enlarge, mix, ramp
from core.adapters.images.local.scene import Scene


def paint(scene: Scene) -> Field:
    """Panes of many colours, each with its own streaks, in dark lead."""
    x, y = scene.grid()
    across = scene.count(7, 13)
    owner, gap, points = _panes(scene, across)
    lamp = (float(scene.rng.uniform(0.3, 0.7)) * float(x.max()), float(scene.rng.uniform(0.25, 0.5)) * float(y.max()))
    away = np.hypot(points[:, 0] - lamp[0], points[:, 1] - lamp[1]) + scene.rng.normal(0, 0.045, len(points))
    # Colours go round the light in rings, as in a rose window; now and then a pane of another ring.
    stray = scene.rng.random(len(points)) < 0.10
    hue = np.where(stray, scene.rng.random(len(points)), np.clip(away / 0.85, 0, 1)).astype(np.float32)
    body, inks = scene.palette.body, scene.palette.inks
    panes = ramp(hue[None], (body[6], body[5], inks[3], inks[2], body[3], inks[1], body[2], body[1]))[0]
    panes = panes * scene.rng.uniform(0.80, 1.12, (len(points), 1)).astype(np.float32)
    picture = panes[owner]
    small = (max(8, scene.width // 2), max(8, scene.height // 2))
    streaks = enlarge(clouds(scene.chance("streaks"), *small, 4.5, octaves=4), *scene.size)
    behind = np.exp(-((x - lamp[0]) ** 2 + (y - lamp[1]) ** 2) / 0.30)
    picture = picture * (0.72 + 0.40 * streaks + 0.30 * behind)[..., None]
    picture = mix(picture, scene.palette.lamp, 0.18 * behind * (0.6 + 0.4 * streaks))
    # Glass is thinner towards its middle, and takes the lead's shadow at its edge.
    picture = picture * np.clip(0.80 + gap * 6.5, 0, 1.06)[..., None]
    lead = np.clip((0.0052 - gap) / scene.pixel + 0.5, 0, 1)
    shine = np.exp(-(((gap - 0.0012) / 0.0012) ** 2)) * 26
    return mix(picture, np.asarray((24, 22, 26), np.float32) + np.clip(shine, 0, 26)[..., None], lead)


def _panes(scene: Scene, across: int) -> tuple[npt.NDArray[np.int32], Field, Field]:
    """For each pixel the number of its pane and the distance to the pane's edge; and the panes' points.

    One point lies somewhere in each box of a grid, so only the 25 boxes around a pixel are asked.
    """
    rows, columns = (int(np.ceil(side / scene.short * across)) + 4 for side in (scene.height, scene.width))
    inner = scene.rng.uniform(0.10, 0.90, (rows, columns, 2))
    boxes = np.stack(np.meshgrid(np.arange(columns), np.arange(rows)), axis=-1) - 2
    points = ((boxes + inner) / across).astype(np.float32)
    nearest = np.full((scene.height, scene.width), 9, dtype=np.float32)
    second, owner = nearest.copy(), np.zeros(nearest.shape, dtype=np.int32)
    x, y = scene.grid()
    for row in range(rows):
        for column in range(columns):
            px, py = (float(part) for part in points[row, column])
            reach = 2.2 / across
            low = slice(max(0, int((py - reach) * scene.short)), max(0, int((py + reach) * scene.short) + 1))
            side = slice(max(0, int((px - reach) * scene.short)), max(0, int((px + reach) * scene.short) + 1))
            near, next_, who = nearest[low, side], second[low, side], owner[low, side]
            if near.size == 0:
                continue
            away = np.hypot(x[:, side] - np.float32(px), y[low] - np.float32(py))
            closer = away < near
            np.minimum(next_, np.where(closer, near, away), out=next_)
            near[closer], who[closer] = away[closer], row * columns + column
    return owner, second - nearest, points.reshape(-1, 2)
