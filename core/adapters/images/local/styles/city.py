"""A city of lit windows in the fog."""

import numpy as np

from core.adapters.images.local.canvas import Field, clouds, mix, ramp
from core.adapters.images.local.scene import Scene
from core.adapters.images.local.styles import heavens

Box = tuple[float, float, float, float]  # left, top, width, size of a window


def paint(scene: Scene) -> Field:
    """Houses in rows, darker and larger towards the front, with evening in their windows."""
    _, y = scene.grid()
    tall = float(y.max())
    picture, _ = heavens.sky(scene, tall * 0.86)
    rows = 4 + scene.count(0, 2)
    tones = ramp(np.linspace(0, 1, rows, dtype=np.float32)[None], scene.palette.land)[0]
    misty = 1.0 if scene.shows("mist", 0.8) else 0.35
    lit = float(scene.rng.uniform(0.14, 0.30)) if not scene.brief.refuses("window") else 0.0
    for row, tone in enumerate(tones):
        depth = row / (rows - 1)
        picture = _street(scene, picture, row, depth, tone, lit)
        fog = clouds(scene.chance(f"fog {row}"), *scene.size, 1.4, octaves=4)
        low = np.clip((y / tall - 0.42) * 1.8, 0, 1) * (1 - depth) ** 1.2
        picture = mix(picture, scene.palette.sky[3], 0.72 * misty * low * (0.45 + 0.55 * fog))
    return picture


def _street(scene: Scene, picture: Field, row: int, depth: float, tone: Field, lit: float) -> Field:
    rng = scene.chance(f"street {row}")
    wide, tall = scene.width / scene.short, scene.height / scene.short
    left = -float(rng.uniform(0.02, 0.08))
    while left < wide:
        width = float(rng.uniform(0.05, 0.12)) * (0.75 + 0.75 * depth)
        top = tall * (float(rng.uniform(0.22, 0.56)) ** (1.0 if rng.random() > 0.2 else 1.5) + 0.24 * depth)
        _house(scene, rng, picture, (left, top, width, 0.0075 + 0.0055 * depth), tone, lit)
        left += width + float(rng.uniform(-0.01, 0.03))
    return picture


def _house(scene: Scene, rng: np.random.Generator, picture: Field, box: Box, tone: Field, lit: float) -> None:
    """One house, painted into the picture."""
    left, top, wide, cell = box
    x, y = scene.grid()
    rows = slice(max(0, int(top * scene.short)), None)
    columns = slice(max(0, int(left * scene.short)), max(0, int((left + wide) * scene.short)))
    part, u, v = picture[rows, columns], x[:, columns] - left, y[rows] - top
    crown, mast = rng.random(), rng.random()
    lights = (rng.random((int(4 / cell) + 2, int(wide / cell) + 3)) < lit) * rng.uniform(
        0.45, 1, (int(4 / cell) + 2, 1)
    )
    glass = scene.palette.lamp if rng.random() < 0.7 else scene.palette.inks[int(rng.integers(5))]
    if part.size == 0:
        return
    is_lit = lights[(v / cell).astype(int).clip(0, lights.shape[0] - 1), (u / cell).astype(int)]
    # Windows fade at their edges over a pixel, so that small ones glow instead of flickering.
    soft = scene.pixel / cell
    pane = np.clip((0.27 - np.abs(u / cell % 1 - 0.5)) / soft + 0.5, 0, 1)
    pane = pane * np.clip((0.31 - np.abs(v / cell % 1 - 0.5)) / soft + 0.5, 0, 1)
    edge = np.clip((v - cell * 0.6) / soft / cell + 0.5, 0, 1) * np.clip(1.6 - np.abs(u / wide * 2 - 1) * 1.05, 0, 1)
    wall = tone * (1 + np.float32(0.10) * (0.5 - u / wide))[..., None] + np.zeros_like(part)
    picture[rows, columns] = mix(wall, glass, 0.90 * is_lit * pane * np.clip(edge, 0, 1))
    if crown < 0.3 and rows.start > 8:
        _roof(scene, picture, (left, top, wide, cell), tone, mast < 0.5)


def _roof(scene: Scene, picture: Field, box: Box, tone: Field, has_mast: bool) -> None:
    """A smaller storey on top, and on some a mast with a light."""
    left, top, wide, cell = box
    short = scene.short
    inner = slice(max(0, int((left + wide * 0.22) * short)), max(0, int((left + wide * 0.78) * short)))
    picture[max(0, int((top - cell * 2.2) * short)) : int(top * short), inner] = tone
    if has_mast:
        middle, high = int((left + wide * 0.5) * short), max(0, int((top - cell * 8) * short))
        if 0 <= middle < scene.width - 2:
            picture[high : int(top * short), middle : middle + max(1, short // 600)] = tone
            picture[high : high + max(1, short // 300), middle : middle + max(1, short // 300)] = scene.palette.inks[3]
