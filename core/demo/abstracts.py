"""Painters of nothing in particular."""

import math

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from core.demo.canvas import Colour, Field, Rng, clouds, finish, grid, hexes, mix, noise, ramp, stretch


def currents(rng: Rng, width: int, height: int) -> Image.Image:
    """Ink lines that follow an invisible wind across paper."""
    angle = noise(rng, width, height, 2.2) * 2 * math.tau * 0.6
    inks = hexes("#1f3a3a #1f3a3a #2f5d62 #b5523b #d9a441")
    sheet = Image.new("RGB", (width, height), "#f2ead9")
    draw = ImageDraw.Draw(sheet)
    for _ in range(1500):
        px, py = rng.uniform(-0.05, 1.05) * width, rng.uniform(-0.05, 1.05) * height
        line = [(px, py)]
        for _step in range(int(rng.integers(20, 90))):
            turn = angle[int(min(max(py, 0), height - 1)), int(min(max(px, 0), width - 1))]
            px, py = px + 6 * math.cos(turn), py + 6 * math.sin(turn)
            line.append((px, py))
        draw.line(line, fill=inks[int(rng.integers(len(inks)))], width=int(rng.integers(1, 4)), joint="curve")
    return finish(rng, np.asarray(sheet, dtype=np.float32), vignette=0.06)


def glass(rng: Rng, width: int, height: int) -> Image.Image:
    """A leaded window: cells around scattered points, lit from behind."""
    x, y = grid(width, height)
    # One point somewhere in each box of a grid: no two lie so close that their pane is all lead.
    boxes = np.stack(np.meshgrid(np.arange(-1, 15), np.arange(-1, 12)), axis=-1).reshape(-1, 2)
    points = (boxes + rng.uniform(0.12, 0.88, boxes.shape)) / 10
    nearest = np.full(x.shape, 9, dtype=np.float32)
    second, owner = nearest.copy(), np.zeros(x.shape, dtype=np.int32)
    for number, (px, py) in enumerate(points.astype(np.float32)):
        away = np.hypot(x - px, y - py)
        closer = away < nearest
        second = np.where(closer, nearest, np.minimum(second, away))
        owner = np.where(closer, number, owner)
        nearest = np.where(closer, away, nearest)
    hue = stretch(points[:, 0] * 0.6 + points[:, 1] + rng.normal(0, 0.16, len(points))).astype(np.float32)
    panes = ramp(hue[None], hexes("#f2c14e #e07a3f #b23a48 #5b2a6e #1f4e79 #2a9d8f"))[0][owner]
    light = 0.62 + 0.38 * clouds(rng, width, height, 3) + 0.5 * np.exp(-((x - 0.5) ** 2 + (y - 0.25) ** 2) / 0.25)
    lead = np.clip(1 - (second - nearest) * 190, 0, 1)
    return finish(rng, mix(panes * light[..., None], (22, 20, 24), lead))


def marble(rng: Rng, width: int, height: int) -> Image.Image:
    """Colours that ran into each other and dried."""
    x, y = grid(width, height)
    warp = clouds(rng, width, height, 1.5, octaves=4)
    fold = clouds(rng, width, height, 2.2, octaves=5)
    veins = np.sin(9 * (x * 0.7 + y * 0.4) + 11 * warp + 7 * fold) * 0.5 + 0.5
    body = ramp(stretch(veins * 0.7 + fold * 0.5), hexes("#0f2f3d #1d6473 #7fb6ae #f0e6d2 #d98e5f #8a3b3b #2a1a2b"))
    gold = np.exp(-(((veins - 0.52) / 0.018) ** 2)) * np.clip(warp * 2.2 - 0.7, 0, 1)
    return finish(rng, mix(body, (236, 196, 112), gold))


