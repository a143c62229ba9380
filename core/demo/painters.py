"""Who paints the demo's pictures: the painters of the studio, with palette and words settled beforehand."""

from collections.abc import Callable

import numpy as np
from PIL import Image

from core.adapters.images.local.painting import finish
from core.adapters.images.local.palettes import PALETTES
from core.adapters.images.local.repertoire import REPERTOIRE
from core.adapters.images.local.scene import Scene
from core.adapters.images.local.words import Brief

Painter = Callable[[np.random.Generator, int, int], Image.Image]
_DETAIL = 0.6  # 0 to 1


def painter(model: str, style: str, palette: str, words: str = "") -> Painter:
    """A painter who needs nothing but chance and a size; ``words`` say what is to be there and what is not."""
    manner, brief = REPERTOIRE[f"local/{model}"][style], Brief.read(words, "")

    def paint(rng: np.random.Generator, width: int, height: int) -> Image.Image:
        scene = Scene(width, height, rng.bytes(32), PALETTES[palette], brief, _DETAIL)
        return Image.fromarray(finish(manner, scene, manner.painter(scene), scene.chance("grain")))

    return paint
