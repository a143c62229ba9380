"""Painters of places that are nowhere."""

import numpy as np
from PIL import Image

from core.demo.canvas import Field, Rng, clouds, finish, grid, hexes, mix, noise, outline, ramp, stretch


def ridges(rng: Rng, width: int, height: int) -> Image.Image:
    """Mountains behind mountains, paler with distance, under a low sun."""
    x, y = grid(width, height)
    sky = ramp(stretch(y), hexes("#2f4a5e #6f8f9b #d9b48c #f3d9b1"))
    glow = np.exp(-((x - 0.98) ** 2 + (y - 0.40) ** 2) / 0.05)
    picture = mix(sky, (255, 240, 214), 0.75 * glow)
    picture = mix(picture, (255, 250, 236), _disc(x, y, 0.98, 0.40, 0.055))
    tones = ramp(np.linspace(0, 1, 7, dtype=np.float32)[None], hexes("#a9a59c #6d7f83 #3d565f #16262d"))[0]
    for layer, tone in enumerate(tones):
        depth = layer / 6
        crest = outline(rng, width, height, 1.1 + 0.45 * layer, octaves=8, roughness=0.48)
        line = 0.44 + 0.56 * depth**1.2 - (0.26 - 0.10 * depth) * crest
        inside = np.clip((y - line) * height / 2, 0, 1)
        mist = np.clip(1 - (y - line) / 0.22, 0, 1)
        picture = mix(picture, mix(np.broadcast_to(tone, picture.shape), (232, 206, 172), 0.35 * (1 - mist)), inside)
    return finish(rng, picture)


