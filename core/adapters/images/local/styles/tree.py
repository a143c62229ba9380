"""A tree grown by rule (an L-system with chance in it), in blossom or in leaf, before a low disc of light."""

import math
from dataclasses import dataclass

import numpy as np

from core.adapters.images.local.canvas import Field, Rng, clouds, disc, glow, mix, outline, ramp
from core.adapters.images.local.colours import Colour, shade
from core.adapters.images.local.drawing import Point, Sheet
from core.adapters.images.local.scene import Scene


def paint(scene: Scene) -> Field:
    """One tree on a rise, its leaves falling with the wind."""
    rng = scene.rng
    x, y = scene.grid()
    wide, tall = float(x.max()), float(y.max())
    picture = _ground(scene)
    middle = (wide * float(rng.uniform(0.42, 0.62)), tall * float(rng.uniform(0.36, 0.44)))
    if not (scene.brief.refuses("sun") or scene.brief.refuses("moon")):
        away = (x - middle[0]) ** 2 + (y - middle[1]) ** 2
        picture = glow(picture, scene.palette.lamp, 0.45 * np.exp(-away / np.float32(0.16)))
        picture = mix(picture, scene.palette.lamp, 0.80 * disc(x, y, middle, 0.25, scene.pixel))
    picture = _hills(scene, picture)
    dark = shade(scene.palette.body[0], -0.02 if not scene.palette.is_dark else -0.05)
    foot = (middle[0] + float(rng.uniform(-0.12, 0.12)), tall * 0.90)
    boughs = _fitted(_grow(rng, scene.count(0, 2) + 5), foot, wide, tall)
    sheet = Sheet(*scene.size, picture)
    for bough in boughs:
        _draw(sheet, bough, dark)
    twigs = [spot for bough in boughs if bough.order >= 3 for spot in bough.path[2:]]
    if not (scene.brief.refuses("leaf") and scene.brief.refuses("petal")):
        _crown(scene, sheet, twigs)
    return _front(scene, sheet.pixels(), dark)


def _ground(scene: Scene) -> Field:
    _, y = scene.grid()
    sky = np.broadcast_to(ramp(y / y.max(), scene.palette.sky), (scene.height, scene.width, 3))
    haze = clouds(scene.chance("haze"), *scene.size, 1.5, octaves=4)
    return mix(sky, scene.palette.paper if not scene.palette.is_dark else scene.palette.body[2], 0.35 * haze)


def _hills(scene: Scene, picture: Field) -> Field:
    _, y = scene.grid()
    for layer in range(3):
        rng = scene.chance(f"hill {layer}")
        line = float(y.max()) * (0.76 + 0.05 * layer) - 0.10 * outline(rng, *scene.size, 0.9, octaves=5, roughness=0.4)
        inside = np.clip((y - line[None]) / scene.pixel + 0.5, 0, 1)
        fog = 0.7 * np.clip((y - line[None]) / 0.13, 0, 1)
        body = mix(
            np.broadcast_to(np.asarray(scene.palette.land[layer], np.float32), picture.shape), scene.palette.sky[3], fog
        )
        picture = mix(picture, body, inside * 0.85)
    return picture


@dataclass(frozen=True, slots=True)
class _Bough:
    """A piece of the tree; ``order`` 0 is the trunk. The unit is the trunk's length until it is fitted."""

    path: list[Point]
    thick: float
    order: int


def _grow(rng: Rng, orders: int) -> list[_Bough]:
    """F → F[+F][-F], with chance in it: each bough bends a little, thins out, and parts in two or three."""
    boughs: list[_Bough] = []
    buds = [((0.0, 0.0), -math.pi / 2 + float(rng.normal(0, 0.08)), 1.0, 0.16, 0)]
    while buds:
        base, turn, long, thick, order = buds.pop()
        path = [base]
        for _ in range(5):
            turn += float(rng.normal(0, 0.09)) + 0.03 * (-math.pi / 2 - turn)
            path.append((path[-1][0] + math.cos(turn) * long / 5, path[-1][1] + math.sin(turn) * long / 5))
        boughs.append(_Bough(path, thick, order))
        if order < orders:
            for number in range(2 if rng.random() < 0.62 else 3):
                spread = float(rng.uniform(0.25, 0.62)) * (-1, 1, 0.15)[number]
                share, thin = float(rng.uniform(0.70, 0.86)), float(rng.uniform(0.58, 0.70))
                buds.append((path[-1], turn + spread, long * share, thick * thin, order + 1))
    return boughs


def _fitted(boughs: list[_Bough], foot: Point, wide: float, tall: float) -> list[_Bough]:
    """The tree at its place: as high as the picture allows, its crown inside the frame."""
    across = [px for bough in boughs for px, _ in bough.path]
    high = -min(py for bough in boughs for _, py in bough.path)
    scale = min((foot[1] - 0.10 * tall) / high, 0.90 * wide / (max(across) - min(across)))
    left, right = 0.04 * wide - min(across) * scale, 0.96 * wide - max(across) * scale
    at = min(max(foot[0], left), right)
    return [
        _Bough([(at + px * scale, foot[1] + py * scale) for px, py in bough.path], bough.thick * scale, bough.order)
        for bough in boughs
    ]


def _draw(sheet: Sheet, bough: _Bough, ink: Colour) -> None:
    for step in range(5):
        thick = bough.thick * (1 - 0.07 * step)
        sheet.line(bough.path[step : step + 2], ink, thick)
        if thick > 0.004:
            sheet.circle(bough.path[step + 1], thick * 0.48, ink)


def _crown(scene: Scene, sheet: Sheet, twigs: list[Point]) -> None:
    """Blossom around the twigs, darker below and lighter above, and some of it in the air."""
    rng = scene.chance("crown")
    inks = (scene.palette.body[3], scene.palette.body[4], scene.palette.body[5], scene.palette.inks[2])
    number = scene.count(2400, 5200)
    picks = rng.integers(len(twigs), size=number)
    shifts, sizes = rng.normal(0, 0.017, (number, 2)), rng.uniform(0.0022, 0.0062, number)
    order = np.argsort(rng.random(number) - 0.3 * shifts[:, 1] / 0.02)
    for place in order:
        px, py = twigs[int(picks[place])]
        dx, dy = float(shifts[place, 0]), float(shifts[place, 1])
        tone = inks[int(np.clip(1.4 - dy * 55 + rng.normal(0, 0.8), 0, 3.4))]
        sheet.circle((px + dx, py + dy), float(sizes[place]), tone, 0.86)
    for px, py in rng.uniform(
        (0, 0.25), (scene.width / scene.short, scene.height / scene.short), (scene.count(24, 70), 2)
    ):
        sheet.circle((float(px), float(py)), float(rng.uniform(0.0016, 0.0042)), inks[int(rng.integers(4))], 0.8)


def _front(scene: Scene, picture: Field, dark: Colour) -> Field:
    """The rise it stands on, with grass."""
    _, y = scene.grid()
    rng = scene.chance("front")
    mound = outline(rng, *scene.size, 0.7, octaves=3, roughness=0.35)
    grass = np.abs(outline(rng, *scene.size, 90, octaves=2) - 0.5) * 0.022
    line = float(y.max()) * 0.915 - 0.035 * mound - grass
    return mix(picture, dark, np.clip((y - line[None]) / scene.pixel + 0.5, 0, 1))
