"""The folder store when the disk misbehaves."""

import errno
import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from core.adapters.storage.folder import FolderStore
from core.media.storage import ObjectMissing, StorageFull, StorageUnavailableError

KEY = "usr_alice/blobs/ab/abcdef.png"


@pytest.fixture
def root(tmp_path) -> Path:
    return tmp_path / "files"


@pytest.fixture
def store(root) -> FolderStore:
    return FolderStore(root)


def failing(number: int):
    def fail(*_arguments, **_options):
        raise OSError(number, os.strerror(number))

    return fail


def files_below(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.is_file()]


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_full_disk_is_named_and_leaves_the_old_object_whole(store, root, monkeypatch, step):
    store.put(KEY, b"a fox", content_type="image/png")
    owner, name = (os, "fsync") if step == "fsync" else (Path, "replace")
    with monkeypatch.context() as broken:
        broken.setattr(owner, name, failing(errno.ENOSPC))
        with pytest.raises(StorageFull, match="full"):
            store.put(KEY, b"an owl", content_type="image/png")
    assert store.get(KEY) == b"a fox"
    assert len(files_below(root)) == 1


@pytest.mark.parametrize("number", [errno.EIO, errno.EACCES, errno.EROFS])
def test_a_disk_that_fails_is_named_unavailable(store, root, monkeypatch, number):
    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", failing(number))
        with pytest.raises(StorageUnavailableError, match="mounted"):
            store.put(KEY, b"a fox", content_type="image/png")
        with pytest.raises(StorageUnavailableError):
            store.check()
    assert files_below(root) == []


def test_a_disk_that_was_unmounted_is_not_taken_for_missing_files(store, root):
    store.put(KEY, b"a fox", content_type="image/png")
    root.rename(root.with_name("elsewhere"))
    root.mkdir()  # the bare mount point
    for use in (store.get, store.exists, store.delete, store.size, store.local_path):
        with pytest.raises(StorageUnavailableError):
            use(KEY)
    with pytest.raises(StorageUnavailableError):
        store.put(KEY, b"a fox", content_type="image/png")
    with pytest.raises(StorageUnavailableError):
        list(store.list())
    with pytest.raises(StorageUnavailableError):
        store.check()
    assert list(root.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(StorageUnavailableError):
        FolderStore(tmp_path / "taken" / "files")


def test_what_a_killed_process_left_goes_at_the_next_start(store, root):
    old, young = root / ".incoming" / "old", root / ".incoming" / "young"
    leaving = root / ".incoming" / "leaving"
    old.write_bytes(b"half")
    young.write_bytes(b"still being written")
    leaving.mkdir()
    two_days_ago = time.time() - 2 * 24 * 3600
    os.utime(old, (two_days_ago, two_days_ago))
    FolderStore(root)
    assert list((root / ".incoming").iterdir()) == [young]


def test_unfinished_objects_are_not_listed(store, root):
    (root / ".incoming" / "half").write_bytes(b"half")
    assert list(store.list()) == []


def test_deleting_the_last_object_of_a_folder_removes_the_folder(store, root):
    store.put(KEY, b"a fox", content_type="image/png")
    store.put("usr_bob/1.png", b"an owl", content_type="image/png")
    store.delete(KEY)
    assert sorted(path.name for path in root.iterdir()) == [".incoming", "usr_bob"]


def test_putting_survives_folders_that_vanish_meanwhile(store):
    def put_and_delete(number: int) -> None:
        key = f"usr_alice/blobs/shared/{number}.png"
        store.put(key, b"x", content_type="image/png")
        store.delete(key)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(put_and_delete, range(200)))
    assert list(store.list()) == []


def test_objects_have_a_path_of_their_own(store, root):
    store.put(KEY, b"a fox", content_type="image/png")
    assert store.local_path(KEY) == root / KEY
    assert store.presigned_url(KEY, expires_seconds=60) is None
    with pytest.raises(ObjectMissing):
        store.local_path("usr_alice/other.png")
