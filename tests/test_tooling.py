"""The commands a newcomer types, and what they say when something is missing."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.processes import ROOT

# What the scripts themselves need, and nothing that Atelier needs.
_PLAIN_TOOLS = ("bash", "env", "dirname", "mktemp", "rm", "cat", "id")


@pytest.fixture
def bare_path(tmp_path: Path) -> Path:
    """A PATH folder of a machine with neither Python, uv, PostgreSQL nor Chromium."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in _PLAIN_TOOLS:
        found = shutil.which(name)
        assert found, name
        (folder / name).symlink_to(found)
    return folder


def install_fake(path: Path, name: str, script: str) -> None:
    program = path / name
    program.unlink(missing_ok=True)
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)


def run_script(script: Path, path: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PATH": str(path)}
    return subprocess.run([str(script), *arguments], env=environment, capture_output=True, text=True, check=False)


def copy_script(name: str, folder: Path) -> Path:
    """A copy in a checkout of its own, so that no test writes into this one."""
    target = folder / "checkout" / "scripts" / name
    target.parent.mkdir(parents=True)
    shutil.copy(ROOT / "scripts" / name, target)
    return target


def test_make_alone_lists_every_command() -> None:
    listing = subprocess.run(["make", "-C", str(ROOT)], capture_output=True, text=True, check=True).stdout
    for command in ("help", "run", "test", "lint", "bench", "chaos"):
        assert f"make {command} " in listing


def test_a_recent_uv_on_path_is_used_as_it_is(bare_path: Path, tmp_path: Path) -> None:
    install_fake(bare_path, "uv", 'if [ "$1" = --version ]; then echo "uv 0.9.0 (test)"; else echo "uv got: $*"; fi')
    done = run_script(copy_script("uv", tmp_path), bare_path, "sync", "--locked")
    assert done.stdout == "uv got: sync --locked\n"


def test_an_old_uv_on_path_is_passed_over_for_one_of_our_own(bare_path: Path, tmp_path: Path) -> None:
    script = copy_script("uv", tmp_path)
    own = tmp_path / "checkout" / ".tools" / "bin"
    own.mkdir(parents=True)
    install_fake(bare_path, "uv", 'echo "uv 0.8.3"')
    install_fake(own, "uv", 'if [ "$1" = --version ]; then echo "uv 0.9.1"; else echo own; fi')
    assert run_script(script, bare_path, "sync").stdout == "own\n"


def test_without_uv_and_without_a_new_enough_python_one_line_says_what_to_install(
    bare_path: Path, tmp_path: Path
) -> None:
    install_fake(bare_path, "python3", "exit 1")
    done = run_script(copy_script("uv", tmp_path), bare_path, "sync")
    assert done.returncode == 1
    assert done.stderr == "error: Atelier needs Python 3.11 or newer as python3; install it and try again.\n"


def test_missing_system_packages_are_named_in_one_line_when_they_cannot_be_installed(bare_path: Path) -> None:
    install_fake(bare_path, "id", "echo 1000")
    # PostgreSQL may still be found in Debian's own folder; a browser is found on PATH alone.
    done = run_script(ROOT / "scripts" / "system_packages", bare_path)
    assert done.returncode == 1
    assert done.stderr.startswith("error: the tests need ")
    assert "chromium" in done.stderr
    assert done.stderr.count("\n") == 1


def test_root_on_debian_gets_the_missing_packages_installed(bare_path: Path) -> None:
    install_fake(bare_path, "id", "echo 0")
    install_fake(bare_path, "initdb", "true")
    install_fake(bare_path, "postgres", "true")
    install_fake(bare_path, "chmod", f'exec {shutil.which("chmod")} "$@"')
    # This apt-get "installs" Chromium by putting it on PATH.
    install_fake(
        bare_path,
        "apt-get",
        f'[ "$1" = update ] || {{ echo true >{bare_path}/chromium; chmod +x {bare_path}/chromium; }}',
    )
    done = run_script(ROOT / "scripts" / "system_packages", bare_path)
    assert (done.returncode, done.stderr) == (0, "Installing chromium for the tests ...\n")
