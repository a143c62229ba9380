"""What a file is, and whether all of it is there."""

import hashlib
import struct

import pytest
from PIL import Image

from core.media.errors import (
    DamagedFile,
    DecompressionBomb,
    EmptyFile,
    FileTooLarge,
    MediaFileRefused,
    UnknownFileType,
    UnplayableFilm,
)
from core.media.probe import ProbeLimits, probe
from tests.media import samples

PICTURES = {
    "jpeg": samples.make_jpeg(1200, 900),
    "progressive jpeg": samples.make_jpeg(1200, 900, progressive=True),
    "png": samples.make_png(400, 300),
    "gif": samples.make_gif(1, 300, 200),
    "animated gif": samples.make_gif(4, 300, 200),
    "webp": samples.make_webp(1200, 900),
    "animated webp": samples.make_webp(300, 200, frames=4),
}
FILMS = {
    "mp4": samples.make_mp4(2, 320, 240),
    "streamable mp4": samples.make_mp4(2, 320, 240, container_options={"movflags": "faststart"}),
    "fragmented mp4": samples.make_mp4(2, 320, 240, container_options={"movflags": "frag_keyframe+empty_moov"}),
    "mov": samples.make_mov(2, 320, 240),
    "webm": samples.make_webm(2, 320, 240),
    "recorded webm": samples.make_webm(2, 320, 240, container_options={"live": "1"}),
}
WHOLE = PICTURES | FILMS


@pytest.mark.parametrize("kind", PICTURES)
def test_a_whole_picture_is_measured(on_disk, kind):
    data = PICTURES[kind]
    found = probe(on_disk(data))
    with Image.open(on_disk(data)) as reference:
        assert (found.width, found.height) == reference.size
        assert found.frames == getattr(reference, "n_frames", 1)
    assert found.size_bytes == len(data)
    assert found.sha256 == hashlib.sha256(data).hexdigest()
    assert found.warnings == ()


@pytest.mark.parametrize("kind", FILMS)
def test_a_whole_film_is_measured(on_disk, kind):
    found = probe(on_disk(FILMS[kind]))
    assert (found.width, found.height, found.frames) == (320, 240, 20)
    assert found.duration_seconds == pytest.approx(2.0, abs=0.11)
    assert found.warnings == ()


@pytest.mark.parametrize("cut", [0.1, 0.5, 0.9, "2 KB", "100 bytes"])
@pytest.mark.parametrize("kind", WHOLE)
def test_a_file_cut_short_is_refused_by_name(on_disk, kind, cut):
    drop = {"2 KB": 2048, "100 bytes": 100}.get(cut, 0)
    damaged = samples.truncated(WHOLE[kind], cut if isinstance(cut, float) else 0, drop=drop)
    with pytest.raises(DamagedFile, match=r"“fox.png”.*cut short.*upload"):
        probe(on_disk(damaged), name="fox.png")


def test_a_cut_shows_though_the_picture_is_loaded_shrunk(on_disk):
    large = samples.make_jpeg(4000, 3000, quality=60)
    for drop in (2048, 300):
        with pytest.raises(DamagedFile):
            probe(on_disk(samples.truncated(large, drop=drop)))


def test_duration_of_an_animation_is_that_of_its_frames(on_disk):
    assert probe(on_disk(samples.make_gif(5, milliseconds=200))).duration_seconds == pytest.approx(1.0)
    assert probe(on_disk(samples.make_webp(frames=3, milliseconds=40))).duration_seconds == pytest.approx(0.12)
    # What asks for no pause at all gets a tenth of a second from every browser.
    assert probe(on_disk(samples.make_gif(3, milliseconds=0))).duration_seconds == pytest.approx(0.3)
    assert probe(on_disk(samples.make_png())).duration_seconds is None


@pytest.mark.parametrize(("orientation", "size"), [(1, (320, 240)), (3, (320, 240)), (6, (240, 320)), (8, (240, 320))])
def test_size_is_reported_as_displayed(on_disk, orientation, size):
    found = probe(on_disk(samples.make_jpeg(exif=samples.exif_block(orientation=orientation))))
    assert (found.width, found.height) == size


def test_a_film_held_upright_is_reported_upright(on_disk):
    found = probe(on_disk(samples.make_mp4(0.5, 160, 120, rotation=90)))
    assert (found.width, found.height) == (120, 160)


def test_the_content_decides_and_a_wrong_extension_is_only_mentioned(on_disk):
    found = probe(on_disk(samples.make_webp()), name="fox.jpg")
    assert (found.mime_type, found.extension) == ("image/webp", "webp")
    assert found.warnings == ("“fox.jpg” is in truth a .webp file and is treated as one.",)
    assert probe(on_disk(samples.make_jpeg()), name="fox.JPEG").warnings == ()


def test_an_empty_file_is_refused(on_disk):
    with pytest.raises(EmptyFile, match=r"“fox.png” is empty"):
        probe(on_disk(b""), name="fox.png")


@pytest.mark.parametrize("data", [b"GIF", b"hello", b"\0" * 5000, b"%PDF-1.7 not a picture", b"<svg/>"])
def test_what_is_no_picture_or_film_is_refused_whatever_its_name(on_disk, data):
    with pytest.raises(UnknownFileType, match=r"“fox.png”.*JPEG, PNG"):
        probe(on_disk(data), name="fox.png")


