"""The container files name files and commands that exist."""

import re

from scripts.docs_cli import commands
from tests.docs.support import read
from tests.support.processes import ROOT

DOCKERFILE, COMPOSE, IGNORED = "Dockerfile", "compose.yaml", ".dockerignore"


def test_what_runs_goes_into_the_image() -> None:
    lines = read(IGNORED).splitlines()
    assert "*" in lines  # nothing unless it is named
    named = {line.removeprefix("!").rstrip("/") for line in lines if line.startswith("!")}
    assert all((ROOT / name).exists() for name in named)
    needed = {
        "core",
        "pages",
        "migrations",
        ".streamlit",
        "Home.py",
        "pyproject.toml",
        "uv.lock",
        "README.md",
        "LICENSE",
    }
    assert needed <= named


def test_files_copied_on_their_own_are_not_ignored() -> None:
    (copied,) = re.findall(r"^COPY ((?:[\w.]+ )+)\./$", read(DOCKERFILE), re.MULTILINE)
    assert all(f"!{name}" in read(IGNORED).splitlines() for name in copied.split())


def test_containers_start_commands_that_exist() -> None:
    known = {name for name, _ in commands()}
    started = re.findall(r'(?:CMD|command:) \["(atelier)", "([\w-]+)"\]', read(DOCKERFILE) + read(COMPOSE))
    assert {" ".join(words) for words in started} == {
        "atelier web",
        "atelier scheduler",
        "atelier courier",
        "atelier worker",
    }
    assert {" ".join(words) for words in started} <= known


def test_the_image_does_not_run_as_root() -> None:
    final = read(DOCKERFILE).rpartition("\nFROM ")[2]
    assert re.search(r"^USER (?!root)\w+$", final, re.MULTILINE)
