"""A poster of squares: circles, quarters and stripes on a grid, as taught in Dessau."""

import numpy as np

from core.adapters.images.local.canvas import Field, Rng, clouds
from core.adapters.images.local.colours import Colour
from core.adapters.images.local.drawing import Point, Sheet
from core.adapters.images.local.scene import Scene


def paint(scene: Scene) -> Field:
    """Each field holds one figure; a few large fields hold the sheet together."""
    sheet = Sheet(scene.width, scene.height, scene.palette.paper)
    rng, side = scene.rng, 1 / scene.count(3, 7)
    columns, rows = round(scene.width / scene.short / side), round(scene.height / scene.short / side)
    across, down = scene.width / scene.short / columns, scene.height / scene.short / rows
    taken = np.zeros((rows, columns), dtype=bool)
    for row in range(rows):
        for column in range(columns):
            if taken[row, column]:
                continue
            big = rng.random() < 0.22 and row + 1 < rows and column + 1 < columns and not taken[row, column + 1]
            span = 2 if big else 1
            taken[row : row + span, column : column + span] = True
            _field(rng, sheet, (column * across, row * down), (across * span, down * span), scene)
    fibres = clouds(scene.chance("paper"), *scene.size, 70, octaves=2)[..., None] - 0.5
    return sheet.pixels() + fibres * (12 if not scene.brief.refuses("texture") else 0)


def _field(rng: Rng, sheet: Sheet, corner: Point, size: Point, scene: Scene) -> None:
    choices = [*scene.palette.inks, scene.palette.paper]
    ground, ink, other = (choices[int(place)] for place in rng.permutation(len(choices))[:3])
    far = (corner[0] + size[0], corner[1] + size[1])
    sheet.box(corner, far, ground)
    _FIGURES[int(rng.integers(len(_FIGURES)))](rng, sheet, corner, size, ink, other, ground)


def _quarter(rng: Rng, sheet: Sheet, corner: Point, size: Point, ink: Colour, other: Colour, ground: Colour) -> None:
    which = int(rng.integers(4))
    middle = (corner[0] + size[0] * (which in (1, 2)), corner[1] + size[1] * (which in (2, 3)))
    for share, colour in ((1.0, ink), (0.66, ground), (0.33, other))[: int(rng.integers(1, 4))]:
        sheet.slice(middle, min(size) * share, which * 90, which * 90 + 90, colour)


def _halves(rng: Rng, sheet: Sheet, corner: Point, size: Point, ink: Colour, other: Colour, ground: Colour) -> None:
    begin = 90 * int(rng.integers(4))
    middle = (corner[0] + size[0] / 2, corner[1] + size[1] / 2)
    sheet.slice(middle, min(size) / 2, begin, begin + 180, ink)
    if rng.random() < 0.6:
        sheet.slice(middle, min(size) / 2, begin + 180, begin + 360, other)


def _circle(rng: Rng, sheet: Sheet, corner: Point, size: Point, ink: Colour, other: Colour, ground: Colour) -> None:
    middle = (corner[0] + size[0] / 2, corner[1] + size[1] / 2)
    sheet.circle(middle, min(size) * 0.5, ink)
    if rng.random() < 0.7:
        sheet.circle(middle, min(size) * float(rng.choice([0.14, 0.25, 0.33])), other)


def _triangle(rng: Rng, sheet: Sheet, corner: Point, size: Point, ink: Colour, other: Colour, ground: Colour) -> None:
    corners = [corner, (corner[0] + size[0], corner[1]), (corner[0] + size[0], corner[1] + size[1]),
               (corner[0], corner[1] + size[1])]  # fmt: skip
    skipped = int(rng.integers(4))
    sheet.polygon([point for place, point in enumerate(corners) if place != skipped], ink)
    if rng.random() < 0.4:
        middle = (corner[0] + size[0] / 2, corner[1] + size[1] / 2)
        sheet.circle(middle, min(size) * 0.22, other)


def _stripes(rng: Rng, sheet: Sheet, corner: Point, size: Point, ink: Colour, other: Colour, ground: Colour) -> None:
    number, lies = int(rng.choice([3, 4, 5])), rng.random() < 0.5
    for stripe in range(number):
        begin, end = stripe / number, (stripe + 0.5) / number
        if lies:
            box = ((corner[0], corner[1] + size[1] * begin), (corner[0] + size[0], corner[1] + size[1] * end))
        else:
            box = ((corner[0] + size[0] * begin, corner[1]), (corner[0] + size[0] * end, corner[1] + size[1]))
        sheet.box(*box, ink)


def _leaf(rng: Rng, sheet: Sheet, corner: Point, size: Point, ink: Colour, other: Colour, ground: Colour) -> None:
    """Where two quarters of a circle overlap."""
    side, turns = min(size), rng.random() < 0.5
    angles = np.linspace(0, np.pi / 2, 24)
    arc = [(float(np.cos(a)), float(np.sin(a))) for a in angles]
    shape = arc + [(1 - px, 1 - py) for px, py in arc]
    flip = [(1 - px if turns else px, py) for px, py in shape]
    sheet.polygon([(corner[0] + px * side, corner[1] + py * side) for px, py in flip], ink)
    if rng.random() < 0.4:
        sheet.circle((corner[0] + side / 2, corner[1] + side / 2), side * 0.13, other)


def _dots(rng: Rng, sheet: Sheet, corner: Point, size: Point, ink: Colour, other: Colour, ground: Colour) -> None:
    number = int(rng.choice([2, 3, 4]))
    for row in range(number):
        for column in range(number):
            middle = (corner[0] + size[0] * (column + 0.5) / number, corner[1] + size[1] * (row + 0.5) / number)
            sheet.circle(middle, min(size) * 0.30 / number, other if row == column else ink)


_FIGURES = (_quarter, _quarter, _quarter, _halves, _circle, _triangle, _stripes, _leaf, _leaf, _dots)