@pytest.mark.parametrize(
    "mark", [b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"RIFF\x20\0\0\0WEBP", b"\0\0\0\x10ftypisom\0\0\0\0"]
)
def test_a_mark_with_rubbish_behind_it_is_damaged(on_disk, mark):
    for rubbish in (b"", b"\xff" * 3000, bytes(3000)):
        with pytest.raises(MediaFileRefused):
            probe(on_disk(mark + rubbish))


def test_a_film_without_a_picture_is_refused(on_disk):
    with pytest.raises(UnplayableFilm, match="no picture"):
        probe(on_disk(samples.make_sound_only_mp4()))


def test_too_many_bytes_are_refused_with_both_numbers(on_disk):
    with pytest.raises(FileTooLarge, match=r"2\.0 MB; at most 1 MB"):
        probe(on_disk(b"\xff\xd8\xff" + bytes(2 * 1024**2)), limits=ProbeLimits(max_bytes=1024**2))


def claimed_size(kind: str) -> bytes:
    if kind == "png":
        return samples.bomb_png()
    if kind == "gif screen":
        whole = samples.make_gif()
        return whole[:6] + struct.pack("<HH", 65_000, 65_000) + whole[10:]
    whole = bytearray(samples.make_gif())
    frame = whole.index(b",", 13 + 3 * 256)
    whole[frame + 5 : frame + 9] = struct.pack("<HH", 65_000, 65_000)
    return bytes(whole)


@pytest.mark.parametrize("kind", ["png", "gif screen", "gif frame"])
def test_a_bomb_is_refused_from_its_header(on_disk, kind):
    with pytest.raises(DecompressionBomb, match=r"megapixels; at most 250 are taken"):
        probe(on_disk(claimed_size(kind)))


def test_a_jpeg_that_claims_gigapixels_is_refused(on_disk):
    whole = bytearray(samples.make_jpeg())
    frame_header = whole.index(b"\xff\xc0")
    whole[frame_header + 5 : frame_header + 9] = struct.pack(">HH", 65_000, 65_000)
    with pytest.raises(DecompressionBomb):
        probe(on_disk(bytes(whole)))


@pytest.mark.parametrize("make", [samples.make_webp, lambda: samples.make_jpeg(progressive=True)])
def test_what_must_be_read_all_at_once_has_a_limit_of_its_own(on_disk, make):
    with pytest.raises(DecompressionBomb, match="baseline JPEG"):
        probe(on_disk(make()), limits=ProbeLimits(max_whole_pixels=50_000))
    assert probe(on_disk(samples.make_jpeg()), limits=ProbeLimits(max_whole_pixels=50_000)).width == 320


def test_a_film_that_claims_more_samples_than_it_can_hold_is_refused(on_disk):
    # A run of a fragment may claim samples that take no room in it; FFmpeg would make an index of them.
    body = struct.pack(">II", 0, 60_000_000)
    run = struct.pack(">I", len(body) + 8) + b"trun" + body
    fragment = struct.pack(">I", len(run) + 8) + b"traf" + run
    claim = struct.pack(">I", len(fragment) + 8) + b"moof" + fragment
    with pytest.raises(DamagedFile):
        probe(on_disk(FILMS["fragmented mp4"] + claim))


def test_an_animation_counts_all_its_frames(on_disk):
    path = on_disk(samples.make_gif(5, 100, 100))
    with pytest.raises(DecompressionBomb):
        probe(path, limits=ProbeLimits(max_animation_pixels=49_999))
    assert probe(path, limits=ProbeLimits(max_animation_pixels=50_000)).frames == 5


def test_a_film_with_huge_frames_is_refused(on_disk):
    with pytest.raises(DecompressionBomb, match="320 × 240"):
        probe(on_disk(FILMS["mp4"]), limits=ProbeLimits(max_film_pixels=70_000))


def test_bytes_behind_the_end_of_a_picture_do_no_harm(on_disk):
    # Phones append films, stamps and maps to their JPEGs.
    for kind in ("jpeg", "png", "gif"):
        assert probe(on_disk(PICTURES[kind] + b"trailer" * 100)).warnings == ()


def test_a_picture_with_a_scratch_is_taken_with_a_warning(on_disk):
    whole = bytearray(samples.make_jpeg(600, 400))
    middle = len(whole) // 2
    whole[middle : middle + 4] = b"\x55\xaa\x55\xaa"
    whole[middle + 50 : middle + 50] = b"\xff\xfe"  # a marker where there is none
    found = probe(on_disk(bytes(whole)), name="fox.jpg")
    assert (found.width, found.height) == (600, 400)
    assert "small faults" in found.warnings[0]


def test_a_gif_without_its_end_mark_is_taken_with_a_warning(on_disk):
    found = probe(on_disk(samples.truncated(samples.make_gif(), drop=1)))
    assert "no end mark" in found.warnings[0]


def test_brackets_in_a_path_are_no_options(tmp_path):
    path = tmp_path / "fox[page=3,n=7].png"
    path.write_bytes(samples.make_png())
    assert probe(path).width == 320
