"""Archives of pictures: taken apart into a folder, however they were made."""

import shutil
import zipfile
import zlib
from pathlib import Path

from core.media.imports import IncomingFile
from core.studio.products.errors import ProductChangeRefused

MOST_FILES = 5_000
# A whole archive, unpacked: more is a bomb or belongs into several.
MOST_BYTES = 50 * 1024**3
# Pictures are packed already: what grows a thousandfold is a bomb, unless it stays small.
MOST_GROWTH = 200
SMALL_BYTES = 1024**3
_PIECE = 1 << 20


def is_archive(path: Path) -> bool:
    """Whether the file is a zip, by its content."""
    return zipfile.is_zipfile(path)


def unpack(path: Path, folder: Path, name: str, *, max_file_bytes: int) -> list[IncomingFile]:
    """The files of a zip, written to ``folder`` under names of our own; what programs hide in it is passed over.

    A file is cut where it passes ``max_file_bytes``, so that it is refused later for its size. Raises
    :class:`ProductChangeRefused` for an archive that is damaged, locked, or too large.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            entries = [entry for entry in archive.infolist() if _is_wanted(entry)]
            _require_sound(entries, name)
            _require_room(sum(min(one.file_size, max_file_bytes) for one in entries), path, folder, name)
            return [
                _write(archive, entry, folder / f"{path.name}-{n}", max_file_bytes) for n, entry in enumerate(entries)
            ]
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        raise ProductChangeRefused(
            f"“{name}” is damaged, or packed in a way that cannot be read. Pack it anew as zip."
        ) from error


def _is_wanted(entry: zipfile.ZipInfo) -> bool:
    parts = entry.filename.replace("\\", "/").split("/")
    return not entry.is_dir() and not any(part.startswith((".", "__MACOSX")) and part != ".." for part in parts)


def _require_sound(entries: list[zipfile.ZipInfo], name: str) -> None:
    if not entries:
        raise ProductChangeRefused(f"There is no file in “{name}”.")
    if len(entries) > MOST_FILES:
        raise ProductChangeRefused(
            f"“{name}” holds {len(entries):,} files; {MOST_FILES:,} at once are taken. Split it."
        )
    if sum(entry.file_size for entry in entries) > MOST_BYTES:
        raise ProductChangeRefused(f"“{name}” unpacks to more than {MOST_BYTES // 1024**3} GB. Split it.")
    if any(entry.flag_bits & 1 for entry in entries):
        raise ProductChangeRefused(f"“{name}” is locked with a password. Pack it without one.")


def _require_room(size: int, path: Path, folder: Path, name: str) -> None:
    """All files of an archive lie unpacked beside each other before the first is taken in."""
    if size > max(SMALL_BYTES, MOST_GROWTH * path.stat().st_size):
        raise ProductChangeRefused(
            f"“{name}” would unpack to {size / 1024**3:.1f} GB, which is more than pictures can. Pack them anew as zip."
        )
    if size > shutil.disk_usage(folder).free // 2:
        raise ProductChangeRefused(
            f"“{name}” would unpack to {size / 1024**3:.1f} GB, and this machine's disk has too little room. Split it, "
            "or ask an administrator to make room."
        )


def _write(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path, max_bytes: int) -> IncomingFile:
    left = max_bytes + 1
    # What an entry says of its size may be a lie.
    with archive.open(entry) as source, target.open("wb") as sink:
        while left > 0 and (piece := source.read(min(_PIECE, left))):
            sink.write(piece)
            left -= len(piece)
    return IncomingFile(entry.filename.rpartition("/")[2], target)
