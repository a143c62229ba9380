"""Opening a picture for hooks, computing what they made of it, and writing it: bounded in memory whatever its size.

What lies between two hooks is on disk, in libvips' own format, and mapped into memory: no loss, and no more of it in
memory than is being worked on.
"""

from pathlib import Path

import pyvips

from core.media.sniff import HEAD_BYTES, MediaType, sniff
from core.media.vips import find_field, open_picture
from core.studio.hooks.protocol import HookFailed, Picture, PictureFile

OPENED = "opened.v"
JPEG_QUALITY = 95
WEBP_QUALITY = 92
# The encoder holds all of the picture, twelve bytes a pixel: 300 MB.
WEBP_PIXELS = 25_000_000
WEBP_SIDE = 16_383  # the format has room for no more
_GREY_OR_SRGB = ("srgb", "b-w")


def open_for_hooks(path: Path, folder: Path, *, most_pixels: int) -> Picture:
    """The first and only frame of a picture file. Raises :class:`HookFailed` for films, animations and giants."""
    with path.open("rb") as file:
        media_type = sniff(file.read(HEAD_BYTES))
    if media_type is None or media_type.is_film:
        raise HookFailed("Hooks work on still pictures, and this is a film.")
    image = open_picture(path, media_type, fail_on="error")
    if int(find_field(image, "n-pages") or 1) > 1:
        raise HookFailed("Hooks work on still pictures, and this is an animation.")
    check_size(Picture(image, MediaType.PNG), most_pixels)
    return Picture(_in_srgb(computed(image, folder / OPENED).autorot()), media_type)


def check_size(picture: Picture, most_pixels: int) -> None:
    """Refuse what would be too large, before a pixel of it is computed."""
    width, height = picture.image.width, picture.image.height
    kind = ""
    if picture.media_type is MediaType.WEBP:
        kind, most_pixels = " as a WebP", min(most_pixels, WEBP_PIXELS)
        if max(width, height) > WEBP_SIDE:
            raise HookFailed(f"A WebP has at most {WEBP_SIDE:,} pixels a side.")
    if width * height > most_pixels:
        made = f"at most {most_pixels / 1e6:,.0f} are made{kind}"
        raise HookFailed(f"It would have {width * height / 1e6:,.0f} megapixels; {made}.")


def computed(image: pyvips.Image, into: Path) -> pyvips.Image:
    """The same picture with all its pixels worked out."""
    image.vipssave(str(into))
    ready: pyvips.Image = pyvips.Image.vipsload(str(into))
    return ready


def write(picture: Picture, folder: Path, name: str) -> PictureFile:
    """The picture as a file: JPEG and WebP as such, everything else as PNG."""
    kept = "all" if picture.keeps_metadata else "none"
    image, path = picture.image, folder / name
    match picture.media_type:
        case MediaType.JPEG:
            opaque = image.flatten(background=255) if image.hasalpha() else image
            # Optimised coding saves a few per cent and holds all of the picture in memory, eleven bytes a pixel.
            opaque.jpegsave(str(path), Q=JPEG_QUALITY, subsample_mode="off", keep=kept)
            return PictureFile(path, MediaType.JPEG)
        case MediaType.WEBP:
            image.webpsave(str(path), Q=WEBP_QUALITY, keep=kept)
            return PictureFile(path, MediaType.WEBP)
    image.pngsave(str(path), keep=kept)
    return PictureFile(path, MediaType.PNG)


def _in_srgb(image: pyvips.Image) -> pyvips.Image:
    """Colours by the picture's own profile, when it has one; 8 bits."""
    if image.get_typeof("icc-profile-data"):
        image = image.icc_transform("srgb", embedded=True, depth=8)
    wanted = "b-w" if image.interpretation in ("b-w", "grey16") else "srgb"
    return image if image.interpretation in _GREY_OR_SRGB and image.format == "uchar" else image.colourspace(wanted)