def orbit(rng: Rng, width: int, height: int) -> Image.Image:
    """A Julia set, coloured by how near its points come to a circle."""
    x, y = grid(width, height)
    z = ((x - x.max() / 2) + 1j * (y - y.max() / 2)) * 2.2
    seed = complex(-0.8 + rng.uniform(-0.002, 0.002), 0.156)
    trap, steps = np.full(x.shape, 9, dtype=np.float32), np.zeros(x.shape, dtype=np.float32)
    inside = np.ones(x.shape, dtype=bool)
    for _ in range(110):
        z = np.where(inside, z * z + seed, z)
        size = np.abs(z)
        inside &= size < 40
        trap = np.where(inside, np.minimum(trap, np.abs(size - 0.42)), trap).astype(np.float32)
        steps += inside
    left = np.log2(np.maximum(np.log(np.maximum(np.abs(z), 1.001)), 1e-6))
    smooth = 0.82 * stretch(np.log1p(np.clip(steps - np.where(inside, 0, left), 0, None))) + 0.18 * np.exp(-trap * 12)
    colours = hexes("#0b1026 #1f2f5c #4b5fa3 #c98bb0 #f3c9a5 #fff3da")
    return finish(rng, ramp(np.clip(smooth, 0, 1) ** 1.15, colours))


def shapes(rng: Rng, width: int, height: int) -> Image.Image:
    """Discs, bars and one arc, weighed against each other on paper."""
    scale = 2
    sheet = Image.new("RGB", (width * scale, height * scale), "#efe6d3")
    draw = ImageDraw.Draw(sheet, "RGBA")
    inks = hexes("#1d2b3a #b5452c #d99a2b #3d5a4c #7a8fb5")
    short = min(width, height) * scale
    for number in range(9):
        _bar(rng, draw, sheet.size, short, inks[number % len(inks)])
    for number, size in enumerate((0.30, 0.15, 0.09, 0.06, 0.04)):
        px, py = rng.uniform(0.22, 0.78) * sheet.width, rng.uniform(0.22, 0.78) * sheet.height
        reach = size * short
        draw.ellipse((px - reach, py - reach, px + reach, py + reach), fill=(*inks[(number + 1) % len(inks)], 225))
    ring = 0.36 * short
    middle = (sheet.width * 0.56, sheet.height * 0.52)
    box = (middle[0] - ring, middle[1] - ring, middle[0] + ring, middle[1] + ring)
    draw.arc(box, 195, 342, fill=(29, 43, 58), width=int(0.012 * short))
    small = sheet.resize((width, height), Image.Resampling.LANCZOS)
    fibres = clouds(rng, width, height, 60, octaves=3)[..., None] * 14 - 7
    return finish(rng, np.asarray(small, dtype=np.float32) + fibres, grain=5, vignette=0.05)


def _bar(rng: Rng, draw: ImageDraw.ImageDraw, size: tuple[int, int], short: int, ink: Colour) -> None:
    turn = math.radians(float(rng.choice([-32, 58])) + rng.normal(0, 2))
    long, thick = rng.uniform(0.1, 0.42) * short, rng.uniform(0.006, 0.035) * short
    px, py = rng.uniform(0.2, 0.8) * size[0], rng.uniform(0.2, 0.8) * size[1]
    along, across = (math.cos(turn) * long, math.sin(turn) * long), (-math.sin(turn) * thick, math.cos(turn) * thick)
    corners = [(1, 1), (1, -1), (-1, -1), (-1, 1)]
    draw.polygon(
        [(px + a * along[0] + b * across[0], py + a * along[1] + b * across[1]) for a, b in corners], fill=(*ink, 235)
    )


