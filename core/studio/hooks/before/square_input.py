"""``square-input``: a picture that goes in, as wide as high."""

from dataclasses import replace

from core.studio.hooks.protocol import Picture, Words


class SquareInput:
    name = "square-input"
    summary = "Crops a picture that goes in to a square around what draws the eye."

    def words(self, words: Words) -> Words:
        return words

    def picture(self, picture: Picture, words: Words) -> Picture:
        side = min(picture.image.width, picture.image.height)
        return replace(picture, image=picture.image.smartcrop(side, side, interesting="attention"))
