"""``webp``: a small file."""

from dataclasses import replace

from core.media.sniff import MediaType
from core.studio.hooks.protocol import HookFailed, Picture

LONGEST = 16_383  # pixels a side that the format has room for


class Webp:
    name = "webp"
    summary = "Keeps the picture as a WebP of high quality, a good deal smaller than a PNG."

    def apply(self, picture: Picture) -> Picture:
        if max(picture.image.width, picture.image.height) > LONGEST:
            raise HookFailed(f"A WebP has at most {LONGEST:,} pixels a side.")
        return replace(picture, media_type=MediaType.WEBP)
