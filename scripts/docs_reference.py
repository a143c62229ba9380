"""Write the reference pages that code knows best: settings, commands, schema.

    scripts/uv run python -m scripts.docs_reference --write

Without ``--write`` it says which pages are out of date, and ends with exit code 1 if any is.
"""

import sys
from collections.abc import Callable
from pathlib import Path

from scripts import docs_cli, docs_schema, docs_settings

ROOT = Path(__file__).resolve().parents[1]
REFERENCE = ROOT / "docs" / "reference"
PAGES: dict[str, Callable[[], str]] = {
    "settings.md": docs_settings.render,
    "cli.md": docs_cli.render,
    "schema.md": docs_schema.render,
}


def stale() -> list[str]:
    """The pages whose text differs from what the code says now."""
    return [name for name, render in PAGES.items() if _written(name) != render()]


def write() -> None:
    """Write every page anew."""
    for name, render in PAGES.items():
        (REFERENCE / name).write_text(render(), encoding="utf-8")


def _written(name: str) -> str:
    path = REFERENCE / name
    return path.read_text(encoding="utf-8") if path.exists() else ""


if __name__ == "__main__":
    if sys.argv[1:] == ["--write"]:
        write()
    elif sys.argv[1:]:
        sys.exit("usage: python -m scripts.docs_reference [--write]")
    elif found := stale():
        sys.exit(f"Out of date: {', '.join(found)}. Run: scripts/uv run python -m scripts.docs_reference --write")
