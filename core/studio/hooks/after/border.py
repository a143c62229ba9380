"""``border``: a white mat."""

from dataclasses import replace

from core.studio.hooks.protocol import Picture

# Of the shorter side, on each of the four.
SHARE = 0.05


class Border:
    name = "border"
    summary = "Puts a white mat around the picture, a twentieth of its shorter side wide."

    def apply(self, picture: Picture) -> Picture:
        image = picture.image
        mat = max(1, round(min(image.width, image.height) * SHARE))
        size = image.width + 2 * mat, image.height + 2 * mat
        white = [255] * image.bands
        return replace(picture, image=image.embed(mat, mat, *size, extend="background", background=white))
