"""File names of strangers, made safe to store and pleasant to read."""

import re
import unicodedata

MAX_FILENAME_LENGTH = 150
MAX_TITLE_LENGTH = 50  # DeviantArt's own limit

_FALLBACK_NAME = "file"
_FALLBACK_TITLE = "Untitled"
_MAX_EXTENSION_LENGTH = 10
# Not allowed in names on one system or another, or with a meaning in a shell or an address.
_AWKWARD = re.compile(r'[<>:"|?*\x00-\x1f]')
_SPACES = re.compile(r"\s+")
# Windows opens a device for these, whatever extension follows.
_DEVICES = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)", re.IGNORECASE)
# What generators and browsers hang onto a name: "(2)", "_00012_", a hash, "copy"; a year stays.
_TAIL = re.compile(
    r"(?:[\s_\-.]+(?:copy|[0-9a-f]{12,64}|\d{5,})[\s_\-.]*|\s*\(\d{1,4}\)|[_\-]\d{1,3}[_\-]*)$",
    re.IGNORECASE,
)
# A name that is nothing but a digest or a UUID.
_NUMBER_ONLY = re.compile(r"[0-9a-f]{12,}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_SEPARATORS = re.compile(r"[_+\s]+")
_SEPARATORS_WITHOUT_SPACES = re.compile(r"[_+\s]+|(?<=\w)[-.]+(?=\w)")


def safe_filename(name: str) -> str:
    """A file name without path, at most 150 characters, never empty; the extension is kept.

    Control characters, direction overrides and what Windows or a shell would stumble over are gone.
    """
    last = name.replace("\\", "/").rstrip("/").rpartition("/")[2]
    plain = _AWKWARD.sub("_", _visible(re.sub(r"^[A-Za-z]:", "", last)))
    tidy = _SPACES.sub(" ", plain).strip(" .")
    stem, extension = _split(tidy)
    stem = stem[: MAX_FILENAME_LENGTH - len(extension)].rstrip(" .") or _FALLBACK_NAME
    if _DEVICES.match(stem + extension):
        stem = f"_{stem}"[: MAX_FILENAME_LENGTH - len(extension)]
    return stem + extension


def title_from_filename(name: str) -> str:
    """A title of at most 50 characters: separators become spaces, counters and hashes at the end are dropped."""
    stem, _ = _split(safe_filename(name))
    title = "" if _NUMBER_ONLY.fullmatch(stem) else _shortened(_spaced(_without_tail(stem)))
    if title in {"", _FALLBACK_NAME}:
        return _FALLBACK_TITLE
    return (title[0].upper() + title[1:])[:MAX_TITLE_LENGTH]


def _visible(name: str) -> str:
    """NFC, without control, format (direction, zero width), surrogate and unassigned characters."""
    kept = (
        c for c in unicodedata.normalize("NFC", name) if unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Cn", "Co"}
    )
    return "".join(" " if unicodedata.category(c).startswith("Z") else c for c in kept)


def _split(name: str) -> tuple[str, str]:
    stem, dot, extension = name.rpartition(".")
    if not stem or not extension.isalnum() or len(extension) > _MAX_EXTENSION_LENGTH:
        return name, ""
    return stem, dot + extension


def _without_tail(stem: str) -> str:
    for _ in range(4):
        shorter = _TAIL.sub("", stem)
        if shorter == stem or not any(c.isalpha() for c in shorter):
            break
        stem = shorter
    return stem


def _spaced(stem: str) -> str:
    # Where words are parted by spaces already, a hyphen belongs to its word.
    separators = _SEPARATORS if " " in stem else _SEPARATORS_WITHOUT_SPACES
    return separators.sub(" ", stem).strip(" _-.")


def _shortened(words: str) -> str:
    """Cut between words when that leaves most of the room used."""
    if len(words) <= MAX_TITLE_LENGTH:
        return words
    cut = words[: MAX_TITLE_LENGTH + 1].rpartition(" ")[0]
    return (cut if len(cut) >= MAX_TITLE_LENGTH // 2 else words[:MAX_TITLE_LENGTH]).rstrip(" ,;-")