def herbarium(rng: Rng, width: int, height: int) -> Image.Image:
    """Pressed stems with their leaves, on an old sheet."""
    scale = 2
    sheet = Image.new("RGB", (width * scale, height * scale), "#f0e7d2")
    draw = ImageDraw.Draw(sheet)
    greens = hexes("#3f5b3c #5c7a4a #7d8f55 #8f7b45 #4b6653")
    for number in range(6):
        foot = ((0.14 + 0.145 * number) * sheet.width, 0.93 * sheet.height)
        tall = rng.uniform(0.58, 0.82) * sheet.height
        _stem(rng, draw, foot, tall, greens[number % len(greens)])
    pressed = sheet.resize((width, height), Image.Resampling.LANCZOS)
    shadow = pressed.filter(ImageFilter.GaussianBlur(7))
    stains = clouds(rng, width, height, 2.5, octaves=5)[..., None]
    flat = np.asarray(pressed, dtype=np.float32) * 0.86 + np.asarray(shadow, dtype=np.float32) * 0.14
    return finish(rng, flat - stains * np.array([6, 14, 30], dtype=np.float32), grain=4, vignette=0.14)


def _stem(rng: Rng, draw: ImageDraw.ImageDraw, foot: tuple[float, float], tall: float, ink: Colour) -> None:
    lean, bend = rng.normal(0, 0.05), rng.normal(0, 0.10)
    pairs = int(rng.integers(9, 16))
    reach, narrow = rng.uniform(0.10, 0.17) * tall, rng.uniform(0.22, 0.42)
    spine = []
    for step in range(61):
        t = step / 60
        spine.append((foot[0] + tall * (lean * t + bend * math.sin(t * 2.4)), foot[1] - tall * t))
    draw.line(spine, fill=ink, width=9, joint="curve")
    for number in range(pairs):
        t = 0.14 + 0.84 * number / pairs
        base = spine[round(t * 60)]
        size = reach * math.sin(math.pi * (0.16 + 0.78 * t)) * rng.uniform(0.85, 1.1)
        for side in (-1, 1):
            _leaf(draw, base, -math.pi / 2 + side * rng.uniform(0.75, 1.0), size, narrow, _shade(rng, ink))
    _leaf(draw, spine[-1], -math.pi / 2 + lean, reach * 0.5, narrow, ink)


def _leaf(
    draw: ImageDraw.ImageDraw, base: tuple[float, float], turn: float, size: float, narrow: float, ink: Colour
) -> None:
    along, across = (math.cos(turn), math.sin(turn)), (-math.sin(turn), math.cos(turn))
    edge = []
    for step in range(25):
        t = step / 12 if step <= 12 else (24 - step) / 12
        wide = narrow * size * math.sin(math.pi * t**0.8) * (1 if step <= 12 else -1) * 0.5
        edge.append(
            (base[0] + along[0] * t * size + across[0] * wide, base[1] + along[1] * t * size + across[1] * wide)
        )
    draw.polygon(edge, fill=ink)
    tip = (base[0] + along[0] * size * 0.94, base[1] + along[1] * size * 0.94)
    draw.line([base, tip], fill=_darker(ink), width=2)


def _shade(rng: Rng, ink: Colour) -> Colour:
    change = int(rng.integers(-12, 16))
    red, green, blue = (min(255, max(0, part + change)) for part in ink)
    return red, green, blue


def _darker(ink: Colour) -> Colour:
    red, green, blue = (int(part * 0.75) for part in ink)
    return red, green, blue


def tides(rng: Rng, width: int, height: int) -> Image.Image:
    """Contour lines of a land that was never surveyed."""
    land: Field = clouds(rng, width, height, 2.0, octaves=4, roughness=0.42)
    body = ramp(land, hexes("#123047 #1f5a73 #5fa3a3 #e9dfc0 #d7b377 #a8683f #6b3a2e"))
    slope_y, slope_x = np.gradient(land)
    light = np.clip(0.5 + (slope_x + slope_y) * 130, 0, 1)
    level = land * 26
    steep = np.hypot(slope_x, slope_y) * 26 + 1e-4
    line = np.clip(1.4 - np.abs(level - np.round(level)) / steep, 0, 1)
    return finish(rng, mix(mix(body, (255, 250, 235), 0.28 * (light - 0.3)), (40, 30, 26), 0.55 * line))
