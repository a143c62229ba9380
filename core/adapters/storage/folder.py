"""The object store in a folder of this machine, or of a disk that several machines mount."""

import contextlib
import errno
import os
import shutil
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from stat import S_ISDIR
from typing import BinaryIO

from core.media.storage import (
    ObjectMissing,
    StorageFull,
    StorageUnavailableError,
    StoredObject,
    check_key,
    check_prefix,
)

# Where objects are written before they get their name. On the same file system, so that the renaming
# is atomic; made once, so that a disk that is not mounted is noticed instead of written under.
_INCOMING = ".incoming"
_LEFT_BEHIND_SECONDS = 24 * 3600
_CHUNK = 1024 * 1024
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class FolderStore:
    """Objects as files below ``root``, which is made when it does not exist."""

    def __init__(self, root: Path) -> None:
        self._root = root.absolute()
        self._incoming = self._root / _INCOMING
        with self._named_errors():
            self._incoming.mkdir(parents=True, exist_ok=True)
            self._clear_left_behind()

    def put(self, key: str, source: Path | bytes, *, content_type: str) -> None:
        target = self._path(key)
        with contextlib.ExitStack() as stack:
            # Opened here: a source that is missing is the caller's mistake, not the store's.
            reader = stack.enter_context(source.open("rb")) if isinstance(source, Path) else None
            stack.enter_context(self._named_errors())
            with self._incoming_file() as (name, file):
                if isinstance(source, bytes):
                    file.write(source)
                elif reader is not None:
                    shutil.copyfileobj(reader, file, _CHUNK)
                file.flush()
                os.fsync(file.fileno())
                self._give_name(name, target)

    def get(self, key: str) -> bytes:
        with self._named_errors():
            return self._path(key).read_bytes()

    def open(self, key: str) -> BinaryIO:
        with self._named_errors():
            return self._path(key).open("rb")

    def download(self, key: str, target: Path) -> None:
        part = target.with_name(f".{target.name}.{uuid.uuid4().hex}")
        try:
            with self.open(key) as reader, part.open("wb") as writer:
                shutil.copyfileobj(reader, writer, _CHUNK)
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)

    def local_path(self, key: str) -> Path | None:
        path = self._path(key)
        self.size(key)  # raises for a missing object
        return path

    def exists(self, key: str) -> bool:
        try:
            self.size(key)
        except ObjectMissing:
            return False
        return True

    def size(self, key: str) -> int:
        with self._named_errors():
            status = self._path(key).stat()
            if S_ISDIR(status.st_mode):
                raise IsADirectoryError(errno.EISDIR, "a folder of objects")
            return status.st_size

    def delete(self, key: str) -> None:
        path = self._path(key)
        with contextlib.suppress(ObjectMissing), self._named_errors():
            path.unlink()
            self._remove_empty_folders(path.parent)

    def delete_prefix(self, prefix: str) -> None:
        bare = check_prefix(prefix)
        if not bare:
            raise ValueError("Emptying the whole store is not done by prefix.")
        leaving = self._incoming / uuid.uuid4().hex
        with contextlib.suppress(ObjectMissing), self._named_errors():
            # Out of sight at once; what a crash leaves of it is removed at the next start.
            self._path(bare).replace(leaving)
            shutil.rmtree(leaving)

    def list(self, prefix: str = "") -> Iterator[StoredObject]:
        bare = check_prefix(prefix)
        with self._named_errors():
            if self._incoming.stat():
                yield from self._walk(self._root / bare)

    def presigned_url(self, key: str, *, expires_seconds: int) -> str | None:
        check_key(key)
        return None

    def check(self) -> None:
        with self._named_errors(), self._incoming_file() as (name, file):
            file.write(b"Can this be read again?")
            file.flush()
            os.fsync(file.fileno())
            if not name.read_bytes():
                raise OSError(errno.EIO, "what was written cannot be read")

    def _path(self, key: str) -> Path:
        return self._root / check_key(key)

    @contextlib.contextmanager
    def _incoming_file(self) -> Iterator[tuple[Path, BinaryIO]]:
        name = self._incoming / uuid.uuid4().hex
        try:
            with name.open("xb") as file:
                yield name, file
        finally:
            with contextlib.suppress(OSError):
                name.unlink(missing_ok=True)

    def _give_name(self, name: Path, target: Path) -> None:
        for attempts_left in range(50, -1, -1):
            try:
                target.parent.mkdir(parents=True, exist_ok=True)
                name.replace(target)
                break
            except (FileNotFoundError, FileExistsError):
                # Someone has just removed the last object of this folder, and so the folder: before it was entered,
                # or (then it "exists", and is no folder) while it was being made.
                if not attempts_left:
                    raise
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)  # the name must survive a power cut as well
        finally:
            os.close(folder)

    def _walk(self, folder: Path) -> Iterator[StoredObject]:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name) if folder.is_dir() else []
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                if entry.name != _INCOMING:
                    yield from self._walk(Path(entry.path))
                continue
            with contextlib.suppress(FileNotFoundError):  # removed while the list was made
                status = entry.stat()
                key = Path(entry.path).relative_to(self._root).as_posix()
                yield StoredObject(key, status.st_size, datetime.fromtimestamp(status.st_mtime, UTC))

    def _remove_empty_folders(self, folder: Path) -> None:
        with contextlib.suppress(OSError):  # one that is not empty ends it
            while folder != self._root:
                folder.rmdir()
                folder = folder.parent

    def _clear_left_behind(self) -> None:
        """Remove what a killed process was writing a day ago, or was removing."""
        oldest = time.time() - _LEFT_BEHIND_SECONDS
        for entry in self._incoming.iterdir():
            with contextlib.suppress(OSError):
                if entry.is_dir():
                    shutil.rmtree(entry)
                elif entry.stat().st_mtime < oldest:
                    entry.unlink()

    @contextlib.contextmanager
    def _named_errors(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise self._named(error) from error

    def _named(self, error: OSError) -> Exception:
        if error.errno in _FULL:
            return StorageFull("The disk with the pictures is full. Free some space there, then try again.")
        if error.errno in {errno.ENOENT, errno.ENOTDIR, errno.EISDIR} and self._incoming.is_dir():
            return ObjectMissing("This file is no longer in the store.")
        return StorageUnavailableError(
            "The folder with the pictures cannot be used right now. "
            f"Check that its disk is mounted and that Atelier may write there ({error.strerror or 'no answer'})."
        )
