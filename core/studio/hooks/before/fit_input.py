"""``fit-input``: a picture that goes in, of the size that is to come out."""

import re
from dataclasses import replace

from core.studio.hooks.protocol import HookFailed, Picture, Words
from core.studio.parameters import Names

_SIZE = re.compile(r"\s*(\d{1,5})\s*[x×*:]\s*(\d{1,5})\s*", re.IGNORECASE)


class FitInput:
    name = "fit-input"
    summary = "Scales and crops a picture that goes in to the width and height of the order, or to its aspect ratio."

    def words(self, words: Words) -> Words:
        return words

    def picture(self, picture: Picture, words: Words) -> Picture:
        image = picture.image
        if size := _size_of(words):
            fitted = image.thumbnail_image(size[0], height=size[1], size="both", crop="attention")
        elif ratio := _pair(words, "aspect_ratio"):
            fitted = image.smartcrop(*_largest(image.width, image.height, *ratio), interesting="attention")
        else:
            raise HookFailed("The order says neither width and height nor an aspect ratio.")
        return replace(picture, image=fitted)


def _size_of(words: Words) -> tuple[int, int] | None:
    width, height = _value(words, "width"), _value(words, "height")
    if isinstance(width, int) and isinstance(height, int) and width > 0 and height > 0:
        return width, height
    found = _pair(words, "size")
    # A size in few pixels is a ratio that somebody called a size.
    return found if found and min(found) >= 64 else None


def _pair(words: Words, name: str) -> tuple[int, int] | None:
    match = _SIZE.fullmatch(str(_value(words, name) or ""))
    found = (int(match[1]), int(match[2])) if match else (0, 0)
    return found if all(found) else None


def _value(words: Words, name: str) -> object:
    spec = Names(words.specs).find(name)
    return words.parameters.get(spec.name) if spec else None


def _largest(width: int, height: int, across: int, down: int) -> tuple[int, int]:
    """The largest rectangle of this ratio in another."""
    if width * down > height * across:
        return max(1, height * across // down), height
    return width, max(1, width * down // across)
