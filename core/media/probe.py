"""What a file is: type from its content, size, length, digest, and what it says about its making."""

import hashlib
from dataclasses import dataclass, field, replace
from pathlib import Path

import pyvips

from core.media.embedded import EmbeddedMetadata, from_texts, read_embedded
from core.media.errors import DamagedFile, DecompressionBomb, EmptyFile, FileTooLarge, UnknownFileType
from core.media.films import read_film
from core.media.perceptual import perceptual_hash
from core.media.sniff import HEAD_BYTES, MediaType, sniff
from core.media.stills import read_picture_still
from core.media.structure import film_is_whole, read_gif
from core.media.vips import VIPS_ERRORS, find_field, open_picture

_SIDEWAYS = {5, 6, 7, 8}  # EXIF orientations that turn the picture by a quarter


@dataclass(frozen=True)
class ProbeLimits:
    """What is refused before any decoding.

    ``max_pixels`` is for one frame; ``max_whole_pixels`` for one that cannot be read line by line
    (progressive JPEG, interlaced PNG, WebP) and so needs up to eight bytes of memory a pixel.
    """

    max_bytes: int = 50 * 1024 * 1024
    max_pixels: int = 250_000_000
    max_whole_pixels: int = 100_000_000
    max_animation_pixels: int = 2_000_000_000
    max_film_pixels: int = 40_000_000  # 8K is 33 megapixels


DEFAULT_LIMITS = ProbeLimits()


@dataclass(frozen=True)
class ProbedFile:
    """What was found out about one whole, readable file.

    ``width`` and ``height`` are pixels as displayed (orientation applied). ``duration_seconds`` is
    set for films and animations. ``warnings`` are sentences for the person; none of them is fatal.
    """

    mime_type: str
    extension: str
    size_bytes: int
    sha256: str
    width: int
    height: int
    duration_seconds: float | None = None
    frames: int = 1
    embedded: EmbeddedMetadata = field(default_factory=EmbeddedMetadata)
    warnings: tuple[str, ...] = ()
    perceptual_hash: int | None = None  # 64 bits, signed: see perceptual.py

    @property
    def media_type(self) -> MediaType:
        return MediaType.of_mime(self.mime_type)


@dataclass(frozen=True)
class Inspected:
    """A probed file together with the picture that stands for it: upright, sRGB, at most 800 pixels a side."""

    probed: ProbedFile
    still: pyvips.Image


@dataclass(frozen=True)
class _Header:
    width: int
    height: int
    frames: int
    duration_seconds: float | None
    orientation: int
    needs_whole: bool  # all pixels at once, not line by line


def probe(path: Path, *, limits: ProbeLimits = DEFAULT_LIMITS, name: str | None = None) -> ProbedFile:
    """Find out what ``path`` holds and that it is whole; ``name`` is what the person calls the file.

    Decodes the picture once (a film: one frame); ``examine`` gives thumbnails for the same price.
    Raises one of the ``MediaFileRefused`` errors; the path not being readable stays an ``OSError``.
    """
    return inspect(path, limits=limits, name=name).probed


def inspect(path: Path, *, limits: ProbeLimits = DEFAULT_LIMITS, name: str | None = None) -> Inspected:
    """``probe`` that also hands over the decoded picture."""
    shown = name or path.name
    size = path.stat().st_size
    _check_size(size, limits, shown)
    media_type = _sniffed(path, shown)
    read = _inspect_film if media_type.is_film else _inspect_picture
    found = read(path, media_type, size, limits, shown)
    return replace(found, probed=replace(found.probed, perceptual_hash=perceptual_hash(found.still)))


def _check_size(size: int, limits: ProbeLimits, name: str) -> None:
    if size == 0:
        raise EmptyFile(f"“{name}” is empty. Check the file on your side, then upload it again.")
    if size > limits.max_bytes:
        raise FileTooLarge(
            f"“{name}” has {size / 1024**2:.1f} MB; at most {limits.max_bytes / 1024**2:.0f} MB are taken. "
            "Export it smaller or with more compression."
        )


def _sniffed(path: Path, name: str) -> MediaType:
    with path.open("rb") as file:
        media_type = sniff(file.read(HEAD_BYTES))
    if media_type is None:
        raise UnknownFileType(
            f"“{name}” is neither a picture nor a film that can be taken. Use JPEG, PNG, GIF, WebP, MP4, WebM or MOV."
        )
    return media_type


