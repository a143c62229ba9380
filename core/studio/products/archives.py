"""Where archives of pictures wait to be downloaded: files of one person, for a day."""

import secrets
from datetime import datetime, timedelta
from pathlib import Path

KEPT = timedelta(days=1)
_ENDING = ".zip"


def new_archive(data_dir: Path, user_id: str) -> tuple[str, Path]:
    """A name nobody guesses, and the place for the archive; it is found under the name once it is finished."""
    folder = _folder(data_dir, user_id)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = secrets.token_hex(16)
    return name, folder / f"{name}.part"


def finish(part: Path) -> None:
    """Let a whole archive be found."""
    part.rename(part.with_suffix(_ENDING))


def find_archive(data_dir: Path, user_id: str, name: str) -> Path | None:
    """A person's finished archive."""
    if len(name) != 32 or not set(name) <= set("0123456789abcdef"):
        return None
    path = _folder(data_dir, user_id) / f"{name}{_ENDING}"
    return path if path.is_file() else None


def remove_old(data_dir: Path, *, now: datetime) -> int:
    """Remove everybody's archives that are older than a day, unfinished ones too; how many."""
    removed = 0
    for path in sorted((data_dir / "temp" / "archives").glob("*/*")):
        try:
            if path.stat().st_mtime < (now - KEPT).timestamp():
                path.unlink()
                removed += 1
        except FileNotFoundError:
            continue  # another process was faster
    return removed


def _folder(data_dir: Path, user_id: str) -> Path:
    return data_dir / "temp" / "archives" / user_id
