"""Pictures and films made on the spot, small and the same for the same seed; also the ways they go wrong."""

import io
import struct
import tempfile
import zlib
from collections.abc import Mapping
from fractions import Fraction

import av
import numpy as np
from PIL import Image
from PIL.PngImagePlugin import PngInfo

USER_COMMENT = 0x9286
EXIF_DIRECTORY = 0x8769


def picture(width: int = 320, height: int = 240, seed: int = 0) -> Image.Image:
    """Gradients with a little noise, so that it compresses as a photograph does."""
    generator = np.random.default_rng(seed)
    across, down = np.meshgrid(np.linspace(0, 255, width), np.linspace(0, 255, height))
    shift = generator.uniform(-60, 60, size=3)
    channels = np.stack([across + shift[0], down + shift[1], 255 - (across + down) / 2 + shift[2]], axis=-1)
    noisy = channels + generator.normal(0, 6, size=channels.shape)
    return Image.fromarray(noisy.clip(0, 255).astype(np.uint8), "RGB")


def exif_block(texts: Mapping[int, str] | None = None, *, user_comment: bytes = b"", orientation: int = 1) -> bytes:
    """An EXIF block with texts by tag number; ``user_comment`` includes its eight bytes of coding."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    for tag, text in (texts or {}).items():
        exif[tag] = text
    if user_comment:
        exif.get_ifd(EXIF_DIRECTORY)[USER_COMMENT] = user_comment
    return exif.tobytes()


def make_jpeg(
    width: int = 320,
    height: int = 240,
    seed: int = 0,
    *,
    exif: bytes = b"",
    xmp: bytes = b"",
    comment: str = "",
    progressive: bool = False,
    quality: int = 88,
) -> bytes:
    out = io.BytesIO()
    picture(width, height, seed).save(
        out, "JPEG", quality=quality, exif=exif, xmp=xmp, comment=comment, progressive=progressive
    )
    return out.getvalue()


def make_png(
    width: int = 320,
    height: int = 240,
    seed: int = 0,
    *,
    texts: Mapping[str, str] | None = None,
    compressed_texts: Mapping[str, str] | None = None,
    chunks: bytes = b"",
) -> bytes:
    """A PNG; ``texts`` become tEXt or iTXt as needed, ``chunks`` (see ``png_chunk``) go in as they are."""
    info = PngInfo()
    for keyword, text in (texts or {}).items():
        info.add_text(keyword, text)
    for keyword, text in (compressed_texts or {}).items():
        info.add_text(keyword, text, zip=True)
    out = io.BytesIO()
    picture(width, height, seed).save(out, "PNG", pnginfo=info)
    data = out.getvalue()
    return data[:33] + chunks + data[33:]  # behind the signature and IHDR


def png_chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def make_gif(frames: int = 1, width: int = 160, height: int = 120, *, milliseconds: int = 100) -> bytes:
    out = io.BytesIO()
    pictures = [picture(width, height, seed) for seed in range(frames)]
    pictures[0].save(out, "GIF", save_all=True, append_images=pictures[1:], duration=milliseconds, loop=0)
    return out.getvalue()


def make_webp(
    width: int = 320,
    height: int = 240,
    seed: int = 0,
    *,
    frames: int = 1,
    milliseconds: int = 100,
    exif: bytes = b"",
    xmp: bytes = b"",
) -> bytes:
    out = io.BytesIO()
    pictures = [picture(width, height, seed + number) for number in range(frames)]
    pictures[0].save(
        out, "WEBP", save_all=frames > 1, append_images=pictures[1:], duration=milliseconds, exif=exif, xmp=xmp
    )
    return out.getvalue()


def make_mp4(seconds: float = 1.0, width: int = 160, height: int = 120, **options: object) -> bytes:
    return make_film("mp4", "libx264", seconds, width, height, **options)


def make_mov(seconds: float = 1.0, width: int = 160, height: int = 120, **options: object) -> bytes:
    return make_film("mov", "libx264", seconds, width, height, **options)


def make_webm(seconds: float = 1.0, width: int = 160, height: int = 120, **options: object) -> bytes:
    return make_film("webm", "libvpx", seconds, width, height, **options)


def make_film(
    container: str,
    codec: str,
    seconds: float,
    width: int,
    height: int,
    *,
    rotation: int = 0,
    tags: Mapping[str, str] | None = None,
    container_options: Mapping[str, str] | None = None,
) -> bytes:
    """Ten frames a second that grow brighter; ``rotation`` in degrees, counter-clockwise."""
    count = max(1, round(seconds * 10))
    with tempfile.NamedTemporaryFile(suffix=f".{container}") as out:  # "faststart" reads back what it wrote
        with av.open(out.name, "w", format=container, container_options=dict(container_options or {})) as film:
            film.metadata.update(tags or {})
            stream = film.add_stream(codec, rate=Fraction(10))
            stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
            if rotation:
                stream.set_display_rotation(rotation)
            for number in range(count):
                pixels = np.asarray(picture(width, height)) // 2 + np.uint8(number * 120 // count)
                film.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
            film.mux(stream.encode(None))
        return out.read()


def make_sound_only_mp4() -> bytes:
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as film:
        stream = film.add_stream("aac", rate=44100, layout="mono")
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), format="fltp", layout="mono")
        frame.sample_rate = 44100
        film.mux(stream.encode(frame))
        film.mux(stream.encode(None))
    return out.getvalue()


def truncated(data: bytes, keep: float = 0.5, *, drop: int = 0) -> bytes:
    """The first ``keep`` of a file, or all but its last ``drop`` bytes."""
    return data[:-drop] if drop else data[: int(len(data) * keep)]


def bomb_png(width: int = 60_000, height: int = 60_000) -> bytes:
    """A few hundred bytes that claim gigapixels."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(bytes(10_000))
    return b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header) + png_chunk(b"IDAT", body) + png_chunk(b"IEND", b"")
