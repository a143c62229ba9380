"""Fronds of fern, the near ones sharp, the far ones lost in green air."""

import math

import numpy as np

from core.adapters.images.local.canvas import Field, Rng, clouds, glow, ramp
from core.adapters.images.local.colours import Colour, shade
from core.adapters.images.local.drawing import Point, Sheet
from core.adapters.images.local.scene import Scene

_JOINTS = 120  # of a rib


def paint(scene: Scene) -> Field:
    """Three distances of fronds over a glade of light."""
    x, y = scene.grid()
    body = scene.palette.body
    rng = scene.rng
    air = clouds(rng, *scene.size, 1.2, octaves=3)
    lamp = (float(rng.uniform(0.25, 0.75)) * float(x.max()), float(y.max()) * float(rng.uniform(0.15, 0.4)))
    light = np.exp(-((x - lamp[0]) ** 2 + (y - lamp[1]) ** 2) / 0.32)
    picture = ramp(np.clip(0.18 + 0.55 * light + 0.25 * air, 0, 1), (body[0], body[1], body[2], body[4], body[5]))
    for layer, (tone, blur, size) in enumerate(((body[3], 0.012, 0.55), (body[2], 0.004, 0.8), (body[1], 0.0, 1.05))):
        sheet = Sheet(*scene.size)
        shades = Sheet(*scene.size, tone)
        for number in range(2 + scene.count(1, 3)):
            _frond(scene.chance(f"frond {layer} {number}"), sheet, shades, size, tone, scene)
        if blur:
            sheet.blur(blur)
        cover = sheet.cover()[..., None]
        picture = picture + (shades.pixels() + (light * (34 - 8 * layer))[..., None] - picture) * cover
        if layer < 2:
            picture = glow(picture, body[5], 0.16 * light * air)
    return picture


def _frond(rng: Rng, mask: Sheet, shades: Sheet, size: float, tone: Colour, scene: Scene) -> None:
    """One frond: a bending rib with pinnae that shorten to its tip, each of them leafed."""
    wide, tall = scene.width / scene.short, scene.height / scene.short
    base = (float(rng.uniform(-0.05, 1.05)) * wide, tall * float(rng.uniform(0.95, 1.12)))
    turn = -math.pi / 2 + float(rng.uniform(-0.5, 0.5)) + 0.5 * (0.5 - base[0] / wide)
    curl = float(rng.uniform(0.5, 1.3)) * float(rng.choice([-1, 1]))
    long = size * tall**0.7 * float(rng.uniform(0.75, 1.1))
    spine, heading = _rib(base, turn, curl, long)
    mask.line(spine[:-3], (255, 255, 255), 0.0038)
    shades.line(spine[:-3], shade(tone, 0.10), 0.0038)
    pairs = scene.count(16, 30)
    for number in range(3, pairs):
        t = 1 - (1 - number / pairs) ** 1.3  # closer together towards the tip
        at = int(t * (len(spine) - 1))
        reach = long * 0.21 * math.sin(math.pi * (0.22 + 0.78 * t)) ** 0.9
        if reach < 0.014 * size:
            continue
        wide = min(reach * 0.22, long / pairs * 0.52)
        for side in (-1, 1):
            turn = heading[at] + side * (1.15 - 0.50 * t)
            _pinna(rng, mask, shades, spine[at], turn, (reach, wide), side, tone)


def _rib(base: Point, turn: float, curl: float, long: float) -> tuple[list[Point], list[float]]:
    spine, heading, (px, py) = [base], [turn], base
    for step in range(_JOINTS):
        turn += curl / _JOINTS * (0.4 + 1.6 * step / _JOINTS)
        px, py = px + math.cos(turn) * long / _JOINTS, py + math.sin(turn) * long / _JOINTS
        spine.append((px, py))
        heading.append(turn)
    return spine, heading


def _pinna(
    rng: Rng, mask: Sheet, shades: Sheet, base: Point, turn: float, size: tuple[float, float], side: int, tone: Colour
) -> None:
    """A side branch, cut deep along both edges; the lit side is lighter."""
    reach, widest = size
    ink = shade(tone, float(rng.normal(0.02, 0.03)) + (0.05 if side > 0 else -0.02))
    along, across = (math.cos(turn), math.sin(turn)), (-math.sin(turn), math.cos(turn))
    teeth = max(5, int(reach / (widest * 0.42)))
    edge: list[Point] = []
    for way in (1, -1):
        for tooth in range(teeth) if way > 0 else reversed(range(teeth)):
            t = tooth / teeth
            wide = way * widest * (1 - t) ** 0.6
            # Each leaflet leans towards the tip: out from its notch, round, and back in.
            for shift, share in ((0.0, 0.22), (0.45, 0.95), (0.85, 1.0), (0.98, 0.25))[::way]:
                far = reach * (t + shift / teeth)
                edge.append((base[0] + along[0] * far + across[0] * wide * share,
                             base[1] + along[1] * far + across[1] * wide * share))  # fmt: skip
    mask.polygon(edge, (255, 255, 255))
    shades.polygon(edge, ink)
    tip = (base[0] + along[0] * reach * 0.95, base[1] + along[1] * reach * 0.95)
    shades.line([base, tip], shade(ink, 0.06), 0.0012)
