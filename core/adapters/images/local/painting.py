"""A commission becomes a picture: scene, style, a start picture if there is one, varnish, file."""

import hashlib
import json
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.adapters.images.local import lighting, png, retouching
from core.adapters.images.local.canvas import Field, Rng, varnish
from core.adapters.images.local.commission import MAX_STEPS, Commission
from core.adapters.images.local.lighting import AUTO
from core.adapters.images.local.repertoire import REPERTOIRE, Style, choose
from core.adapters.images.local.scene import Scene, generator
from core.adapters.images.local.words import Brief, strange_words

Pixels = npt.NDArray[np.uint8]

# A large picture takes some hundred megabytes while it is painted: one of them at a time in a process.
_GIANT_PIXELS = 1_600_000
_giants = threading.Lock()
# Painting is computing: more painters than cores would save no time. Having few threads of their own keeps memory flat:
# each thread that ever painted holds on to some of what it used.
_painters = ThreadPoolExecutor(max(2, os.cpu_count() or 2), thread_name_prefix="painter")


@dataclass(frozen=True, slots=True)
class Painted:
    """A finished file and what decided it; ``style`` is never ``auto``."""

    data: bytes
    width: int
    height: int
    seed: int
    style: str


def paint(commission: Commission, index: int) -> Painted:
    """The picture number ``index`` of a call. Raises ``GenerationError`` when the start picture cannot be read."""
    source = None
    width, height = commission.width, commission.height
    if commission.source is not None:
        source = retouching.read_source(commission.source)
        height, width = source.shape[:2]
    seed = commission.seed_of(index)
    style, scene = _stage(commission, seed, width, height)
    with _giants if width * height > _GIANT_PIXELS else nullcontext():
        data = _painters.submit(_file, commission, seed, style, scene, source).result()
    return Painted(data, width, height, seed, style)


def _file(commission: Commission, seed: int, style: str, scene: Scene, source: retouching.Source | None) -> bytes:
    pixels = _pixels(commission, seed, style, scene, source)
    return png.encode(pixels, png.settings_text(commission, seed, style, *scene.size))


def _stage(commission: Commission, seed: int, width: int, height: int) -> tuple[str, Scene]:
    """Composition follows prompt, seed, model and style. What the negative prompt names, guidance, steps and palette
    change the same composition instead of making another one, as artists who turn one knob expect."""
    brief = Brief.read(commission.prompt, commission.negative)
    strange = sorted(strange_words(commission.negative))
    digest = _digest(commission.model, commission.prompt, commission.style, seed, strange)
    style = commission.style
    if style == AUTO:
        style = choose(commission.model, brief, float(generator(digest, "style").random()))
    suited = REPERTOIRE[commission.model][style].palettes
    palette = lighting.light(brief, generator(digest, "palette"), commission.palette, suited, commission.guidance)
    return style, Scene(width, height, digest, palette, brief, commission.steps / MAX_STEPS)


def _pixels(commission: Commission, seed: int, style: str, scene: Scene, source: retouching.Source | None) -> Pixels:
    manner = REPERTOIRE[commission.model][style]
    picture = manner.painter(scene)
    if source is not None:
        picture = retouching.retouch(scene, picture, source, commission.strength)
    everything = _digest(
        commission.model, commission.prompt, commission.negative, commission.style, commission.palette, scene.size,
        commission.steps, commission.guidance, seed, commission.source_sha256, commission.strength,
    )  # fmt: skip
    return finish(manner, scene, picture, generator(everything, "grain"))


def finish(manner: Style, scene: Scene, picture: Field, rng: Rng) -> Pixels:
    """The pixels of a painted picture, with as much grain and as dark corners as its style and the words want."""
    brief = scene.brief
    grain = 0.8 if brief.refuses("grain") else manner.grain * (2.2 if brief.wants("grain") else 1)
    vignette = 0.0 if brief.refuses("vignette") else manner.vignette * (2 if brief.wants("vignette") else 1)
    return varnish(rng, picture, grain=grain, vignette=vignette)


def _digest(*parts: object) -> bytes:
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode("utf-8", "surrogatepass")).digest()
