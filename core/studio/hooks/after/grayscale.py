"""``grayscale``: no colours."""

from dataclasses import replace

from core.studio.hooks.protocol import Picture


class Grayscale:
    name = "grayscale"
    summary = "Takes the colours out."

    def apply(self, picture: Picture) -> Picture:
        return replace(picture, image=picture.image.colourspace("b-w"))
