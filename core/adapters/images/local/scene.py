"""What a painter is given: a size, chance that repeats, a palette, and what the words want."""

import hashlib
from dataclasses import dataclass, field

import numpy as np

from core.adapters.images.local.canvas import Field, Rng, grid
from core.adapters.images.local.palettes import Palette
from core.adapters.images.local.words import Brief


@dataclass(frozen=True, slots=True)
class Scene:
    """One picture to paint. ``detail`` is 0 to 1; the same ``digest`` gives the same chance in every process."""

    width: int
    height: int
    digest: bytes
    palette: Palette
    brief: Brief
    detail: float
    rng: Rng = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "rng", self.chance("composition"))

    def chance(self, part: str) -> Rng:
        """Chance for one part of the picture: taking that part away leaves the others where they are."""
        return generator(self.digest, part)

    def shows(self, thing: str, likely: float = 0.0) -> bool:
        """Whether a thing is in the picture: by the words, else by chance as often as ``likely`` says."""
        if self.brief.refuses(thing):
            return False
        return self.brief.wants(thing) or float(self.chance(f"shows {thing}").random()) < likely

    def count(self, few: float, many: float) -> int:
        """A number of things that grows with the detail."""
        return round(few + (many - few) * self.detail)

    def grid(self) -> tuple[Field, Field]:
        return grid(self.width, self.height)

    @property
    def size(self) -> tuple[int, int]:
        return self.width, self.height

    @property
    def short(self) -> int:
        return min(self.width, self.height)

    @property
    def pixel(self) -> float:
        """One pixel in the unit of the grid."""
        return 1 / self.short


def generator(digest: bytes, part: str) -> Rng:
    """A generator that is the same wherever digest and part are."""
    seed = hashlib.sha256(digest + part.encode()).digest()
    return np.random.Generator(np.random.PCG64(int.from_bytes(seed)))
