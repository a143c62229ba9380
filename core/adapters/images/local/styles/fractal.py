"""A Julia set, coloured by how slowly its points flee."""

from typing import Any

import numpy as np
import numpy.typing as npt

from core.adapters.images.local.canvas import Field, ramp, stretch
from core.adapters.images.local.scene import Scene

# Places on the edge of the Mandelbrot set whose Julia sets are known to be full of life.
_SEEDS = (
    complex(-0.8, 0.156), complex(-0.7269, 0.1889), complex(-0.77, 0.12), complex(-0.4, 0.6),
    complex(-0.70176, -0.3842), complex(-0.835, -0.2321), complex(0.355, 0.355), complex(-0.1, 0.80),
)  # fmt: skip


def paint(scene: Scene) -> Field:
    """One of eight families, never twice the same."""
    rng = scene.rng
    seed = _SEEDS[int(rng.integers(len(_SEEDS)))] + complex(rng.normal(0, 0.003), rng.normal(0, 0.003))
    turn, zoom = np.exp(1j * rng.uniform(0, np.pi)), float(rng.uniform(1.4, 2.1))
    x, y = scene.grid()
    z = ((x - x.max() / 2) + 1j * (y - y.max() / 2)).astype(np.complex64) * np.complex64(zoom * turn)
    limit = scene.count(40, 110)
    slow, trap = _flee(z, np.complex64(seed), limit)
    inner = slow >= limit
    slow[inner] = slow.min()
    tone = 0.80 * stretch(np.log1p(slow)) ** 1.1 + 0.24 * np.exp(-trap * 9)
    tone = np.where(inner, 0.06 + 0.44 * np.exp(-trap * 6), tone)
    colours = (*scene.palette.body[:4], scene.palette.inks[2], *scene.palette.body[5:])
    return ramp(np.clip(tone, 0, 1), colours)


def _flee(z: npt.NDArray[np.complexfloating[Any, Any]], seed: np.complex64, limit: int) -> tuple[Field, Field]:
    """For each point how many steps (with fraction) it stays near, and how close it comes to a circle on the way.

    Only the points that are still near are carried on: most leave early.
    """
    shape = z.shape
    z = z.ravel()
    slow, trap = np.full(z.size, limit, dtype=np.float32), np.full(z.size, 9, dtype=np.float32)
    places = np.arange(z.size)
    for step in range(limit):
        z = z * z + seed
        size = z.real * z.real + z.imag * z.imag
        if step > 1:
            trap[places] = np.minimum(trap[places], np.abs(size - np.float32(0.18)))
        gone = size > 1600
        if gone.any():
            slow[places[gone]] = step + 1 - np.log2(np.log(size[gone]) / np.float32(np.log(1600)))
            z, places = z[~gone], places[~gone]
    return slow.reshape(shape), trap.reshape(shape)
