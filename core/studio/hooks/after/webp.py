"""``webp``: a small file."""

from dataclasses import replace

from core.media.sniff import MediaType
from core.studio.hooks.protocol import Picture


class Webp:
    name = "webp"
    summary = "Keeps the picture as a WebP of high quality, a good deal smaller than a PNG."

    def apply(self, picture: Picture) -> Picture:
        return replace(picture, media_type=MediaType.WEBP)