def _inspect_picture(path: Path, media_type: MediaType, size: int, limits: ProbeLimits, name: str) -> Inspected:
    warnings = _name_warnings(name, media_type)
    if media_type is MediaType.GIF:
        warnings += _check_gif(path, limits, name)
    header = _picture_header(path, media_type, name)
    _check_pixels(header, limits, name)
    still = read_picture_still(path, media_type, width=header.width, height=header.height, name=name)
    if still.has_faults:
        warnings += (f"“{name}” has small faults that viewers may show differently. Compare it with your original.",)
    sideways = header.orientation in _SIDEWAYS
    probed = ProbedFile(
        mime_type=media_type.mime,
        extension=media_type.extension,
        size_bytes=size,
        sha256=_digest(path),
        width=header.height if sideways else header.width,
        height=header.width if sideways else header.height,
        duration_seconds=header.duration_seconds,
        frames=header.frames,
        embedded=read_embedded(path, media_type),
        warnings=warnings,
    )
    return Inspected(probed, still.image)


def _inspect_film(path: Path, media_type: MediaType, size: int, limits: ProbeLimits, name: str) -> Inspected:
    if not film_is_whole(path, media_type):
        raise DamagedFile.named(name)
    film = read_film(path, media_type, max_pixels=limits.max_film_pixels, name=name)
    probed = ProbedFile(
        mime_type=media_type.mime,
        extension=media_type.extension,
        size_bytes=size,
        sha256=_digest(path),
        width=film.width,
        height=film.height,
        duration_seconds=film.duration_seconds,
        frames=film.frames,
        embedded=from_texts(film.texts),
        warnings=_name_warnings(name, media_type),
    )
    return Inspected(probed, film.still)


def _name_warnings(name: str, media_type: MediaType) -> tuple[str, ...]:
    extension = Path(name).suffix.removeprefix(".").lower()
    if not extension or extension in media_type.usual_extensions:
        return ()
    return (f"“{name}” is in truth a .{media_type.extension} file and is treated as one.",)


def _check_gif(path: Path, limits: ProbeLimits, name: str) -> tuple[str, ...]:
    """Only the first frame gets decoded, so the blocks of the others are checked by their skeleton."""
    skeleton = read_gif(path)
    if skeleton.largest_pixels > limits.max_pixels:
        raise _bomb(name, skeleton.largest_pixels, limits.max_pixels)
    if not skeleton.is_whole:
        raise DamagedFile.named(name)
    if skeleton.has_end_mark:
        return ()
    return (f"“{name}” has no end mark; if it seems too short, export it again.",)


def _picture_header(path: Path, media_type: MediaType, name: str) -> _Header:
    try:
        image = open_picture(path, media_type)
        frames = int(find_field(image, "n-pages") or 1)
        delays = find_field(image, "delay") if frames > 1 else None
        orientation = int(find_field(image, "orientation") or 1)
        needs_whole = media_type is MediaType.WEBP or bool(find_field(image, "interlaced"))
    except VIPS_ERRORS as error:
        raise DamagedFile.named(name) from error
    # Browsers show frames that ask for 10 ms or less for 100 ms.
    seconds = sum(delay if delay > 10 else 100 for delay in delays or ()) / 1000
    return _Header(image.width, image.height, frames, seconds or None, orientation, needs_whole)


def _check_pixels(header: _Header, limits: ProbeLimits, name: str) -> None:
    pixels = header.width * header.height
    if pixels > limits.max_pixels:
        raise _bomb(name, pixels, limits.max_pixels)
    if header.needs_whole and pixels > limits.max_whole_pixels:
        raise DecompressionBomb(
            f"“{name}” has {pixels / 1e6:,.0f} megapixels in a form that must be read all at once; at most "
            f"{limits.max_whole_pixels / 1e6:,.0f} are taken. Save it as a baseline JPEG or a plain PNG instead."
        )
    if header.frames > 1 and pixels * header.frames > limits.max_animation_pixels:
        raise _bomb(name, pixels * header.frames, limits.max_animation_pixels)


def _bomb(name: str, pixels: int, limit: int) -> DecompressionBomb:
    return DecompressionBomb(
        f"“{name}” opens into {pixels / 1e6:,.0f} megapixels; at most {limit / 1e6:,.0f} are taken. "
        "Scale it down or give it fewer frames, then upload it again."
    )


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
