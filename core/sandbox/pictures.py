"""Little pictures that only depend on words, seed and size: what imitated models make."""

import base64
import hashlib
import io
import random
from functools import lru_cache

from PIL import Image, ImageDraw

MEDIA_TYPES = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp"}
SMALL_SIDE = 96  # painted this small and then enlarged: a picture costs milliseconds


@lru_cache(maxsize=64)
def paint(prompt: str, *, seed: int | str = 0, width: int = 512, height: int = 512, kind: str = "PNG") -> bytes:
    """A finished file of ``width`` by ``height`` pixels; ``kind`` is PNG, JPEG or WEBP.

    The same arguments always give the same bytes, another seed gives others.
    """
    source = hashlib.sha256(f"{prompt}\0{seed}".encode()).digest()
    image = _scene(random.Random(source), width, height)  # noqa: S311 - repeatable, nothing secret
    output = io.BytesIO()
    image.save(output, kind, **({"compress_level": 1} if kind == "PNG" else {"quality": 85}))
    return output.getvalue()


def data_uri(content: bytes, kind: str = "PNG") -> str:
    """The file inside an address."""
    return f"data:{MEDIA_TYPES[kind]};base64,{base64.b64encode(content).decode()}"


def size_of(content: bytes) -> tuple[int, int] | None:
    """Width and height in pixels; ``None`` for what is no picture."""
    try:
        with Image.open(io.BytesIO(content)) as image:
            return image.size
    except (OSError, ValueError):
        return None


def _scene(chance: random.Random, width: int, height: int) -> Image.Image:
    scale = SMALL_SIDE / max(width, height, SMALL_SIDE)
    small = max(2, round(width * scale)), max(2, round(height * scale))
    sky = Image.frombytes("RGB", (3, 3), chance.randbytes(27)).resize(small, Image.Resampling.BICUBIC)
    brush = ImageDraw.Draw(sky, "RGBA")
    for _ in range(chance.randint(3, 7)):
        x, y, radius = chance.uniform(0, small[0]), chance.uniform(0, small[1]), chance.uniform(0.05, 0.3) * min(small)
        colour = (*chance.randbytes(3), chance.randint(90, 220))
        brush.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour)
    return sky.resize((width, height), Image.Resampling.BICUBIC)
