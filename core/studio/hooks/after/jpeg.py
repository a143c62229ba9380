"""``jpeg``: a file for everywhere."""

from dataclasses import replace

from core.media.sniff import MediaType
from core.studio.hooks.protocol import Picture


class Jpeg:
    name = "jpeg"
    summary = "Keeps the picture as a JPEG of high quality; what is see-through becomes white."

    def apply(self, picture: Picture) -> Picture:
        return replace(picture, media_type=MediaType.JPEG)
