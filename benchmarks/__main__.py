"""``python -m benchmarks [name…] [--json FILE]``: run the benchmarks and print one table.

A benchmark is a module of this folder with a ``NAME`` and ``run()``, which gives rows. A missed target is
said, not punished: the exit code is 0, because a slow machine is no defect.
"""

import argparse
import importlib
import logging
import pkgutil
import sys
import time
import traceback
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import structlog

import benchmarks
from benchmarks.report import Failure, table, write_json
from benchmarks.support import Row
from core.clock import utc_now


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A measurement that can be asked for by name."""

    name: str
    run: Callable[[], Iterable[Row]]


def find_benchmarks() -> list[Benchmark]:
    """All modules of this folder that measure something, by name."""
    names = sorted(
        module.name
        for module in pkgutil.iter_modules(benchmarks.__path__)
        if module.name != "__main__" and not module.ispkg
    )
    modules = [importlib.import_module(f"benchmarks.{name}") for name in names]
    return [Benchmark(module.NAME, module.run) for module in modules if hasattr(module, "NAME")]


def main(arguments: Sequence[str]) -> int:
    """Run what is named, or everything."""
    found = find_benchmarks()
    options = _options(arguments, [benchmark.name for benchmark in found])
    wanted = [benchmark for benchmark in found if not options.names or benchmark.name in options.names]
    # What is measured is the work, not how fast a terminal scrolls.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    rows, failures = measure_all(wanted)
    print(table(rows, failures))
    if options.json:
        write_json(options.json, rows, failures, now=utc_now())
    return 0


def measure_all(wanted: Sequence[Benchmark]) -> tuple[list[Row], list[Failure]]:
    """Run one after the other; one that breaks does not stop the others."""
    rows: list[Row] = []
    failures: list[Failure] = []
    for benchmark in wanted:
        started = time.perf_counter()
        print(f"Measuring {benchmark.name}…", file=sys.stderr, flush=True)
        try:
            rows.extend(benchmark.run())  # one by one: what was measured before it broke is kept
        except Exception as error:  # an edge: the others still have something to tell
            traceback.print_exc()
            failures.append(Failure(benchmark.name, f"{type(error).__name__}: {error}".splitlines()[0]))
        print(f"  took {time.perf_counter() - started:.0f} s", file=sys.stderr, flush=True)
    return rows, failures


def _options(arguments: Sequence[str], names: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure speed against this machine.")
    parser.add_argument("names", nargs="*", metavar="name", help=f"any of: {', '.join(names)}; none means all")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the report here")
    options = parser.parse_args(arguments)
    unknown = [name for name in options.names if name not in names]
    if unknown:
        parser.error(f"no benchmark is called {', '.join(unknown)}; there are {', '.join(names)}")
    return options


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
