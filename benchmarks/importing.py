"""Importing 200 JPEGs of twelve megapixels against the bare libvips cascade on the same cores.

Bare: open, shrink on load to 800 pixels, 400 from that, 150 from that, three WebP files in memory.
Measured: the product's whole import of the same files (hash, probe, decode to the end, embedded
metadata, three thumbnails, original and thumbnails into the store, rows in the database). Both run
in a process of their own, on as many threads; the peak of the import's memory is the process's.
"""

import multiprocessing
import resource
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np
import pyvips

from benchmarks.support import MASTER_KEY, Bench, Row, each_engine
from core.adapters.storage.factory import open_store
from core.clock import utc_now
from core.db.crypto import Keyring, install_keyring
from core.db.engine import Database
from core.media.imports import DEFAULT_WORKERS, IncomingFile
from core.publishing.imports import import_files
from core.system.actors import Actor
from tests.factories import make_user

NAME = "importing"
FILES = 200
PICTURES = 10  # different ones
WIDTH, HEIGHT = 4000, 3000
TARGET_RATIO = 0.6
MEMORY_LIMIT_MB = 600


def _photograph(number: int, path: Path) -> None:
    """A picture with large shapes, fine grain and its own colours; compresses like a photograph."""
    chance = np.random.default_rng(number)
    coarse = chance.integers(0, 255, (40, 54, 3), dtype=np.uint8)
    shapes = pyvips.Image.new_from_memory(coarse.tobytes(), 54, 40, 3, "uchar").resize(WIDTH / 54, vscale=HEIGHT / 40)
    grain = pyvips.Image.gaussnoise(shapes.width, shapes.height, sigma=9, mean=0, seed=number)
    (shapes + grain).cast("uchar").crop(0, 0, WIDTH, HEIGHT).copy(interpretation="srgb").jpegsave(str(path), Q=90)


def _variant(original: bytes, number: int) -> bytes:
    """The same picture with a comment in its header: another file, the same work."""
    comment = f"variant {number}".encode()
    return original[:2] + b"\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment + original[2:]


def write_photographs(folder: Path) -> list[Path]:
    folder.mkdir()
    files = [folder / f"photograph-{number:03}.jpg" for number in range(FILES)]
    with ThreadPoolExecutor(DEFAULT_WORKERS) as pool:
        list(pool.map(_photograph, range(PICTURES), files))
    for number in range(PICTURES, FILES):
        files[number].write_bytes(_variant(files[number % PICTURES].read_bytes(), number))
    return files


def _bare(path: Path) -> int:
    large = pyvips.Image.thumbnail(str(path), 800, height=800, size="down").copy_memory()
    middle = large.thumbnail_image(400, height=400, size="down").copy_memory()
    small = middle.thumbnail_image(150, height=150, size="down")
    return sum(len(image.webpsave_buffer(Q=80)) for image in (large, middle, small))


def bare_cascade(files: list[Path], _bench: tuple[str, Path]) -> None:
    # core.media sets libvips to one thread per picture and no cache, for this process too.
    with ThreadPoolExecutor(DEFAULT_WORKERS) as pool:
        assert all(pool.map(_bare, files))


def _whole_import(files: list[Path], bench: tuple[str, Path]) -> None:
    url, folder = bench
    install_keyring(Keyring([MASTER_KEY]))
    database = Database(url)
    store = open_store((folder / "files").as_uri())
    with database.session() as session:
        actor = Actor.person(make_user(session, "bench").id)
    incoming = [IncomingFile(path.name, path) for path in files]
    report = import_files(database, store, actor, incoming, now=utc_now())
    assert len(report.deviation_ids) == len(files), [result.reason for result in report.results if result.reason][:3]
    database.dispose()


def _child(work: Callable[..., None], files: list[Path], bench: tuple[str, Path], answer: Connection) -> None:
    started = time.perf_counter()
    work(files, bench)
    took = time.perf_counter() - started
    answer.send((took, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024))


def alone(work: Callable[..., None], files: list[Path], bench: tuple[str, Path]) -> tuple[float, float]:
    """Seconds and peak memory in MB of ``work`` in a fresh process."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process: Any = context.Process(target=_child, args=(work, files, bench, theirs))
    process.start()
    theirs.close()
    try:
        took, peak = ours.recv()
    finally:
        process.join()
    return float(took), float(peak)


def _measure(bench: Bench) -> Sequence[Row]:
    files = write_photographs(bench.folder / "photographs")
    with bench.database_url() as url:
        place = (url, bench.folder)
        bare, _ = alone(bare_cascade, files, place)
        took, peak = alone(_whole_import, files, place)
    ratio = bare / took
    return [
        Row(
            "import 200 JPEGs of 12 MP", bench.engine, f"{FILES / took:.1f} files/s",
            f"bare cascade {FILES / bare:.1f} files/s", ratio, f"≥ {TARGET_RATIO}", ratio >= TARGET_RATIO,
        ),
        Row(
            "import 200 JPEGs of 12 MP: peak memory", bench.engine, f"{peak:.0f} MB", f"{MEMORY_LIMIT_MB} MB",
            peak / MEMORY_LIMIT_MB, "≤ 1", peak <= MEMORY_LIMIT_MB,
        ),
    ]  # fmt: skip


def run() -> Sequence[Row]:
    """Both figures on both engines."""
    return [row for bench in each_engine() for row in _measure(bench)]
