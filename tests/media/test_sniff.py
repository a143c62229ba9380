"""Types are read from content; names and claims count for nothing."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.media.sniff import HEAD_BYTES, MediaType, sniff
from tests.media import samples

MAKERS = {
    MediaType.JPEG: samples.make_jpeg,
    MediaType.PNG: samples.make_png,
    MediaType.GIF: samples.make_gif,
    MediaType.WEBP: samples.make_webp,
    MediaType.MP4: samples.make_mp4,
    MediaType.WEBM: samples.make_webm,
    MediaType.MOV: samples.make_mov,
}


def ftyp(major: bytes, *compatible: bytes) -> bytes:
    body = major + b"\0\0\0\0" + b"".join(compatible)
    return struct.pack(">I", len(body) + 8) + b"ftyp" + body + bytes(100)


@pytest.mark.parametrize("media_type", list(MediaType))
def test_real_files_are_recognised(media_type):
    assert sniff(MAKERS[media_type]()[:HEAD_BYTES]) is media_type


@pytest.mark.parametrize(
    ("head", "media_type"),
    [
        (ftyp(b"isom", b"isom", b"avc1"), MediaType.MP4),
        (ftyp(b"M4V ", b"mp42"), MediaType.MP4),
        (ftyp(b"XAVC", b"XAVC", b"mp42"), MediaType.MP4),
        (ftyp(b"qt  ", b"qt  "), MediaType.MOV),
        (b"\0\0\0\x08wide" + bytes(100), MediaType.MOV),
        (ftyp(b"avif", b"mif1", b"mp42"), None),
        (ftyp(b"heic", b"mif1"), None),
        (ftyp(b"M4A ", b"mp42"), None),
        (ftyp(b"3gp4", b"isom", b"mp42"), None),
        (ftyp(b"what", b"ever"), None),
        (b"RIFF\0\0\0\0WAVEfmt ", None),
        (b"BM" + bytes(100), None),
        (b"%PDF-1.7", None),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", None),
        (b"", None),
    ],
)
def test_relatives_of_our_types_are_told_apart(head, media_type):
    assert sniff(head) is media_type


def test_generic_matroska_is_not_webm():
    matroska = samples.make_film("matroska", "libx264", 0.2, 64, 64)
    assert sniff(matroska[:HEAD_BYTES]) is None


def test_every_type_is_found_again_by_its_media_type():
    assert [MediaType.of_mime(each.mime) for each in MediaType] == list(MediaType)
    with pytest.raises(ValueError, match="text/html"):
        MediaType.of_mime("text/html")


@given(st.binary(max_size=200), st.sampled_from([b"", b"\x1a\x45\xdf\xa3", b"\0\0\0\x20ftyp", b"RIFF"]))
def test_no_bytes_whatsoever_make_it_stumble(data, start):
    sniff(start + data)
