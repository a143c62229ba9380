"""The documents of the repository, and what can be read out of them."""

import re
from collections.abc import Iterator
from pathlib import Path

from tests.support.processes import ROOT

DOCUMENTS = [
    ROOT / "README.md",
    ROOT / "CHANGELOG.md",
    ROOT / "CONTRIBUTING.md",
    *sorted((ROOT / "docs").rglob("*.md")),
]
NAMES = [str(path.relative_to(ROOT)) for path in DOCUMENTS]

_FENCE = re.compile(r"^ *```(\w*)\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`([^`\n]+)`")


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def reference(name: str) -> str:
    """A page of the reference."""
    return read(f"docs/reference/{name}")


def prose(text: str) -> str:
    """The text without its fenced blocks."""
    return _FENCE.sub("", text)


def code_spans(text: str) -> list[str]:
    """What stands between backticks in a line."""
    return _CODE.findall(prose(text))


def shell_lines(text: str) -> Iterator[str]:
    """The lines of all fenced blocks that are marked as shell."""
    for language, body in _FENCE.findall(text):
        if language in {"sh", "bash", "console"}:
            yield from (line.strip() for line in body.splitlines() if line.strip())


def table_rows(text: str) -> list[list[str]]:
    """The cells of every line of a table, without code marks."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in lines]


def paths_named(name: str) -> list[Path]:
    """Paths of this repository that a document names between backticks."""
    tops = "core|pages|scripts|docs|tests|migrations|benchmarks"
    path = re.compile(rf"(?:{tops})/[\w./-]*")
    return [ROOT / span for span in code_spans(read(name)) if path.fullmatch(span)]
