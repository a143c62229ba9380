"""``square``: as wide as high."""

from dataclasses import replace

from core.studio.hooks.protocol import Picture


class Square:
    name = "square"
    summary = "Crops to a square around what draws the eye."

    def apply(self, picture: Picture) -> Picture:
        side = min(picture.image.width, picture.image.height)
        return replace(picture, image=picture.image.smartcrop(side, side, interesting="attention"))
