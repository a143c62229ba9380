"""What this server's samplers make: little pictures that only depend on the nodes above them."""

import io
import json

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from core.sandbox.comfyui.jobs import Made
from core.sandbox.pictures import paint, size_of

PREVIEW_PIXELS = 64


def small_preview(signature: str) -> bytes:
    """What is shown while a sampler works: a JPEG."""
    return paint(signature, width=PREVIEW_PIXELS, height=PREVIEW_PIXELS, kind="JPEG")


def finished(made: Made) -> bytes:
    """A PNG with text chunks, each of its texts as JSON."""
    picture = paint(made.source, seed=made.index, width=made.width, height=made.height)
    info = PngInfo()
    for name, value in made.texts.items():
        info.add_text(name, json.dumps(value))
    output = io.BytesIO()
    with Image.open(io.BytesIO(picture)) as image:
        image.save(output, "PNG", pnginfo=info, compress_level=1)
    return output.getvalue()


def shown(stored: bytes | Made, preview: str | None, channel: str | None) -> tuple[bytes, str]:
    """A picture as ``GET /view`` gives it: ``preview`` is ``webp;90`` or ``jpeg;80``, ``channel`` rgb or a."""
    content = finished(stored) if isinstance(stored, Made) else stored
    if size_of(content) is None:
        return content, "application/octet-stream"
    with Image.open(io.BytesIO(content)) as image:
        mime = Image.MIME[image.format or "PNG"]
        if preview is None and channel in {None, "rgba"}:
            return content, mime
        output = io.BytesIO()
        if channel == "a":
            image.convert("RGBA").getchannel("A").save(output, "PNG")
            return output.getvalue(), "image/png"
        kind, quality = _preview(preview) if preview else ("PNG", 90)
        image.convert("RGB").save(output, kind, quality=quality)
        return output.getvalue(), Image.MIME[kind]


def _preview(wanted: str) -> tuple[str, int]:
    kind, _, quality = wanted.partition(";")
    return {"webp": "WEBP"}.get(kind, "JPEG"), int(quality) if quality.isdecimal() else 90
