"""Files that are arriving: each of its own, gone with its request, whatever becomes of the process."""

import os
import time
from pathlib import Path

import pytest

from core.media import incoming
from core.media.incoming import Incoming
from tests.api.conftest import files_below


def grow_old(path: Path) -> None:
    os.utime(path, (time.time() - 3600, time.time() - 3600))


def test_a_file_is_there_for_its_request_and_for_nobody_else(tmp_path: Path) -> None:
    with Incoming(tmp_path / "in").slot() as path:
        assert path.read_bytes() == b""
        assert path.stat().st_mode & 0o777 == 0o600
        assert path.parent.stat().st_mode & 0o777 == 0o700
    assert files_below(tmp_path) == []


def test_it_goes_with_a_request_that_fails(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), Incoming(tmp_path).slot() as path:
        path.write_bytes(b"half")
        raise RuntimeError
    assert files_below(tmp_path) == []


def test_only_what_nobody_holds_is_swept(tmp_path: Path) -> None:
    running = Incoming(tmp_path)
    left, lost, young = tmp_path / "left.part", tmp_path / "lost.new", tmp_path / "young.new"
    with running.slot() as held:
        for path in (left, lost, young):
            path.write_bytes(b"half")
        grow_old(lost)
        grow_old(held)
        assert running.sweep() == 2
        assert set(files_below(tmp_path)) == {held, young}


def test_a_folder_of_files_is_there_as_long_as_somebody_holds_it(tmp_path: Path) -> None:
    running = Incoming(tmp_path)
    left = tmp_path / "left.parts"
    left.mkdir()
    (left / "0").write_bytes(b"whole")
    with running.room() as held:
        (held / "0").write_bytes(b"whole")
        assert held.stat().st_mode & 0o777 == 0o700
        assert running.sweep() == 1
        assert files_below(tmp_path) == [held / "0"]
    assert list(tmp_path.iterdir()) == []


def test_a_process_that_runs_for_long_sweeps_now_and_then(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    running = Incoming(tmp_path)
    left = tmp_path / "left.part"
    left.write_bytes(b"half")
    with running.slot():
        assert left.exists()
    monkeypatch.setattr(incoming, "SWEEP_EVERY_SECONDS", 0)
    with running.slot():
        assert not left.exists()
