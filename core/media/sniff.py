"""What a file is, read from its first bytes; its name and what a browser says about it count for nothing."""

import enum

# Enough for every mark below: an ftyp box with many brands, or an EBML header with its document type.
HEAD_BYTES = 4096


class MediaType(enum.Enum):
    """A type we take: its media type and the extension files of it get here (no dot)."""

    JPEG = ("image/jpeg", "jpg")
    PNG = ("image/png", "png")
    GIF = ("image/gif", "gif")
    WEBP = ("image/webp", "webp")
    MP4 = ("video/mp4", "mp4")
    WEBM = ("video/webm", "webm")
    MOV = ("video/quicktime", "mov")

    @property
    def mime(self) -> str:
        return self.value[0]

    @property
    def extension(self) -> str:
        return self.value[1]

    @property
    def is_film(self) -> bool:
        return self.mime.startswith("video/")

    @property
    def is_picture(self) -> bool:
        return not self.is_film

    @property
    def usual_extensions(self) -> frozenset[str]:
        """Every extension that files of this type carry in the wild."""
        return frozenset({self.extension}) | _ALSO_CALLED.get(self.extension, frozenset())

    @classmethod
    def of_mime(cls, mime: str) -> "MediaType":
        """Raises ``ValueError`` for a media type that is not one of ours."""
        for member in cls:
            if member.mime == mime:
                return member
        raise ValueError(f"{mime} is not a type that Atelier takes.")


_ALSO_CALLED = {
    "jpg": frozenset({"jpeg", "jpe", "jfif"}),
    "png": frozenset({"apng"}),
    "mp4": frozenset({"m4v"}),
    "mov": frozenset({"qt"}),
}

# Brands of ISO 14496-12 files that players open as MP4; 3GP, HEIF and AVIF share the box but not the type.
_MP4_BRANDS = frozenset(
    {
        b"mp41",
        b"mp42",
        b"mp71",
        b"avc1",
        b"M4V ",
        b"M4VH",
        b"M4VP",
        b"f4v ",
        b"F4V ",
        b"dash",
        b"msdh",
        b"msix",
        b"MSNV",
    }
    | {b"isom", b"cmfc", b"cmff"}
    | {b"iso%d" % number for number in range(2, 10)}
)
_QUICKTIME_BRAND = b"qt  "
# QuickTime from before ftyp existed begins with one of these.
_QUICKTIME_BOXES = frozenset({b"moov", b"mdat", b"wide", b"pnot"})

_EBML_MAGIC = b"\x1a\x45\xdf\xa3"
_EBML_DOC_TYPE = b"\x42\x82"


def sniff(head: bytes) -> MediaType | None:
    """The type of a file from its first ``HEAD_BYTES`` bytes; ``None`` when it is none of ours."""
    if head.startswith(b"\xff\xd8\xff"):
        return MediaType.JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return MediaType.PNG
    if head[:6] in {b"GIF87a", b"GIF89a"}:
        return MediaType.GIF
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return MediaType.WEBP
    if head.startswith(_EBML_MAGIC):
        return MediaType.WEBM if _document_type(head) == b"webm" else None
    return _iso_media_type(head)


def _iso_media_type(head: bytes) -> MediaType | None:
    box = head[4:8]
    if box in _QUICKTIME_BOXES:
        return MediaType.MOV
    if box != b"ftyp":
        return None
    size = min(int.from_bytes(head[:4], "big"), len(head))
    major = head[8:12]
    if major == _QUICKTIME_BRAND:
        return MediaType.MOV
    if major in _MP4_BRANDS:
        return MediaType.MP4
    # Cameras write a major brand of their own (XAVC, …) and name what they are compatible with.
    if major in {b"avif", b"avis", b"heic", b"heix", b"mif1", b"msf1", b"M4A ", b"M4B "} or major.startswith(b"3g"):
        return None
    compatible = {head[at : at + 4] for at in range(16, size - 3, 4)}
    return MediaType.MP4 if compatible & {b"mp41", b"mp42"} else None


def _document_type(head: bytes) -> bytes | None:
    """The DocType of an EBML header (RFC 8794 §11.2.4): generic Matroska says ``matroska``."""
    size, at = read_vint(head, len(_EBML_MAGIC))
    if size is None:
        return None
    end = min(at + size, len(head))
    while at < end:
        identifier_end = at + vint_length(head[at])
        length, body = read_vint(head, identifier_end)
        if length is None:
            return None
        if head[at:identifier_end] == _EBML_DOC_TYPE:
            return head[body : body + length].rstrip(b"\0")
        at = body + length
    return None


def vint_length(first_byte: int) -> int:
    """Bytes of an EBML variable-size integer from its first byte (RFC 8794 §4); 9 for an impossible one."""
    return 9 - first_byte.bit_length()


def read_vint(data: bytes, at: int) -> tuple[int | None, int]:
    """The EBML size at ``at`` and the offset behind it; ``None`` when unknown, cut off or impossible."""
    if at >= len(data):
        return None, at
    length = vint_length(data[at])
    if length > 8 or at + length > len(data):
        return None, at + length
    value = int.from_bytes(data[at : at + length], "big") & ((1 << (7 * length)) - 1)
    unknown = (1 << (7 * length)) - 1
    return (None if value == unknown else value), at + length