def dunes(rng: Rng, width: int, height: int) -> Image.Image:
    """Sand in evening light: each crest has a bright side and a blue one."""
    x, y = grid(width, height)
    picture = ramp(stretch(y) * 2.2, hexes("#e9c7a0 #f1dcc0 #f6e8d5"))
    for layer in range(6):
        depth = layer / 5
        swell = clouds(rng, width, height, 0.8 + 0.25 * layer, octaves=2, roughness=0.3)
        crest = 0.30 + 0.13 * layer - 0.20 * swell[height // 2]
        below = y - crest
        edge = outline(rng, width, height, 1.5 + layer, octaves=2) * 0.5 + 0.1
        lit = 1 / (1 + np.exp(-(below - edge * 0.35) * 26))
        ripples = 0.5 + 0.5 * np.sin((below * (150 - 90 * depth) + swell * 22) + x * 5)
        sand = mix(ramp(lit, hexes("#f0b878 #c97d4a #7c4a44 #46364a")), (255, 226, 180), 0.10 * ripples * (1 - lit))
        picture = mix(picture, sand, np.clip(below * height / 2, 0, 1))
    return finish(rng, picture)


def sea(rng: Rng, width: int, height: int) -> Image.Image:
    """An evening sea with the sun's road on it."""
    x, y = grid(width, height)
    horizon, middle = 0.46, float(x.max()) * 0.62
    high = clouds(rng, width, height, 2.0, octaves=6)
    streaks = clouds(rng, max(4, width // 7), height, 3.5, octaves=4)
    streaks = np.asarray(Image.fromarray(streaks).resize((width, height)), dtype=np.float32)
    sky = ramp(np.clip(y / horizon, 0, 1), hexes("#27405f #6b6a8c #cf8872 #f6c587"))
    sky = mix(sky, (255, 214, 178), 0.55 * np.clip(streaks * high * 2 - 0.55, 0, 1))
    sky = mix(sky, (255, 244, 214), np.exp(-((x - middle) ** 2 + (y - horizon + 0.06) ** 2) / 0.012))
    depth = np.clip((y - horizon) / (1 - horizon), 1e-3, 1)
    swell = np.sin(14 / (depth + 0.06) + 5 * noise(rng, width, height, 5) + x * 3) * 0.5 + 0.5
    chop = clouds(rng, max(4, width // 5), height, 26, octaves=3)
    chop = np.asarray(Image.fromarray(chop).resize((width, height)), dtype=np.float32)
    water = mix(ramp(depth, hexes("#c98a73 #5b5f7c #2c4763 #142a3f")), (240, 190, 160), 0.18 * swell * chop)
    road = np.exp(-(((x - middle) / (0.05 + 0.30 * depth)) ** 2)) * np.clip(chop * 2.6 - 1.0 + 0.3 * swell, 0, 1)
    water = mix(water, (255, 232, 190), 0.9 * road)
    return finish(rng, mix(sky, water, np.clip((y - horizon) * height / 2, 0, 1)))


def aurora(rng: Rng, width: int, height: int) -> Image.Image:
    """Northern lights above a line of firs."""
    x, y = grid(width, height)
    picture = ramp(stretch(y), hexes("#070b1c #0d1b33 #16354a #1d4a52"))
    stars = rng.random((height, width)) > 0.9993
    picture = mix(picture, (235, 240, 255), stars.astype(np.float32) * rng.random((height, width)))
    for band, colours in enumerate(("#46e0a0 #2aa58f #5a3f9a", "#7df0b5 #35b58c #8a4fb0", "#3fc7a8 #2b7fa0 #6a4aa8")):
        foot = 0.50 - 0.12 * band + 0.26 * (outline(rng, width, height, 1.2, octaves=3) - 0.5)
        rays = 0.2 + 0.8 * outline(rng, width, height, 7, octaves=4, roughness=0.7)
        up = foot - y
        glow = np.where(up > 0, np.exp(-up / (0.05 + 0.22 * rays)), np.exp(up / 0.018)) * rays
        picture = mix(picture, ramp(np.clip(up * 2.4, 0, 1), hexes(colours)), 0.75 * glow)
    picture = _firs(rng, picture, x, y)
    return finish(rng, picture, grain=4)


def _firs(rng: Rng, picture: Field, x: Field, y: Field) -> Field:
    ground = 0.93 - 0.05 * outline(rng, picture.shape[1], picture.shape[0], 2, octaves=5)
    shadow = y > ground
    for place in np.sort(rng.uniform(0, float(x.max()), 90)):
        tall, top = rng.uniform(0.07, 0.20), 0.0
        top = 0.94 - tall
        down = y - top
        saw = 0.55 + 0.45 * ((down * 38) % 1)
        shadow = shadow | ((down > 0) & (np.abs(x - place) < 0.17 * down * saw))
    return mix(picture, (5, 11, 16), shadow.astype(np.float32))


def blue_hour(rng: Rng, width: int, height: int) -> Image.Image:
    """A city of lit windows in the fog."""
    x, y = grid(width, height)
    picture = ramp(stretch(y), hexes("#253352 #4c5878 #a27f86 #e0a98a"))
    for layer in range(5):
        depth = layer / 4
        wall = ramp(np.full((1, 1), depth, dtype=np.float32), hexes("#8c8092 #4d5270 #1b2136"))[0, 0]
        left = -0.05
        while left < float(x.max()):
            wide = float(rng.uniform(0.05, 0.11)) * (0.8 + 0.7 * depth)
            top = float(rng.uniform(0.26, 0.62)) + 0.22 * depth
            picture = _house(rng, picture, x, y, (left, top, wide, 0.012 + 0.009 * depth), wall)
            left += wide + float(rng.uniform(0.0, 0.03))
        picture = mix(picture, (214, 160, 140), 0.10 * (1 - depth) * np.clip(y * 1.4 - 0.3, 0, 1))
    return finish(rng, picture)


def _house(
    rng: Rng, picture: Field, x: Field, y: Field, box: tuple[float, float, float, float], wall: Field
) -> Field:  # fmt: skip
    left, top, wide, cell = box
    short = min(picture.shape[:2])
    rows = slice(max(0, int(top * short)), None)
    columns = slice(max(0, int(left * short)), max(0, int((left + wide) * short)))
    part, u, v = picture[rows, columns], x[rows, columns] - left, y[rows, columns] - top
    if part.size == 0:
        return picture
    lights = rng.random((int(1.2 / cell) + 2, int(wide / cell) + 2)) < 0.22
    is_lit = lights[(v / cell).astype(int).clip(0, lights.shape[0] - 1), (u / cell).astype(int).clip(0, None)]
    inner = (np.abs(u / cell % 1 - 0.5) < 0.27) & (np.abs(v / cell % 1 - 0.5) < 0.30)
    picture[rows, columns] = mix(np.broadcast_to(wall, part.shape), (255, 214, 140), 0.85 * (is_lit & inner))
    return picture


def _disc(x: Field, y: Field, middle_x: float, middle_y: float, radius: float) -> Field:
    away: Field = np.hypot(x - middle_x, y - middle_y)
    inside: Field = np.clip((radius - away) * 400, 0, 1)
    return inside
