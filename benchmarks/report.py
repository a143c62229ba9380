"""The report of a run: one table of ratios, and the same as JSON."""

import json
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from benchmarks.support import Row

HEADINGS = ("benchmark", "engine", "measured", "limit on this machine", "ratio", "target", "")


@dataclass(frozen=True, slots=True)
class Failure:
    """A benchmark that could not be measured."""

    name: str
    reason: str


def table(rows: Sequence[Row], failures: Sequence[Failure] = ()) -> str:
    """All rows under each other, missed targets marked in words."""
    lines = [HEADINGS, *(_cells(row) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEADINGS))]
    ruled = [_line(HEADINGS, widths), "  ".join("─" * width for width in widths)]
    ruled += [_line(line, widths) for line in lines[1:]]
    ruled += [f"{failure.name}: not measured, {failure.reason}" for failure in failures]
    return "\n".join([*ruled, "", _verdict(rows, failures)])


def write_json(path: Path, rows: Sequence[Row], failures: Sequence[Failure], *, now: datetime) -> None:
    """Write the report with the machine and the date it was measured on."""
    report = {
        "measured_at": now.isoformat(),
        "machine": machine(),
        "rows": [asdict(row) for row in rows],
        "not_measured": [asdict(failure) for failure in failures],
    }
    path.write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def machine() -> str:
    """What the figures were measured on, in a line."""
    return f"{os.cpu_count()} CPUs, {platform.machine()}, {platform.system()}, Python {platform.python_version()}"


def _cells(row: Row) -> tuple[str, ...]:
    verdict = "met" if row.met else "MISSED"
    return (row.name, row.engine, row.measured, row.limit_basis, f"{row.ratio:.2f}", row.target, verdict)


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()


def _verdict(rows: Sequence[Row], failures: Sequence[Failure]) -> str:
    missed = sum(not row.met for row in rows)
    words = [f"{len(rows) - missed} of {len(rows)} targets met"]
    if missed:
        words.append(f"{missed} MISSED")
    if failures:
        words.append(f"{len(failures)} not measured")
    return f"{', '.join(words)} ({machine()})."
