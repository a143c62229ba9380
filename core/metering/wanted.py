"""What prices need to know of the parameters of a call, whatever its provider calls them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.metering.consumption import Consumption

# fal's words for sizes.
NAMED_SIZES = {
    "square_hd": "1024x1024",
    "square": "512x512",
    "portrait_4_3": "768x1024",
    "portrait_16_9": "576x1024",
    "landscape_4_3": "1024x768",
    "landscape_16_9": "1024x576",
}
_SIZE = re.compile(r"(\d{1,5})\s*[x×]\s*(\d{1,5})", re.IGNORECASE)
_COUNTS = ("images", "n", "num_images", "num_outputs", "quantity")
_CHARACTERS_A_TOKEN = 4  # of English, about


@dataclass(frozen=True, slots=True)
class Wanted:
    """``size`` as ``1024x1024`` or a word of the provider (``2K``); ``pixels`` of one picture; ``None``: not said."""

    images: int | None
    size: str | None
    quality: str | None
    pixels: int | None
    prompt_tokens: int


def wanted_of(requested: Mapping[str, Any], used: Consumption) -> Wanted:
    """What the provider answered goes before what it was asked for."""
    size = _size(used.size) or _size_asked(requested)
    found = _SIZE.fullmatch(size or "")
    quality = used.quality or requested.get("quality")
    return Wanted(
        images=used.images if used.images is not None else _count(requested),
        size=size,
        quality=str(quality).lower() if quality else None,
        pixels=int(found[1]) * int(found[2]) if found else None,
        prompt_tokens=-(-len(str(requested.get("prompt") or "")) // _CHARACTERS_A_TOKEN),
    )


def _count(requested: Mapping[str, Any]) -> int | None:
    for name in _COUNTS:
        value = requested.get(name)
        if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            return value
    return None


def _size_asked(requested: Mapping[str, Any]) -> str | None:
    for name in ("size", "image_size", "imageSize", "resolution"):
        value = requested.get(name)
        if isinstance(value, Mapping):
            return _sides(value)
        if value:
            return _size(str(value))
    return _sides(requested)


def _sides(found: Mapping[str, Any]) -> str | None:
    width, height = found.get("width"), found.get("height")
    return f"{width}x{height}" if isinstance(width, int) and isinstance(height, int) else None


def _size(text: str | None) -> str | None:
    """``1024 × 1024`` and ``square_hd`` as ``1024x1024``; ``auto`` says nothing."""
    if not text or text.lower() == "auto":
        return None
    found = _SIZE.fullmatch(text.strip())
    return f"{found[1]}x{found[2]}" if found else NAMED_SIZES.get(text, text)
