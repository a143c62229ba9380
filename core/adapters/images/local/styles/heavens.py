"""The sky of every landscape: its gradient, clouds, stars, and the sun or moon in it."""

import math
from dataclasses import dataclass

import numpy as np

from core.adapters.images.local.canvas import Field, clouds, disc, enlarge, glow, mix, ramp, stretch
from core.adapters.images.local.drawing import Sheet
from core.adapters.images.local.scene import Scene


@dataclass(frozen=True, slots=True)
class Light:
    """The sun or the moon: where its middle is, and its radius; ``strength`` 0 when it is not to be seen."""

    middle: tuple[float, float]
    radius: float
    strength: float


def place_light(scene: Scene, horizon: float) -> Light:
    """A low sun or a higher moon, away from the middle of the picture."""
    rng = scene.chance("light")
    wide = scene.width / scene.short
    is_moon = scene.brief.wants("moon") or (scene.palette.is_dark and not scene.brief.wants("sun"))
    side = float(rng.choice([rng.uniform(0.20, 0.40), rng.uniform(0.60, 0.80)])) * wide
    high = horizon * float(rng.uniform(0.28, 0.50) if is_moon else rng.uniform(0.60, 0.84))
    radius = float(rng.uniform(0.035, 0.075))
    hidden = scene.brief.refuses("moon" if is_moon else "sun")
    return Light((side, high), radius, 0.0 if hidden else 1.0)


def sky(scene: Scene, horizon: float) -> tuple[Field, Light]:
    """The whole picture as sky, and the light in it. ``horizon`` is in the grid's unit."""
    x, y = scene.grid()
    light = place_light(scene, horizon)
    picture = ramp(np.clip(y / horizon, 0, 1), scene.palette.sky)
    picture = np.broadcast_to(picture, (scene.height, scene.width, 3)).astype(np.float32)
    if scene.shows("star", 0.85 if scene.palette.is_dark else 0.0):
        picture = stars(scene, picture, horizon)
    if scene.shows("cloud", 0.7):
        picture = _streaks(scene, picture, horizon, light)
    if light.strength:
        away = (x - np.float32(light.middle[0])) ** 2 + (y - np.float32(light.middle[1])) ** 2
        halo = 0.42 * np.exp(-away / np.float32(0.10)) + 0.40 * np.exp(-away / np.float32(0.012))
        picture = glow(picture, scene.palette.lamp, halo * np.float32(0.9))
        round_ = disc(x, y, light.middle, light.radius, scene.pixel)
        picture = mix(picture, scene.palette.lamp, 0.96 * round_)
    return picture, light


def _streaks(scene: Scene, picture: Field, horizon: float, light: Light) -> Field:
    """Long clouds that lie flatter towards the horizon, lit on the light's side."""
    rng = scene.chance("clouds")
    x, y = scene.grid()
    rows = min(scene.height, int(horizon * scene.short) + 2)
    flat = clouds(rng, max(8, scene.width // 5), rows, 3.2, octaves=4 + scene.count(0, 2), roughness=0.56)
    bank = enlarge(flat, scene.width, rows)
    thick = np.clip(bank * 2.6 - float(rng.uniform(1.15, 1.5)), 0, 1)
    thick *= np.clip((rows - np.arange(rows, dtype=np.float32)) / rows * 3, 0, 1)[:, None]
    near = np.exp(-(((x - light.middle[0]) / 0.7) ** 2) - ((y[:rows] - light.middle[1]) / 0.35) ** 2)
    tint = mix(np.broadcast_to(np.asarray(scene.palette.sky[2], np.float32), (rows, scene.width, 3)),
               scene.palette.lamp, 0.25 + 0.6 * near)  # fmt: skip
    picture[:rows] = mix(picture[:rows], tint, 0.62 * thick)
    return picture


def stars(scene: Scene, picture: Field, horizon: float) -> Field:
    """Stars of all sizes, a few of them bright, and a faint band of the galaxy."""
    rng = scene.chance("stars")
    number = scene.count(160, 520)
    height = horizon * 1.0
    across = rng.uniform(0, scene.width / scene.short, number)
    down = height * rng.random(number) ** 1.3
    bright = rng.random(number) ** 6
    mask = Sheet(scene.width, scene.height)
    for px, py, shine in zip(across, down, bright, strict=True):
        mask.circle((float(px), float(py)), 0.0009 + 0.0019 * float(shine), (255, 255, 255), 0.25 + 0.75 * float(shine))
    x, y = scene.grid()
    lean = float(rng.uniform(0.4, 0.9)) * float(rng.choice([-1, 1]))
    band = np.exp(-(((x - 0.5 - lean * (y - height * 0.4)) / 0.16) ** 2))
    dust = stretch(clouds(rng, *scene.size, 5, octaves=5, roughness=0.6)) * band
    picture = glow(picture, scene.palette.sky[3], 0.20 * dust**1.5)
    fade = np.clip((height - y) / height * 2.2, 0, 1)
    return glow(picture, (244, 246, 255), mask.cover() * fade)


def birds(scene: Scene, picture: Field, light: Light) -> Field:
    """A few birds far off, in loose order."""
    rng = scene.chance("birds")
    mask = Sheet(scene.width, scene.height)
    middle = (light.middle[0] * 0.5 + 0.25 * scene.width / scene.short, light.middle[1] * 0.7)
    for _ in range(int(rng.integers(4, 11))):
        px, py = middle[0] + float(rng.normal(0, 0.09)), middle[1] + float(rng.normal(0, 0.045))
        span, lift = float(rng.uniform(0.006, 0.014)), float(rng.uniform(0.3, 0.75))
        reach = [step / 4 for step in range(-4, 5)]
        wing = [(px + span * t, py - span * lift * math.sin(math.pi * abs(t) * 0.8)) for t in reach]
        mask.line(wing, (0, 0, 0), 0.0016, 0.85)
    return mix(picture, scene.palette.land[3], mask.cover())
