"""``autocontrast``: from the darkest to the lightest."""

from dataclasses import replace

import pyvips

from core.studio.hooks.opacity import on_colours
from core.studio.hooks.protocol import Picture

# Per cent of the pixels at either end that may become plain black or white: specks must not decide.
ENDS = 0.5
# Levels between the two ends below which there is nothing but a tone, whose noise would be all that is stretched.
FLAT = 16


class Autocontrast:
    name = "autocontrast"
    summary = "Stretches the tones so that the darkest become black and the lightest white; colours keep their balance."

    def apply(self, picture: Picture) -> Picture:
        return replace(picture, image=on_colours(picture.image, _stretched))


def _stretched(image: pyvips.Image) -> pyvips.Image:
    tones = image.colourspace("b-w")
    low, high = tones.percent(ENDS), tones.percent(100 - ENDS)
    if high - low < FLAT:
        return image
    scale = 255 / (high - low)
    stretched: pyvips.Image = image.linear(scale, -low * scale, uchar=True)
    return stretched
