"""Films: their size, length and one still, read by PyAV."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import av
import pyvips
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from core.media import vips  # noqa: F401 - sets libvips up before its first use here
from core.media.errors import DamagedFile, DecompressionBomb, UnplayableFilm
from core.media.sniff import MediaType
from core.media.stills import STILL_PIXELS

_DEMUXERS = {MediaType.MP4: "mov", MediaType.MOV: "mov", MediaType.WEBM: "matroska"}
_STILL_AT = 0.1  # of the length: past a black or fading first frame
_MAX_DECODED_FRAMES = 120
_MOST_FRAMES = 2**31 - 1  # what a database's integer holds; headers may claim anything
_MICROSECONDS = 1_000_000
# Tags in which generators leave text; the others speak of the container.
_TELLING_TAGS = frozenset({"comment", "description", "parameters", "prompt", "title", "workflow"})


@dataclass(frozen=True)
class Film:
    """``width`` and ``height`` are pixels as displayed; ``texts`` is what the container says about itself."""

    width: int
    height: int
    duration_seconds: float | None
    frames: int
    texts: dict[str, str]
    still: pyvips.Image


def read_film(path: Path, media_type: MediaType, *, max_pixels: int, name: str) -> Film:
    """Header and a still from about a tenth into the film, at most 800 pixels a side.

    Raises ``DamagedFile``, ``UnplayableFilm``, or ``DecompressionBomb`` for a frame above ``max_pixels``.
    """
    with _opened(path, media_type, max_pixels, name) as container:
        stream = _picture_track(container, name)
        codec = stream.codec_context
        if codec.width * codec.height > max_pixels:
            raise DecompressionBomb(
                f"“{name}” has frames of {codec.width} × {codec.height} pixels, more than "
                f"{max_pixels / 1e6:.0f} megapixels. Scale the film down, then upload it again."
            )
        codec.thread_count = 1  # many files at once, one core each
        codec.options = _limits(max_pixels)
        seconds = _duration(container, stream)
        frame = _still_frame(container, stream, seconds)
        if frame is None:
            raise DamagedFile.named(name)
        still = _upright(frame)
        sideways = frame.rotation % 180 != 0
        width, height = (frame.height, frame.width) if sideways else (frame.width, frame.height)
        return Film(width, height, seconds, _frame_count(stream, seconds), _texts(container), still)


@contextmanager
def _opened(path: Path, media_type: MediaType, max_pixels: int, name: str) -> Iterator[InputContainer]:
    try:
        with av.open(
            f"file:{path.absolute()}",  # so that no path is read as another protocol
            format=_DEMUXERS[media_type],
            options=_limits(max_pixels),
            metadata_errors="replace",
        ) as container:
            yield container
    except (av.FFmpegError, OverflowError) as error:  # times beyond 64 bits
        raise DamagedFile.named(name) from error


def _limits(max_pixels: int) -> dict[str, str]:
    # A frame may be larger than its header says, and an edit list may repeat the index without end.
    return {"max_pixels": str(max_pixels), "advanced_editlist": "0"}


def _texts(container: InputContainer) -> dict[str, str]:
    tags = ((key.lower(), value) for key, value in container.metadata.items())
    return {key: value for key, value in tags if key in _TELLING_TAGS}


def _picture_track(container: InputContainer, name: str) -> VideoStream:
    stream = container.streams.best("video")
    # Without a decoder for its coding a track has no context.
    if not isinstance(stream, VideoStream) or stream.codec_context is None:
        raise UnplayableFilm(f"“{name}” has no picture that can be read here. Convert it to MP4 (H.264) and try again.")
    return stream


def _duration(container: InputContainer, stream: VideoStream) -> float | None:
    """Seconds; recorders that stream leave it out of the header, so the packets are asked then."""
    if container.duration and container.duration > 0:
        return container.duration / _MICROSECONDS
    ends = [
        packet.pts * packet.time_base + (packet.duration or 0) * packet.time_base
        for packet in container.demux(stream)
        if packet.pts is not None
    ]
    container.seek(0)
    return float(max(ends)) if ends else None


def _frame_count(stream: VideoStream, seconds: float | None) -> int:
    rate = stream.average_rate
    estimated = round(seconds * rate) if seconds and rate else 1
    return min(max(stream.frames or estimated, 1), _MOST_FRAMES)


def _still_frame(container: InputContainer, stream: VideoStream, seconds: float | None) -> VideoFrame | None:
    start = (container.start_time or 0) / _MICROSECONDS
    target = start + (seconds or 0) * _STILL_AT
    container.seek(int(target * _MICROSECONDS))
    frame = _decode_until(container, stream, target)
    if frame is None:  # an index that points behind the last picture
        container.seek(0)
        frame = _decode_until(container, stream, start)
    return frame


def _decode_until(container: InputContainer, stream: VideoStream, target_seconds: float) -> VideoFrame | None:
    latest: VideoFrame | None = None
    try:
        for number, frame in enumerate(container.decode(stream)):
            latest = frame
            if frame.time is None or frame.time >= target_seconds or number >= _MAX_DECODED_FRAMES:
                break
    except av.FFmpegError:
        if latest is None:
            raise
    return latest


def _upright(frame: VideoFrame) -> pyvips.Image:
    """The frame as sRGB pixels, scaled down to the still's size and turned as players turn it."""
    scale = min(1.0, STILL_PIXELS / max(frame.width, frame.height))
    width, height = max(1, round(frame.width * scale)), max(1, round(frame.height * scale))
    plane = frame.reformat(width=width, height=height, format="rgb24", interpolation="AREA").planes[0]
    # Lines are padded for the scaler's sake: view the padding as pixels, then cut it off.
    rows = pyvips.Image.new_from_memory(
        _whole_pixels(bytes(plane), plane.line_size, height), plane.line_size // 3, height, 3, "uchar"
    )
    picture = rows.crop(0, 0, width, height).copy(interpretation="srgb")
    # FFmpeg's angle is counter-clockwise, libvips turns clockwise.
    turn = round(-frame.rotation / 90) * 90 % 360
    return picture.rot(f"d{turn}").copy_memory()


def _whole_pixels(data: bytes, line_size: int, height: int) -> bytes:
    used = line_size // 3 * 3
    if used == line_size:
        return data[: line_size * height]
    return b"".join(data[row * line_size : row * line_size + used] for row in range(height))
