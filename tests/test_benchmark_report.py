"""The report of the benchmarks: what was missed is said, what broke does not hide the rest."""

import json
from collections.abc import Iterator

import pytest

from benchmarks.__main__ import Benchmark, find_benchmarks, main, measure_all
from benchmarks.report import Failure, table, write_json
from benchmarks.support import Row
from tests.factories import NOON

MET = Row("publish", "sqlite", "100 posts/s", "bare 200/s", 0.5, "≥ 0.25", True)
MISSED = Row("import", "sqlite", "10 files/s", "bare 100/s", 0.1, "≥ 0.5", False)


def test_a_missed_target_is_marked_in_words():
    text = table([MET, MISSED])
    assert "MISSED" in next(line for line in text.splitlines() if line.startswith("import"))
    assert "MISSED" not in next(line for line in text.splitlines() if line.startswith("publish"))
    assert "1 of 2 targets met, 1 MISSED" in text


def test_a_benchmark_that_breaks_keeps_its_rows_and_lets_the_others_run():
    def breaks() -> Iterator[Row]:
        yield MET
        raise ValueError("the disk is full")

    rows, failures = measure_all([Benchmark("first", breaks), Benchmark("second", lambda: [MISSED])])
    assert rows == [MET, MISSED]
    assert failures == [Failure("first", "ValueError: the disk is full")]
    assert "first: not measured, ValueError: the disk is full" in table(rows, failures)


def test_the_report_can_be_read_by_programs(tmp_path):
    file = tmp_path / "report.json"
    write_json(file, [MET], [], now=NOON)
    report = json.loads(file.read_text(encoding="utf-8"))
    assert report["rows"][0]["ratio"] == 0.5 and report["measured_at"] == NOON.isoformat()


def test_an_unknown_name_is_refused_with_the_names_there_are(capsys):
    with pytest.raises(SystemExit):
        main(["no-such-benchmark"])
    assert "there are " in capsys.readouterr().err


def test_every_benchmark_has_a_name_of_its_own():
    names = [benchmark.name for benchmark in find_benchmarks()]
    assert "navigation" in names and len(names) == len(set(names))
