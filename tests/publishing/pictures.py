"""Small real pictures for import tests, each with content of its own."""

import itertools
import json
from pathlib import Path

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from core.media.imports import IncomingFile

_colours = itertools.count(1)


def picture(folder: Path, name: str, *, kind: str = "PNG", size: tuple[int, int] = (32, 24), colour: int | None = None,
            parameters: str | None = None) -> IncomingFile:  # fmt: skip
    """A picture of one colour, stored under a neutral name; ``parameters`` as a generator would leave them."""
    number = next(_colours) if colour is None else colour
    path = folder / f"incoming-{next(_colours)}"
    info = PngInfo()
    if parameters is not None:
        info.add_text("parameters", parameters)
    options = {"pnginfo": info} if kind == "PNG" else {}
    Image.new("RGB", size, (number % 256, number // 256 % 256, 80)).save(path, kind, **options)
    return IncomingFile(name, path)


def raw(folder: Path, name: str, content: bytes) -> IncomingFile:
    """A file with just these bytes."""
    path = folder / f"incoming-{next(_colours)}"
    path.write_bytes(content)
    return IncomingFile(name, path)


GENERATED = "a bowl of apples\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 42, Size: 512x512, Model: sd15"
WITH_NUL = json.dumps({"prompt": "nothing\x00here"})
